package dis.checkpoint.http;

import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.request.Deadline;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** An authenticated call on its way through the HTTP stack, and the one place for its outcome. */
public final class Call {

    private final ProjectId project;
    private final Deadline deadline;
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

    /**
     * @param project the project that the caller may access
     * @param deadline the moment by which everything that waits for this call must end
     */
    public Call(ProjectId project, Deadline deadline) {
        this.project = project;
        this.deadline = deadline;
    }

    public ProjectId project() {
        return project;
    }

    public Deadline deadline() {
        return deadline;
    }

    /** The outcome; empty until the call has ended. */
    public Optional<Outcome> outcome() {
        return Optional.ofNullable(outcome.getNow(null));
    }

    /**
     * Ends the call. The first outcome counts. A later one changes nothing: for example, an answer after the deadline.
     *
     * @return the outcome that counts
     */
    public Outcome end(Outcome candidate) {
        outcome.complete(candidate);
        return outcome.join();
    }
}
