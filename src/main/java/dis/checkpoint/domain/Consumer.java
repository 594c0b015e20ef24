package dis.checkpoint.domain;

/** An app that reads a stream of a project: the owner of one checkpoint for each partition. */
public record Consumer(ProjectId project, StreamName stream, AppName app) {

    /** The key of this consumer's checkpoint of a partition. */
    public CheckpointKey partition(PartitionId partition) {
        return new CheckpointKey(this, partition);
    }
}
