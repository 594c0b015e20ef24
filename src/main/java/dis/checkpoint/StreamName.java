package dis.checkpoint;

import java.util.regex.Pattern;

/**
 * The name of a stream.
 *
 * @param value text of {@link #FORMAT}
 */
public record StreamName(String value) {

    public static final String FORMAT = "[A-Za-z0-9_-]{1,64}";
    public static final String RULE = "stream_name must be 1 to 64 of A-Z a-z 0-9 - _";

    private static final Pattern PATTERN = Pattern.compile(FORMAT);

    public StreamName {
        if (!PATTERN.matcher(value).matches()) {
            throw new IllegalArgumentException(RULE);
        }
    }
}
