package dis.checkpoint.domain;

/**
 * A partition of a stream. DIS spells it in two ways, {@code 7} and {@code shardId-0000000007}; both are the same value.
 *
 * @param number 0 to 9999999999 (ten digits)
 */
public record PartitionId(long number) {

    public static final String FORMAT = "shardId-[0-9]{10}|0|[1-9][0-9]{0,9}";
    public static final String RULE =
            "shardId- and ten digits, or a decimal number of up to ten digits without leading zeros";

    private static final long MAX = 9_999_999_999L;
    private static final String PREFIX = "shardId-";

    public PartitionId {
        if (number < 0 || number > MAX) {
            throw new IllegalArgumentException(RULE);
        }
    }

    /**
     * @param text of {@link #FORMAT}
     */
    public static PartitionId parse(String text) {
        return new PartitionId(Long.parseLong(text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : text));
    }
}
