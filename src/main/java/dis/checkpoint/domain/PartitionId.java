package dis.checkpoint.domain;

import java.util.regex.Pattern;

/**
 * A partition of a stream. DIS spells it in two ways, {@code 7} and {@code shardId-0000000007}; both are the same value.
 *
 * @param number 0 to 9999999999 (ten digits)
 */
public record PartitionId(long number) {

    /** Both spellings as a regular expression. */
    public static final String FORMAT = "shardId-[0-9]{10}|0|[1-9][0-9]{0,9}";

    /** Both spellings in words, for callers who broke the rule. */
    public static final String RULE =
            "shardId- and ten digits, or a decimal number of up to ten digits without leading zeros";

    private static final Pattern FORM = Pattern.compile(FORMAT);
    private static final long MAX = 9_999_999_999L;
    private static final String PREFIX = "shardId-";

    /**
     * @throws IllegalArgumentException if the number is out of its range
     */
    public PartitionId {
        if (number < 0 || number > MAX) {
            throw new IllegalArgumentException(RULE);
        }
    }

    /**
     * Reads either spelling.
     *
     * @throws IllegalArgumentException if the text breaks the {@link #RULE}
     */
    public static PartitionId parse(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException(RULE);
        }
        return new PartitionId(Long.parseLong(text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : text));
    }

    /**
     * The number in ten digits, so that texts sort as the numbers do. Not by {@link String#format}, because the first format
     * loads the digits of a language: that was a quarter of the work before a function's first answer.
     */
    public String tenDigits() {
        return Long.toString(MAX + 1 + number).substring(1);
    }

    /** The long spelling, {@code shardId-0000000007}, in which DIS answers. */
    @Override
    public String toString() {
        return PREFIX + tenDigits();
    }
}
