package dis.checkpoint.error;

import java.util.LinkedHashMap;
import java.util.Map;

/** A call that is answered with an error of the catalogue. */
public class DisException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final DisError error;
    private final transient Map<String, String> headers = new LinkedHashMap<>();

    DisException(DisError error, String message) {
        super(message, null, false, false);
        this.error = error;
    }

    /** Answers this header with the error. */
    public DisException with(String header, String value) {
        headers.put(header, value);
        return this;
    }

    public DisError error() {
        return error;
    }

    public Map<String, String> headers() {
        return headers;
    }
}
