package dis.checkpoint.domain;

import java.util.regex.Pattern;

/**
 * The project that owns a checkpoint: in the path of a call, and in the scope of its token.
 *
 * @param value 1 to 64 of {@code A-Z a-z 0-9 - _}
 */
public record ProjectId(String value) {

    private static final int MAX_LENGTH = 64;

    /** The form of an id as a regular expression. */
    public static final String FORMAT = Name.CHARACTER + "{1," + MAX_LENGTH + "}";

    /** The form of an id in words, for callers who broke the rule. */
    public static final String RULE = "project_id must be 1 to " + MAX_LENGTH + " of " + Name.CHARACTERS;

    private static final Pattern FORM = Pattern.compile(FORMAT);

    /**
     * @throws IllegalArgumentException if the value breaks the {@link #RULE}
     */
    public ProjectId {
        Name.require(value, FORM, RULE);
    }

    /** Whether the text obeys the {@link #RULE}. */
    public static boolean isValid(String text) {
        return FORM.matcher(text).matches();
    }
}
