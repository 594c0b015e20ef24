package dis.checkpoint.domain;

import java.util.regex.Pattern;

/**
 * The name of a stream.
 *
 * @param value 1 to 64 of {@code A-Z a-z 0-9 - _}
 */
public record StreamName(String value) {

    private static final int MAX_LENGTH = 64;

    /** The form of a name as a regular expression. */
    public static final String FORMAT = Name.CHARACTER + "{1," + MAX_LENGTH + "}";

    /** The form of a name in words, for callers who broke the rule. */
    public static final String RULE = "stream_name must be 1 to " + MAX_LENGTH + " of " + Name.CHARACTERS;

    private static final Pattern FORM = Pattern.compile(FORMAT);

    /**
     * @throws IllegalArgumentException if the value breaks the {@link #RULE}
     */
    public StreamName {
        Name.require(value, FORM, RULE);
    }
}
