package dis.checkpoint.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import dis.checkpoint.domain.Checkpoint;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Optional;

/**
 * The body of the answer to GET.
 *
 * @param sequenceNumber decimal digits, or {@code -1} if no checkpoint is stored
 */
@RegisterForReflection
public record CheckpointAnswer(
        @JsonProperty("sequence_number") String sequenceNumber, String metadata) {

    private static final CheckpointAnswer NONE = new CheckpointAnswer("-1", "");

    static CheckpointAnswer of(Optional<Checkpoint> stored) {
        return stored.map(checkpoint ->
                        new CheckpointAnswer(checkpoint.sequenceNumber().toString(), checkpoint.metadata()))
                .orElse(NONE);
    }
}
