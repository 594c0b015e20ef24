package dis.checkpoint;

import com.fasterxml.jackson.annotation.JsonProperty;
import dis.checkpoint.error.DisError;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.PositiveOrZero;
import java.math.BigInteger;
import java.util.Optional;
import java.util.OptionalLong;

/** The body of POST, and its rules (contract, "Body of POST"). */
@RegisterForReflection
public record CheckpointSubmission(
        @JsonProperty("app_name") @Text(matches = AppName.FORMAT, message = AppName.RULE)
        String appName,

        @JsonProperty("stream_name") @Text(matches = StreamName.FORMAT, message = StreamName.RULE)
        String streamName,

        @JsonProperty("checkpoint_type") @Text(matches = CheckpointKey.TYPE, message = CheckpointKey.TYPE_RULE)
        String checkpointType,

        @JsonProperty("partition_id")
        @Text(matches = PartitionId.FORMAT, message = PartitionId.RULE, payload = DisError.OfPartitionId.class)
        String partitionId,

        @JsonProperty("sequence_number")
        @Text(matches = SequenceNumber.FORMAT, message = SequenceNumber.RULE, payload = DisError.OfSequenceNumber.class)
        @DecimalMax(
                value = SequenceNumber.MAX,
                message = SequenceNumber.MAX_RULE,
                payload = DisError.OfSequenceNumber.class)
        String sequenceNumber,

        @Characters(max = 1000, message = "metadata must be at most 1000 characters, without unpaired surrogates")
        String metadata,

        @JsonProperty("generation_id")
        @PositiveOrZero(message = GENERATION_RULE)
        @DecimalMax(value = "9223372036854775807", message = GENERATION_RULE)
        BigInteger generationId,

        @JsonProperty("client_id")
        @Characters(min = 1, max = 200, message = "client_id must be 1 to 200 characters, without unpaired surrogates")
        String clientId) {

    private static final String GENERATION_RULE = "generation_id must be an integer from 0 to 9223372036854775807";

    CheckpointKey key(ProjectId project) {
        return new Consumer(project, new StreamName(streamName), new AppName(appName))
                .partition(PartitionId.parse(partitionId));
    }

    Checkpoint checkpoint() {
        return new Checkpoint(
                SequenceNumber.parse(sequenceNumber),
                metadata == null ? "" : metadata,
                generationId == null ? OptionalLong.empty() : OptionalLong.of(generationId.longValueExact()),
                Optional.ofNullable(clientId));
    }
}
