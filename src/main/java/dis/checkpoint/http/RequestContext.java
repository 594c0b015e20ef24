package dis.checkpoint.http;

import dis.checkpoint.domain.Checkpoint;
import dis.checkpoint.domain.CheckpointKey;
import dis.checkpoint.domain.Consumer;
import dis.checkpoint.domain.Deadline;
import dis.checkpoint.domain.PartitionId;
import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.error.DisException;
import java.util.Optional;

/** One request: what it is known by, by when it is answered, and what has been found out about it on its way. */
public class RequestContext {

    private final String requestId;
    private final String method;
    private final Deadline deadline;
    private final long start = System.nanoTime();
    private volatile boolean askedIam;
    private volatile ProjectId project;
    private volatile Consumer consumer;
    private volatile PartitionId partition;
    private volatile DisException refusal;
    private volatile Checkpoint stored;

    /**
     * @param method of HTTP; {@code null} where the event has none
     * @param deadline by which everything that waits for this request has to end
     */
    public RequestContext(String requestId, String method, Deadline deadline) {
        this.requestId = requestId;
        this.method = method;
        this.deadline = deadline;
    }

    RequestContext() {
        this(null, null, null); // for the client proxy
    }

    /** The id that API Gateway gave the request: in an error's body and in the log line. */
    public String requestId() {
        return requestId;
    }

    public Optional<String> method() {
        return Optional.ofNullable(method);
    }

    public Deadline deadline() {
        return deadline;
    }

    /** When the request came in, on the clock of {@link System#nanoTime()}. */
    public long start() {
        return start;
    }

    /** Notes that what the caller is let in by was not remembered. */
    public void iamIsAsked() {
        askedIam = true;
    }

    public boolean askedIam() {
        return askedIam;
    }

    /** Notes the project that the caller is let in to. */
    public void admit(ProjectId project) {
        this.project = project;
    }

    /** The project that the caller is let in to; {@code null} before that is known. */
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

    public Optional<Consumer> consumer() {
        return Optional.ofNullable(consumer);
    }

    public Optional<PartitionId> partition() {
        return Optional.ofNullable(partition);
    }

    /** Notes the error that is answered. */
    public void refuse(DisException refusal) {
        this.refusal = refusal;
    }

    /** The error that is answered; empty as long as there is none. */
    public Optional<DisException> refusal() {
        return Optional.ofNullable(refusal);
    }

    /** Notes the stored checkpoint because of which a write was refused. */
    void isRefusedBecauseOf(Checkpoint stored) {
        this.stored = stored;
    }

    /** The stored checkpoint because of which a write was refused. */
    public Optional<Checkpoint> stored() {
        return Optional.ofNullable(stored);
    }
}
