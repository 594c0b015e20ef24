package dis.checkpoint.domain;

/** The one form of names: of projects, streams and apps. */
final class Name {

    private Name() {}

    /**
     * @param maxLength in characters
     * @param rule what is said of a text that is no such name
     * @throws IllegalArgumentException unless the text is 1 to {@code maxLength} of {@code A-Z a-z 0-9 - _}
     */
    static void require(String text, int maxLength, String rule) {
        if (text.isEmpty() || text.length() > maxLength || !text.chars().allMatch(Name::isAllowed)) {
            throw new IllegalArgumentException(rule);
        }
    }

    private static boolean isAllowed(int c) {
        return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_';
    }
}
