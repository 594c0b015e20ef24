package dis.checkpoint;

/**
 * The place of a record in its partition, and so of a checkpoint. Ordered as a number.
 *
 * @param value 0 to 9223372036854775807
 */
public record SequenceNumber(long value) implements Comparable<SequenceNumber> {

    public static final String FORMAT = "[0-9]{1,19}";
    public static final String RULE = "1 to 19 decimal digits";

    /** The highest sequence number, as text. */
    public static final String MAX = "9223372036854775807";

    public static final String MAX_RULE = "at most " + MAX;

    public SequenceNumber {
        if (value < 0) {
            throw new IllegalArgumentException(RULE);
        }
    }

    /**
     * @param text of {@link #FORMAT}, not above {@link #MAX}
     */
    public static SequenceNumber parse(String text) {
        return new SequenceNumber(Long.parseLong(text));
    }

    @Override
    public int compareTo(SequenceNumber other) {
        return Long.compare(value, other.value);
    }

    /** The number without leading zeros, as the calls answer it. */
    @Override
    public String toString() {
        return Long.toString(value);
    }
}
