package dis.checkpoint.http;

import dis.checkpoint.domain.Checkpoint;
import dis.checkpoint.domain.CheckpointKey;
import dis.checkpoint.domain.Consumer;
import dis.checkpoint.domain.PartitionId;
import dis.checkpoint.domain.SequenceNumber;
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
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The calls of checkpoint management. The project is the one that the caller has been let in to.
 *
 * <p>They block the event loop, on purpose: a function has one request at a time, so nobody else needs it, and a worker
 * thread would only cost memory and the hand-over.
 */
@NonBlocking
@Path("/v2/{project_id}/checkpoints")
public class CheckpointResource {

    private final CurrentCall current;
    private final CheckpointTable table;

    CheckpointResource(CurrentCall current, CheckpointTable table) {
        this.current = current;
        this.table = table;
    }

    /** Stores a checkpoint, unless a later one or one of a newer generation is stored (rules R1 to R4). */
    @POST
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

    /** Answers the stored checkpoint, or {@code -1} where there is none. */
    @GET
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
     * Deletes the checkpoint of a partition, or those of every partition of the app on the stream.
     *
     * @param partitionId {@code null} for all of them
     */
    @DELETE
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
