package dis.checkpoint.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import dis.checkpoint.domain.AppName;
import dis.checkpoint.domain.Checkpoint;
import dis.checkpoint.domain.CheckpointKey;
import dis.checkpoint.domain.Consumer;
import dis.checkpoint.domain.PartitionId;
import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.domain.SequenceNumber;
import dis.checkpoint.domain.StreamName;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.math.BigInteger;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The body of POST, and its rules (API reference, "Submitting Checkpoints").
 *
 * @param streamId a JSON value of any type, of which only the presence matters
 */
@RegisterForReflection
public record CheckpointSubmission(
        @JsonProperty("app_name")
        @NotNull(message = "app_name is missing")
        @Pattern(regexp = AppName.FORMAT, message = AppName.RULE)
        String appName,

        @JsonProperty("stream_name") @Pattern(regexp = StreamName.FORMAT, message = StreamName.RULE)
        String streamName,

        @JsonProperty("stream_id") Object streamId,

        @JsonProperty("checkpoint_type")
        @NotNull(message = "checkpoint_type is missing")
        @Pattern(regexp = CheckpointKey.TYPE, message = CheckpointKey.TYPE_RULE)
        String checkpointType,

        @JsonProperty("partition_id")
        @NotNull(message = "partition_id is missing", payload = ErrorMapper.InvalidPartitionId.class)
        @Pattern(
                regexp = PartitionId.FORMAT,
                message = PartitionId.RULE,
                payload = ErrorMapper.InvalidPartitionId.class)
        String partitionId,

        @JsonProperty("sequence_number")
        @NotNull(message = "sequence_number is missing", payload = ErrorMapper.InvalidSequenceNumber.class)
        @Pattern(
                regexp = SequenceNumber.FORMAT,
                message = SequenceNumber.RULE,
                payload = ErrorMapper.InvalidSequenceNumber.class)
        @DecimalMax(
                value = "" + SequenceNumber.MAX,
                message = SequenceNumber.MAX_RULE,
                payload = ErrorMapper.InvalidSequenceNumber.class)
        String sequenceNumber,

        @CodePoints(max = 1000, message = "metadata must be at most 1000 characters, without unpaired surrogates")
        String metadata,

        @JsonProperty("generation_id")
        @DecimalMin(value = "" + Checkpoint.LEFT_GROUP, message = GENERATION_RULE)
        @DecimalMax(value = "" + Long.MAX_VALUE, message = GENERATION_RULE)
        BigInteger generationId,

        @JsonProperty("client_id")
        @CodePoints(min = 1, max = 200, message = "client_id must be 1 to 200 characters, without unpaired surrogates")
        String clientId)
        implements StreamReference {

    private static final String GENERATION_RULE =
            "generation_id must be an integer from " + Checkpoint.LEFT_GROUP + " to " + Long.MAX_VALUE;

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
