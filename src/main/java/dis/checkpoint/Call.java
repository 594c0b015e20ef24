package dis.checkpoint;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import dis.checkpoint.error.DisException;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;

/** One call: what it is known by, how long it may take, and what has been found out about it on its way. */
@RequestScoped
public class Call {

    /** A caller is answered within 5 seconds; the rest is for the way back. */
    private static final Duration TIME = Duration.ofMillis(4_800);

    private final long start = System.nanoTime();
    private final Deadline deadline = Deadline.in(TIME);
    private final String requestId;
    private final String path;
    private ProjectId project;
    private Consumer consumer;
    private PartitionId partition;
    private boolean askedIam;
    private DisException refusal;
    private Checkpoint holder;

    @Inject
    Call(APIGatewayV2HTTPEvent event) {
        requestId = event.getRequestContext().getRequestId();
        path = event.getRawPath();
    }

    Call() {
        requestId = null; // for the client proxy
        path = null;
    }

    /** The id that API Gateway gave the request: in the answer and in the log line. */
    public String requestId() {
        return requestId;
    }

    /** The path as API Gateway passed it on, before anything was decoded or resolved. */
    public String path() {
        return path;
    }

    public Deadline deadline() {
        return deadline;
    }

    public Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** Notes that the token was not remembered. */
    public void iamIsAsked() {
        askedIam = true;
    }

    public boolean askedIam() {
        return askedIam;
    }

    public void admit(ProjectId project) {
        this.project = project;
    }

    /** The project that the token lets in; {@code null} before that is known. */
    public ProjectId project() {
        return project;
    }

    void isAbout(Consumer consumer) {
        this.consumer = consumer;
    }

    void isAbout(CheckpointKey key) {
        consumer = key.consumer();
        partition = key.partition();
    }

    Optional<Consumer> consumer() {
        return Optional.ofNullable(consumer);
    }

    Optional<PartitionId> partition() {
        return Optional.ofNullable(partition);
    }

    public void refuse(DisException refusal) {
        this.refusal = refusal;
    }

    Optional<DisException> refusal() {
        return Optional.ofNullable(refusal);
    }

    /** Notes the stored checkpoint that refused a write. */
    void isRefusedBy(Checkpoint holder) {
        this.holder = holder;
    }

    Optional<Checkpoint> holder() {
        return Optional.ofNullable(holder);
    }
}
