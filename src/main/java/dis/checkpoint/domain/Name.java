package dis.checkpoint.domain;

import java.util.regex.Pattern;

/** The form of the names of projects, streams and apps. */
final class Name {

    /** A character of a name, as a regular expression. */
    static final String CHARACTER = "[A-Za-z0-9_-]";

    /** The characters of a name in words, for callers who broke the rule. */
    static final String CHARACTERS = "A-Z a-z 0-9 - _";

    private Name() {}

    /**
     * @param rule the message of the exception
     * @throws IllegalArgumentException unless the whole text matches
     */
    static void require(String text, Pattern form, String rule) {
        if (!form.matcher(text).matches()) {
            throw new IllegalArgumentException(rule);
        }
    }
}
