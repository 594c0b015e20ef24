package dis.checkpoint;

import java.util.regex.Pattern;

/**
 * The name of an app: the program that consumes a stream.
 *
 * @param value text of {@link #FORMAT}
 */
public record AppName(String value) {

    public static final String FORMAT = "[A-Za-z0-9_-]{1,200}";
    public static final String RULE = "app_name must be 1 to 200 of A-Z a-z 0-9 - _";

    private static final Pattern PATTERN = Pattern.compile(FORMAT);

    public AppName {
        if (!PATTERN.matcher(value).matches()) {
            throw new IllegalArgumentException(RULE);
        }
    }
}
