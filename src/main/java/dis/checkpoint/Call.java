package dis.checkpoint;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import java.time.Duration;

/** One call: what it is known by, how long it may take, and what has been found out about it on its way. */
@RequestScoped
public class Call {

    /** A caller is answered within 5 seconds; the rest is for the way back. */
    private static final Duration TIME = Duration.ofMillis(4_800);

    private final Deadline deadline = Deadline.in(TIME);
    private final String requestId;
    private final String path;
    private ProjectId project;

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

    /** The project that the token lets in. */
    public ProjectId project() {
        return project;
    }

    public void admit(ProjectId project) {
        this.project = project;
    }
}
