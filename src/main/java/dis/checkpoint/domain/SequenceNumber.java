package dis.checkpoint.domain;

import java.util.regex.Pattern;

/**
 * The place of a record in its partition, and so of a checkpoint. Ordered as a number.
 *
 * @param value 0 to {@value #MAX}
 */
public record SequenceNumber(long value) {

    /** The highest sequence number. */
    public static final long MAX = Long.MAX_VALUE;

    /** The form of a sequence number as a regular expression. Numbers of that form may still exceed {@link #MAX}. */
    public static final String FORMAT = "[0-9]{1,19}";

    /** The form of a sequence number in words, for callers who broke the rule. */
    public static final String RULE = "1 to 19 decimal digits";

    /** {@link #MAX} in words, for callers who broke the rule. */
    public static final String MAX_RULE = "at most " + MAX;

    private static final Pattern FORM = Pattern.compile(FORMAT);

    /**
     * @throws IllegalArgumentException if the value is negative
     */
    public SequenceNumber {
        if (value < 0) {
            throw new IllegalArgumentException(RULE);
        }
    }

    /**
     * @param text decimal digits, also with leading zeros
     * @throws IllegalArgumentException if the text is not a sequence number
     */
    public static SequenceNumber parse(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException(RULE);
        }
        return new SequenceNumber(Long.parseLong(text));
    }

    /** The number without leading zeros, as the calls answer it. */
    @Override
    public String toString() {
        return Long.toString(value);
    }
}
