package dis.checkpoint.error;

import java.io.PrintWriter;
import java.io.StringWriter;

/** The catalogue of errors that callers get (API reference, "Error codes"). */
public enum DisError {
    EMPTY_TOKEN(401, "DIS.4113", "Empty Token header."),
    INVALID_TOKEN(401, "DIS.4114", "Invalid Token header."),
    FORBIDDEN(403, "DIS.4116", "Invalid RBAC."),
    INVALID_PROJECT_ID(400, "DIS.4117", "Invalid Project Id."),
    INVALID_REQUEST(400, "DIS.4200", "Invalid request."),
    NOT_FOUND(404, "DIS.4200", "Invalid request."),
    METHOD_NOT_ALLOWED(405, "DIS.4200", "Invalid request."),
    NOT_ACCEPTABLE(406, "DIS.4200", "Invalid request."),
    TOO_LARGE(413, "DIS.4200", "Invalid request."),
    UNSUPPORTED_MEDIA_TYPE(415, "DIS.4200", "Invalid request."),
    INVALID_PARTITION_ID(400, "DIS.4201", "Invalid partition_id."),
    EMPTY_REQUEST(400, "DIS.4202", "Empty request."),
    INVALID_SEQUENCE_NUMBER(400, "DIS.4216", "Invalid sequence_number."),
    SEQUENCE_NUMBER_OUT_OF_RANGE(400, "DIS.4224", "Sequence_number out of range."),
    REQUEST_ERROR(400, "DIS.4300", "Request error."),
    ILLEGAL_GENERATION(400, "DIS.4703", "Consumer group illegal generation."),
    TRAFFIC_LIMIT(429, "DIS.4303", "Exceeded traffic control limit."),
    UNAVAILABLE(503, "DIS.5000", "System error."),
    BUG(500, "DIS.5000", "System error.");

    private final int status;
    private final String code;
    private final String title;

    DisError(int status, String code, String title) {
        this.status = status;
        this.code = code;
        this.title = title;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** The DIS code, such as {@code DIS.4216}. */
    public String code() {
        return code;
    }

    /** The start of the message. */
    public String title() {
        return title;
    }

    /** For unexpected exceptions. The stack trace goes to the log alone. */
    public static DisException bug(Throwable bug) {
        StringWriter trace = new StringWriter();
        bug.printStackTrace(new PrintWriter(trace));
        return BUG.because("this is a bug", trace.toString(), bug);
    }

    /**
     * @param rule names the field and the rule. It must not repeat text of the caller, because the official Java client searches
     *     the whole body for error codes
     */
    public DisException because(String rule) {
        return because(rule, null, null);
    }

    /**
     * For failures whose reason is not for the caller.
     *
     * @param rule as above
     * @param diagnosis the reason, for the log alone
     * @param cause the exception behind it; {@code null} if there is none
     */
    public DisException because(String rule, String diagnosis, Throwable cause) {
        return new DisException(this, title + " [" + rule + "]", diagnosis, cause);
    }

    /**
     * For transient failures: adds Retry-After.
     *
     * @param diagnosis the reason, for the log alone
     * @param cause the exception behind it; {@code null} if there is none
     */
    public DisException tryAgainLater(String diagnosis, Throwable cause) {
        return because("try again later", diagnosis, cause).with("Retry-After", "1");
    }

    /** For transient failures without an exception behind them: adds Retry-After. */
    public DisException tryAgainLater(String diagnosis) {
        return tryAgainLater(diagnosis, null);
    }
}
