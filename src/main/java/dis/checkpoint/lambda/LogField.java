package dis.checkpoint.lambda;

import java.util.Locale;
import java.util.Optional;

/** The fields of the log lines, in the order in which they are written. {@code operations.md} says what they mean. */
public enum LogField {
    LEVEL,
    REQUEST_ID,
    STATUS,
    OUTCOME,
    METHOD,
    CODE,
    REASON,
    CAUSE,
    AWS_REQUEST_ID,
    STORED_CLIENT_ID,
    STORED_GENERATION_ID,
    PROJECT,
    CALLER,
    SOURCE_IP,
    STREAM,
    APP,
    PARTITION,
    SEQUENCE_NUMBER,
    DELETED,
    START_PARTITION,
    LIMIT,
    FOUND,
    HAS_MORE,
    REQUESTS("Count"),
    MILLISECONDS("Milliseconds"),
    COLD_STARTS("Count"),
    IAM_CALLS("Count"),
    IAM_CACHE_HITS("Count"),
    COLD,
    TRACE,
    FUNCTION,
    VERSION,
    LOGGER,
    MESSAGE,
    EXCEPTION;

    private final String key = name().toLowerCase(Locale.ROOT);
    private final String unit;

    LogField() {
        this(null);
    }

    LogField(String unit) {
        this.unit = unit;
    }

    /** The name in the log line. */
    public String key() {
        return key;
    }

    /** The unit of CloudWatch, where the field is a metric. */
    public Optional<String> unit() {
        return Optional.ofNullable(unit);
    }
}
