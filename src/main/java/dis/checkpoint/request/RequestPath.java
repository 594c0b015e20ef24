package dis.checkpoint.request;

import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.error.DisError;
import java.util.Optional;

/**
 * The path of a request: a project, and one of its two resources. A trailing slash makes no difference, and neither does a second
 * slash at the beginning, which a client adds whose endpoint ends in a slash. Nothing is decoded or resolved: another spelling is
 * another path.
 */
public final class RequestPath {

    private static final String VERSION = "/v2/";
    private static final String CHECKPOINTS = "/checkpoints";
    private static final String APPS = "/apps/";
    private static final String STREAMS = "/streams/";

    private final Optional<String> project;
    private final Optional<Resource> resource;
    private final String belowProject;

    /** The resources of a project. */
    public enum Resource {

        /** {@code /v2/{project_id}/checkpoints}. */
        CHECKPOINTS,

        /** {@code /v2/{project_id}/apps/{app_name}/streams/{stream_name}}. */
        APP_ON_STREAM
    }

    /**
     * @param belowProject the path of the resource below the project, in the spelling for JAX-RS
     */
    private RequestPath(Optional<String> project, Optional<Resource> resource, String belowProject) {
        this.project = project;
        this.resource = resource;
        this.belowProject = belowProject;
    }

    /** Reads any text. */
    public static RequestPath parse(String path) {
        int start = path.startsWith("/" + VERSION) ? 1 : 0;
        if (!path.startsWith(VERSION, start)) {
            return new RequestPath(Optional.empty(), Optional.empty(), "");
        }
        start += VERSION.length();
        int slash = path.indexOf('/', start);
        int end = slash < 0 ? path.length() : slash;
        Optional<String> project = Optional.of(path.substring(start, end));
        String rest =
                path.substring(end, path.endsWith("/") && end < path.length() ? path.length() - 1 : path.length());
        if (rest.equals(CHECKPOINTS)) {
            return new RequestPath(project, Optional.of(Resource.CHECKPOINTS), CHECKPOINTS);
        }
        String[] segments = rest.split("/", 6);
        if (segments.length == 5 && rest.startsWith(APPS) && segments[3].equals("streams")) {
            String appOnStream = APPS + name(segments[2]) + STREAMS + name(segments[4]);
            return new RequestPath(project, Optional.of(Resource.APP_ON_STREAM), appOnStream);
        }
        return new RequestPath(project, Optional.empty(), "");
    }

    /**
     * A name as it is handed to JAX-RS. A character that no name may hold becomes an exclamation mark, which no name may hold
     * either, and which has no meaning in a path: a dot, a percent sign or nothing would change the path.
     */
    private static String name(String sent) {
        return sent.isEmpty() ? "!" : sent.replaceAll("[^A-Za-z0-9_-]", "!");
    }

    /** The project in the path; empty if the path has no project, or an invalid id. */
    public Optional<ProjectId> validProject() {
        return project.filter(ProjectId::isValid).map(ProjectId::new);
    }

    /**
     * The project in the path.
     *
     * @throws dis.checkpoint.error.DisException {@link DisError#NOT_FOUND} if the path has no project,
     *     {@link DisError#INVALID_PROJECT_ID}
     */
    public ProjectId project() {
        project.orElseThrow(RequestPath::notFound);
        return validProject().orElseThrow(() -> DisError.INVALID_PROJECT_ID.because(ProjectId.RULE));
    }

    /**
     * The resource that the path names.
     *
     * @throws dis.checkpoint.error.DisException {@link DisError#NOT_FOUND} if there is no such resource
     */
    public Resource resource() {
        return resource.orElseThrow(RequestPath::notFound);
    }

    /** The path in the spelling for JAX-RS. The names of an app and a stream in it may break their rules. */
    public String uri() {
        return VERSION + project().value() + belowProject;
    }

    private static RuntimeException notFound() {
        return DisError.NOT_FOUND.because("there is nothing at this path");
    }
}
