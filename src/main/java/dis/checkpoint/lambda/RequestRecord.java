package dis.checkpoint.lambda;

import dis.checkpoint.domain.ProjectId;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The facts about a request that its log line needs, collected on the way to its outcome. It holds only checked values, because
 * a stranger may have sent them. Only the thread of the event uses it.
 */
final class RequestRecord {

    private static final Pattern METHOD = Pattern.compile("[A-Z]{1,20}");
    private static final Pattern ADDRESS = Pattern.compile("[0-9A-Fa-f:.]{2,45}");

    private final long start = System.nanoTime();
    private final String requestId;
    private final Optional<String> method;
    private final Optional<String> sourceIp;
    private Optional<ProjectId> project = Optional.empty();
    private Optional<String> caller = Optional.empty();
    private boolean admitted;
    private boolean askedIam;

    /**
     * @param method any text
     * @param sourceIp any text
     */
    RequestRecord(String requestId, Optional<String> method, Optional<String> sourceIp) {
        this.requestId = requestId;
        this.method = method.filter(text -> METHOD.matcher(text).matches());
        this.sourceIp = sourceIp.filter(text -> ADDRESS.matcher(text).matches());
    }

    /** The time at which the request came in, in {@link System#nanoTime()}. */
    long start() {
        return start;
    }

    String requestId() {
        return requestId;
    }

    Optional<String> method() {
        return method;
    }

    Optional<String> sourceIp() {
        return sourceIp;
    }

    void setProject(Optional<ProjectId> ofPath) {
        project = ofPath;
    }

    Optional<ProjectId> project() {
        return project;
    }

    void setCaller(Optional<String> known) {
        caller = known;
    }

    Optional<String> caller() {
        return caller;
    }

    /** Notes that the caller may use the project. */
    void setAdmitted() {
        admitted = true;
    }

    /** Whether the caller was admitted by a cached answer. */
    boolean isAdmittedFromMemory() {
        return admitted && !askedIam;
    }

    /** Notes that IAM or the table of access keys is asked about the caller. */
    void setAskedIam() {
        askedIam = true;
    }

    boolean askedIam() {
        return askedIam;
    }
}
