package dis.checkpoint.request;

import com.fasterxml.jackson.core.JsonFactory;

/**
 * The factory for parsers of JSON that others send. Jackson interns field names by default. The native executable never frees an
 * interned name, so that callers could fill its memory with names.
 */
public final class NonInterningJson {

    private NonInterningJson() {}

    /** A new factory for each reader, because a reader's settings change its factory. */
    public static JsonFactory factory() {
        return JsonFactory.builder()
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .build();
    }
}
