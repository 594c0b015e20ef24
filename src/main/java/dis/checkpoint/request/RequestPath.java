package dis.checkpoint.request;

import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.error.DisError;
import java.util.Optional;

/**
 * What the path of a request names. There is one resource, {@code /v2/{project_id}/checkpoints}; a trailing slash, and a
 * second one at the beginning, which an endpoint that ends in one makes, are no difference. Nothing is decoded or resolved:
 * what is spelled in another way is another path.
 */
public final class RequestPath {

    private static final String VERSION = "/v2/";
    private static final String CHECKPOINTS = "/checkpoints";

    private final boolean ofProject;
    private final Optional<ProjectId> project;
    private final boolean ofCheckpoints;

    /**
     * @param project {@code null} where the path is about none
     */
    private RequestPath(String project, boolean ofCheckpoints) {
        ofProject = project != null;
        this.project = Optional.ofNullable(project).filter(ProjectId::isValid).map(ProjectId::new);
        this.ofCheckpoints = ofCheckpoints;
    }

    /** Reads any text. */
    public static RequestPath parse(String path) {
        int start = path.startsWith("/" + VERSION) ? 1 : 0;
        if (!path.startsWith(VERSION, start)) {
            return new RequestPath(null, false);
        }
        start += VERSION.length();
        int slash = path.indexOf('/', start);
        int end = slash < 0 ? path.length() : slash;
        int rest = path.length() - end;
        boolean ofCheckpoints = path.startsWith(CHECKPOINTS, end)
                && (rest == CHECKPOINTS.length() || rest == CHECKPOINTS.length() + 1 && path.endsWith("/"));
        return new RequestPath(path.substring(start, end), ofCheckpoints);
    }

    /** The path of the resource of a project's checkpoints, in the one spelling that JAX-RS gets. */
    public static String ofCheckpoints(ProjectId project) {
        return VERSION + project.value() + CHECKPOINTS;
    }

    /** The project in the path; empty where the path has none, or an invalid id. */
    public Optional<ProjectId> validProject() {
        return project;
    }

    /**
     * The project that the path is about.
     *
     * @throws dis.checkpoint.error.DisException {@link DisError#NOT_FOUND} where it is about none,
     *     {@link DisError#INVALID_PROJECT_ID}
     */
    public ProjectId project() {
        requireExists(ofProject);
        return project.orElseThrow(() -> DisError.INVALID_PROJECT_ID.because(ProjectId.RULE));
    }

    /**
     * @throws dis.checkpoint.error.DisException {@link DisError#NOT_FOUND} unless it is the path of the resource
     */
    public void requireCheckpoints() {
        requireExists(ofCheckpoints);
    }

    private static void requireExists(boolean exists) {
        if (!exists) {
            throw DisError.NOT_FOUND.because("there is nothing at this path");
        }
    }
}
