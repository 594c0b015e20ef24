package dis.checkpoint;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * How far a partition has been read.
 *
 * @param metadata what the consumer wants to find again; empty where it gave none
 * @param generation of the consumer group when it submitted, 0 to 2<sup>63</sup>−1; the fence (contract, rule 4)
 * @param clientId the consumer that submitted it
 */
public record Checkpoint(
        SequenceNumber sequenceNumber, String metadata, OptionalLong generation, Optional<String> clientId) {

    /** Whether {@code submitted} comes from an older generation of the consumer group than this stored checkpoint. */
    public boolean fences(Checkpoint submitted) {
        return submitted.generation.isPresent()
                && generation.isPresent()
                && submitted.generation.getAsLong() < generation.getAsLong();
    }
}
