package dis.checkpoint;

/** An app that reads a stream of a project: the owner of one checkpoint for each partition. */
public record Consumer(ProjectId project, StreamName stream, AppName app) {

    public CheckpointKey partition(PartitionId partition) {
        return new CheckpointKey(this, partition);
    }
}
