package dis.checkpoint.http;

import dis.checkpoint.domain.Checkpoint;
import dis.checkpoint.domain.CheckpointKey;
import dis.checkpoint.domain.Consumer;
import dis.checkpoint.domain.PartitionId;
import dis.checkpoint.domain.SequenceNumber;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import dis.checkpoint.error.ErrorBody;
import dis.checkpoint.table.CheckpointTable;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Pattern;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import org.jboss.resteasy.reactive.ResponseStatus;

/**
 * The calls of checkpoint management. The project comes from the {@link RequestContext}: the one that the caller has been let
 * in to.
 *
 * <p>They block the event loop, on purpose: a function has one request at a time, so nobody else needs it, and a worker
 * thread would only cost memory and the hand-over.
 */
@NonBlocking
@Path("/v2/{project_id}/checkpoints")
public class CheckpointResource {

    private final RequestContext context;
    private final CheckpointTable table;

    CheckpointResource(RequestContext context, CheckpointTable table) {
        this.context = context;
        this.table = table;
    }

    /** Stores a checkpoint, unless a later one or one of a newer generation is stored (rules R1 to R4). */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @ResponseStatus(201)
    public void submit(@Valid CheckpointSubmission submission) {
        Checkpoint submitted = submission.checkpoint();
        CheckpointKey key = submission.key(context.project());
        context.isAbout(key);
        table.submit(key, submitted, context.deadline()).ifPresent(stored -> {
            context.isRefusedBecauseOf(stored);
            throw refusal(submitted, stored);
        });
    }

    /** Answers the stored checkpoint, or {@code -1} where there is none. */
    @GET
    @Produces(ErrorBody.MEDIA_TYPE)
    public CheckpointAnswer query(
            @Valid @BeanParam ConsumerParameters consumer,
            @QueryParam(Parameters.CHECKPOINT_TYPE)
                    @RequiredPattern(matches = CheckpointKey.TYPE, message = CheckpointKey.TYPE_RULE)
                    String type,
            @QueryParam(Parameters.PARTITION_ID)
                    @RequiredPattern(
                            matches = PartitionId.FORMAT,
                            message = PartitionId.RULE,
                            payload = DisError.OfPartitionId.class)
                    String partition) {
        CheckpointKey key = consumer.of(context.project()).partition(PartitionId.parse(partition));
        context.isAbout(key);
        return CheckpointAnswer.of(table.find(key, context.deadline()));
    }

    /** Deletes the checkpoint of a partition, or those of every partition of the app on the stream. */
    @DELETE
    public void delete(
            @Valid @BeanParam ConsumerParameters consumer,
            @QueryParam(Parameters.CHECKPOINT_TYPE)
                    @Pattern(regexp = CheckpointKey.TYPE, message = CheckpointKey.TYPE_RULE)
                    String type,
            @QueryParam(Parameters.PARTITION_ID)
                    @Pattern(
                            regexp = PartitionId.FORMAT,
                            message = PartitionId.RULE,
                            payload = DisError.OfPartitionId.class)
                    String partition,
            @Context UriInfo uri) {
        Consumer owner = consumer.of(context.project());
        if (!uri.getQueryParameters().containsKey(Parameters.PARTITION_ID)) {
            context.isAbout(owner);
            table.deleteAll(owner, context.deadline());
        } else if (partition == null) { // JAX-RS takes an empty value for none, and here none means all.
            throw DisError.INVALID_PARTITION_ID.because(PartitionId.RULE);
        } else {
            CheckpointKey key = owner.partition(PartitionId.parse(partition));
            context.isAbout(key);
            table.delete(key, context.deadline());
        }
    }

    private static DisException refusal(Checkpoint submitted, Checkpoint stored) {
        if (stored.fences(submitted)) {
            return DisError.ILLEGAL_GENERATION.because("generation_id is lower than that of the stored checkpoint");
        }
        // The official Java client takes the lowest acceptable number out of exactly this shape.
        return DisError.SEQUENCE_NUMBER_OUT_OF_RANGE.because(submitted.sequenceNumber() + "][ should be within ]["
                + stored.sequenceNumber() + "][ ][" + SequenceNumber.MAX);
    }
}
