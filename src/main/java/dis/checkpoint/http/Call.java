package dis.checkpoint.http;

import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.request.Deadline;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A call of a caller who was let in, on its way through the HTTP stack: what it needs to know, and the one place where its
 * outcome goes.
 */
public final class Call {

    private final ProjectId project;
    private final Deadline deadline;
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

    /**
     * @param project that the caller was let in to
     * @param deadline by which everything that waits for this call has to end
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

    /** What has come of it; empty as long as nothing has. */
    public Optional<Outcome> outcome() {
        return Optional.ofNullable(outcome.getNow(null));
    }

    /**
     * Ends the call. The first outcome counts: what comes later, such as an answer after the time was up, changes nothing.
     *
     * @return the one that counts
     */
    public Outcome end(Outcome own) {
        outcome.complete(own);
        return outcome.join();
    }
}
