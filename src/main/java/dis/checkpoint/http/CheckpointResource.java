package dis.checkpoint.http;

import dis.checkpoint.domain.AppName;
import dis.checkpoint.domain.Checkpoint;
import dis.checkpoint.domain.CheckpointKey;
import dis.checkpoint.domain.Consumer;
import dis.checkpoint.domain.PartitionId;
import dis.checkpoint.domain.SequenceNumber;
import dis.checkpoint.domain.StreamName;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import dis.checkpoint.http.Outcome.Subject;
import dis.checkpoint.table.CheckpointTable;
import dis.checkpoint.table.CheckpointTable.Submitted.Outdated;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The calls of checkpoint management, for a caller who may access the project.
 *
 * <p>They block the event loop, on purpose: a function handles one request at a time, so that nothing else waits for the event
 * loop, and a worker thread would only cost memory and the hand-over.
 */
@NonBlocking
@Path("/v2/{project_id}")
public class CheckpointResource {

    private static final String CHECKPOINTS = "checkpoints";
    private static final String DEFAULT_LIMIT = "100";
    private static final String LIMIT_RULE = "limit must be an integer from 1 to 1000";

    private final CurrentCall current;
    private final CheckpointTable table;

    CheckpointResource(CurrentCall current, CheckpointTable table) {
        this.current = current;
        this.table = table;
    }

    /** Stores a checkpoint, unless a later checkpoint or a newer generation is stored (rules R1 to R4). */
    @POST
    @Path(CHECKPOINTS)
    @Consumes(MediaType.APPLICATION_JSON)
    public Response submit(@Valid CheckpointSubmission submission) {
        Call call = current.get();
        CheckpointKey key = submission.key(call.project());
        Checkpoint submitted = submission.checkpoint();
        return answer(
                call,
                Subject.of(key),
                () -> table.submit(key, submitted, call.deadline()) instanceof Outdated outdated
                        ? refusal(key, submitted, outdated.stored())
                        : new Outcome.Stored(key, submitted.sequenceNumber()));
    }

    /** Answers the stored checkpoint, or {@code -1} if no checkpoint is stored. */
    @GET
    @Path(CHECKPOINTS)
    @Produces(ErrorBody.MEDIA_TYPE)
    public Response query(
            @Valid @BeanParam ConsumerParameters parameters,
            @QueryParam(Parameters.CHECKPOINT_TYPE)
                    @NotNull(message = "checkpoint_type is missing")
                    @Pattern(regexp = CheckpointKey.TYPE, message = CheckpointKey.TYPE_RULE)
                    String checkpointType,
            @QueryParam(Parameters.PARTITION_ID)
                    @NotNull(message = "partition_id is missing", payload = ErrorMapper.InvalidPartitionId.class)
                    @Pattern(
                            regexp = PartitionId.FORMAT,
                            message = PartitionId.RULE,
                            payload = ErrorMapper.InvalidPartitionId.class)
                    String partitionId) {
        Call call = current.get();
        CheckpointKey key = parameters.consumer(call.project()).partition(PartitionId.parse(partitionId));
        return answer(
                call,
                Subject.of(key),
                () -> new Outcome.Found(key, CheckpointAnswer.of(table.find(key, call.deadline()))));
    }

    /**
     * Lists the checkpoints of an app on a stream, in the order of the partitions.
     *
     * @param startPartitionId the partition behind which the list starts; {@code null} for a list from the first one
     */
    @GET
    @Path("apps/{app_name}/streams/{stream_name}")
    @Produces(ErrorBody.MEDIA_TYPE)
    public Response list(
            @PathParam(Parameters.APP_NAME) @Pattern(regexp = AppName.FORMAT, message = AppName.RULE) String appName,
            @QueryParam(Parameters.CHECKPOINT_TYPE)
                    @NotNull(message = "checkpoint_type is missing")
                    @Pattern(regexp = CheckpointKey.TYPE, message = CheckpointKey.TYPE_RULE)
                    String checkpointType,
            @QueryParam(Parameters.LIMIT)
                    @DefaultValue(DEFAULT_LIMIT)
                    @Pattern(regexp = "[1-9][0-9]{0,2}|1000", message = LIMIT_RULE)
                    String limit,
            @QueryParam(Parameters.START_PARTITION_ID)
                    @Pattern(
                            regexp = PartitionId.FORMAT,
                            message = "start_partition_id must be " + PartitionId.RULE,
                            payload = ErrorMapper.InvalidPartitionId.class)
                    String startPartitionId,
            @PathParam(Parameters.STREAM_NAME) @Pattern(regexp = StreamName.FORMAT, message = StreamName.RULE)
                    String streamName) {
        Call call = current.get();
        Consumer consumer = new Consumer(call.project(), new StreamName(streamName), new AppName(appName));
        Optional<PartitionId> after = Optional.ofNullable(startPartitionId).map(PartitionId::parse);
        int max = Integer.parseInt(limit);
        return answer(call, Subject.of(consumer), () -> {
            ConsumingStatesAnswer.Builder list = new ConsumingStatesAnswer.Builder(consumer, max);
            // One more than the list may hold, so that a full page tells whether there are more.
            table.list(consumer, after, max + 1, list::add, call.deadline());
            return new Outcome.Listed(consumer, after, max, list.build());
        });
    }

    /**
     * Deletes the checkpoint of a partition, or the checkpoints of all partitions of the app on the stream.
     *
     * @param partitionId {@code null} for all partitions
     */
    @DELETE
    @Path(CHECKPOINTS)
    public Response delete(
            @Valid @BeanParam ConsumerParameters parameters,
            @QueryParam(Parameters.CHECKPOINT_TYPE)
                    @Pattern(regexp = CheckpointKey.TYPE, message = CheckpointKey.TYPE_RULE)
                    String checkpointType,
            @QueryParam(Parameters.PARTITION_ID)
                    @Pattern(
                            regexp = PartitionId.FORMAT,
                            message = PartitionId.RULE,
                            payload = ErrorMapper.InvalidPartitionId.class)
                    String partitionId) {
        Call call = current.get();
        Consumer consumer = parameters.consumer(call.project());
        if (partitionId == null) {
            return answer(
                    call,
                    Subject.of(consumer),
                    () -> new Outcome.DeletedAll(consumer, table.deleteAll(consumer, call.deadline())));
        }
        CheckpointKey key = consumer.partition(PartitionId.parse(partitionId));
        return answer(call, Subject.of(key), () -> {
            table.delete(key, call.deadline());
            return new Outcome.Deleted(key);
        });
    }

    /** Records the outcome of the call, failures of the table too, so that the log line names stream and app. */
    private static Response answer(Call call, Subject subject, Supplier<Outcome> work) {
        Outcome outcome;
        try {
            outcome = work.get();
        } catch (DisException failure) {
            outcome = Outcome.of(failure, Optional.of(subject));
        }
        return Response.status(call.end(outcome).status()).build();
    }

    private static Outcome refusal(CheckpointKey key, Checkpoint submitted, Checkpoint stored) {
        // The official Java client parses the lowest acceptable number out of exactly this message of DIS.4224.
        DisException error = stored.fences(submitted)
                ? DisError.ILLEGAL_GENERATION.because("generation_id is lower than that of the stored checkpoint")
                : DisError.SEQUENCE_NUMBER_OUT_OF_RANGE.because(submitted.sequenceNumber() + "][ should be within ]["
                        + stored.sequenceNumber() + "][ ][" + SequenceNumber.MAX);
        return new Outcome.Refused(error, Optional.of(Subject.of(key)), Optional.of(stored));
    }
}
