package dis.checkpoint.error;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** An error of the catalogue. Its message is for the caller; its {@link #diagnosis} and its cause are for the log. */
public class DisException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final DisError error;
    private final String diagnosis;
    private final transient Map<String, String> headers = new LinkedHashMap<>();
    private String awsRequestId;

    DisException(DisError error, String message, String diagnosis, Throwable cause) {
        super(message, cause, false, false);
        this.error = error;
        this.diagnosis = diagnosis;
    }

    /** Adds a header to the answer. */
    public DisException with(String header, String value) {
        headers.put(header, value);
        return this;
    }

    /** Notes the id that AWS gave the failed call. */
    public DisException inAwsRequest(String id) {
        awsRequestId = id;
        return this;
    }

    public DisError error() {
        return error;
    }

    /** The reason, where the message does not say it; for the log, never for the caller. */
    public Optional<String> diagnosis() {
        return Optional.ofNullable(diagnosis);
    }

    /** The id that AWS gave the failed call, by which AWS Support finds it; for the log. */
    public Optional<String> awsRequestId() {
        return Optional.ofNullable(awsRequestId);
    }

    public Map<String, String> headers() {
        return Collections.unmodifiableMap(headers);
    }
}
