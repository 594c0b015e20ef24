package dis.checkpoint.request;

import com.fasterxml.jackson.core.JsonFactory;

/**
 * How everything is read that others send. Jackson interns the names of fields by default; the native executable never forgets
 * one, and strangers choose them.
 */
public final class NonInterningJson {

    private NonInterningJson() {}

    /** A new one for each reader, because a reader's own settings change it. */
    public static JsonFactory factory() {
        return JsonFactory.builder()
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .build();
    }
}
