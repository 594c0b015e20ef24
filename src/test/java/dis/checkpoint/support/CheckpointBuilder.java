package dis.checkpoint.support;

import dis.checkpoint.domain.Checkpoint;
import dis.checkpoint.domain.SequenceNumber;
import java.util.Optional;
import java.util.OptionalLong;

/** Builds checkpoints. A new field of {@link Checkpoint} gets its default here, so that no other test has to name it. */
public final class CheckpointBuilder {

    private final long sequenceNumber;
    private String metadata = "";
    private OptionalLong generation = OptionalLong.empty();
    private Optional<String> clientId = Optional.empty();

    private CheckpointBuilder(long sequenceNumber) {
        this.sequenceNumber = sequenceNumber;
    }

    /** A checkpoint without metadata, generation or client. */
    public static CheckpointBuilder checkpoint(long sequenceNumber) {
        return new CheckpointBuilder(sequenceNumber);
    }

    public CheckpointBuilder metadata(String text) {
        metadata = text;
        return this;
    }

    /**
     * @param number {@code null} for none
     */
    public CheckpointBuilder generation(Long number) {
        generation = number == null ? OptionalLong.empty() : OptionalLong.of(number);
        return this;
    }

    /**
     * @param id {@code null} for none
     */
    public CheckpointBuilder clientId(String id) {
        clientId = Optional.ofNullable(id);
        return this;
    }

    public Checkpoint build() {
        return new Checkpoint(new SequenceNumber(sequenceNumber), metadata, generation, clientId);
    }
}
