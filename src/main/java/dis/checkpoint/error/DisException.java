package dis.checkpoint.error;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A call that is answered with an error of the catalogue. */
public class DisException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final DisError error;
    private final String cause;
    private final transient Map<String, String> headers = new LinkedHashMap<>();

    DisException(DisError error, String message, String cause) {
        super(message, null, false, false);
        this.error = error;
        this.cause = cause;
    }

    /** Answers this header with the error. */
    public DisException with(String header, String value) {
        headers.put(header, value);
        return this;
    }

    public DisError error() {
        return error;
    }

    /** What happened, where the message does not say it: for the log, and never for the caller. */
    public Optional<String> cause() {
        return Optional.ofNullable(cause);
    }

    public Map<String, String> headers() {
        return headers;
    }
}
