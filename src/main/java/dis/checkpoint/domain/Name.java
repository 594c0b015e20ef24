package dis.checkpoint.domain;

import java.util.regex.Pattern;

/** The one form of names: of projects, streams and apps. */
final class Name {

    /** A character of a name, as a regular expression. */
    static final String CHARACTER = "[A-Za-z0-9_-]";

    /** The characters of a name in words, for who broke the rule. */
    static final String CHARACTERS = "A-Z a-z 0-9 - _";

    private Name() {}

    /**
     * @param rule what is said of a text that is no such name
     * @throws IllegalArgumentException unless the whole text is of the form
     */
    static void require(String text, Pattern form, String rule) {
        if (!form.matcher(text).matches()) {
            throw new IllegalArgumentException(rule);
        }
    }
}
