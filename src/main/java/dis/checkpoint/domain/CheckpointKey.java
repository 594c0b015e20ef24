package dis.checkpoint.domain;

/** Identifies a checkpoint: an app on a stream, and a partition. The type is always {@code LAST_READ}. */
public record CheckpointKey(Consumer consumer, PartitionId partition) {

    /** The type of every checkpoint: the last record that was read. */
    public static final String TYPE = "LAST_READ";

    /** The rule of the type in words, for callers who broke it. */
    public static final String TYPE_RULE = "checkpoint_type must be LAST_READ";
}
