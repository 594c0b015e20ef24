package dis.checkpoint.domain;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * How far a partition has been read.
 *
 * @param metadata any text of the consumer; empty if it sent no text
 * @param generation of the consumer group when it submitted, −1 to 2<sup>63</sup>−1; it fences off older generations (rule
 *     R4). {@link #LEFT_GROUP} is submitted, but never stored
 * @param clientId the consumer that submitted it
 */
public record Checkpoint(
        SequenceNumber sequenceNumber, String metadata, OptionalLong generation, Optional<String> clientId) {

    /** The generation of a consumer that has left its group; lower than every stored generation. */
    public static final long LEFT_GROUP = -1;

    /**
     * @throws IllegalArgumentException if the generation is out of its range
     */
    public Checkpoint {
        if (generation.orElse(LEFT_GROUP) < LEFT_GROUP) {
            throw new IllegalArgumentException("A generation must be at least " + LEFT_GROUP);
        }
    }

    /** Whether this stored checkpoint refuses {@code submitted}: it is later, or of a newer generation (rules R3 and R4). */
    public boolean refuses(Checkpoint submitted) {
        return fences(submitted) || submitted.sequenceNumber.value() < sequenceNumber.value();
    }

    /** Whether {@code submitted} comes from an older generation of the consumer group than this stored checkpoint. */
    public boolean fences(Checkpoint submitted) {
        return submitted.generation.isPresent()
                && generation.isPresent()
                && submitted.generation.getAsLong() < generation.getAsLong();
    }
}
