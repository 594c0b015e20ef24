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
import java.math.BigInteger;
import java.util.Optional;
import java.util.OptionalLong;

/** The body of POST, and its rules (API reference, "Submitting Checkpoints"). */
@RegisterForReflection
public record CheckpointSubmission(
        @JsonProperty("app_name") @RequiredPattern(matches = AppName.FORMAT, message = AppName.RULE)
        String appName,

        @JsonProperty("stream_name") @RequiredPattern(matches = StreamName.FORMAT, message = STREAM_RULE)
        String streamName,

        @JsonProperty("checkpoint_type")
        @RequiredPattern(matches = CheckpointKey.TYPE, message = CheckpointKey.TYPE_RULE)
        String checkpointType,

        @JsonProperty("partition_id")
        @RequiredPattern(
                matches = PartitionId.FORMAT,
                message = PartitionId.RULE,
                payload = ErrorMapper.InvalidPartitionId.class)
        String partitionId,

        @JsonProperty("sequence_number")
        @RequiredPattern(
                matches = SequenceNumber.FORMAT,
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
        String clientId) {

    /** For whoever names a stream of another account, too. */
    static final String STREAM_RULE =
            StreamName.RULE + "; stream_id alone, for a stream of another account, is not supported";

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
