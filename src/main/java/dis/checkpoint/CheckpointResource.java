package dis.checkpoint;

import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import dis.checkpoint.error.ErrorBody;
import dis.checkpoint.table.CheckpointTable;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Pattern;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jboss.resteasy.reactive.RestResponse;

/**
 * The calls of checkpoint management. The project comes from {@link Call}: the one that the token lets in.
 *
 * <p>They block the event loop, on purpose: a function has one request at a time, so nobody else needs it, and a worker
 * thread would only cost memory and the hand-over.
 */
@NonBlocking
@Path("/v2/{project_id: [A-Za-z0-9_-]+}/checkpoints")
public class CheckpointResource {

    private static final String APP_NAME = "app_name";
    private static final String STREAM_NAME = "stream_name";
    private static final String CHECKPOINT_TYPE = "checkpoint_type";
    private static final String PARTITION_ID = "partition_id";
    private static final List<String> PARAMETERS = List.of(APP_NAME, STREAM_NAME, CHECKPOINT_TYPE, PARTITION_ID);

    private final Call call;
    private final CheckpointTable table;

    CheckpointResource(Call call, CheckpointTable table) {
        this.call = call;
        this.table = table;
    }

    /** Stores a checkpoint, unless a later one or one of a newer generation is stored (contract, rules 1 to 4). */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @ResponseStatus(201)
    public void submit(@Valid CheckpointSubmission submission) {
        Checkpoint submitted = submission.checkpoint();
        CheckpointKey key = submission.key(call.project());
        call.isAbout(key);
        table.submit(key, submitted, call.deadline()).ifPresent(stored -> {
            call.isRefusedBy(stored);
            throw refusal(submitted, stored);
        });
    }

    /** Answers the stored checkpoint, or {@code -1} where there is none. */
    @GET
    @Produces(ErrorBody.MEDIA_TYPE)
    public RestResponse<CheckpointAnswer> query(
            @QueryParam(STREAM_NAME) @Text(matches = StreamName.FORMAT, message = StreamName.RULE) String stream,
            @QueryParam(APP_NAME) @Text(matches = AppName.FORMAT, message = AppName.RULE) String app,
            @QueryParam(CHECKPOINT_TYPE) @Text(matches = CheckpointKey.TYPE, message = CheckpointKey.TYPE_RULE)
                    String type,
            @QueryParam(PARTITION_ID)
                    @Text(
                            matches = PartitionId.FORMAT,
                            message = PartitionId.RULE,
                            payload = DisError.OfPartitionId.class)
                    String partition,
            @Context UriInfo uri) {
        refuseRepeated(uri);
        CheckpointKey key = consumer(stream, app).partition(PartitionId.parse(partition));
        call.isAbout(key);
        return RestResponse.ResponseBuilder.ok(CheckpointAnswer.of(table.find(key, call.deadline())))
                .header(HttpHeaders.CONTENT_TYPE, ErrorBody.MEDIA_TYPE)
                .build();
    }

    /** Deletes the checkpoint of a partition, or those of every partition of the app on the stream. */
    @DELETE
    public void delete(
            @QueryParam(STREAM_NAME) @Text(matches = StreamName.FORMAT, message = StreamName.RULE) String stream,
            @QueryParam(APP_NAME) @Text(matches = AppName.FORMAT, message = AppName.RULE) String app,
            @QueryParam(CHECKPOINT_TYPE) @Text(matches = CheckpointKey.TYPE, message = CheckpointKey.TYPE_RULE)
                    String type,
            @QueryParam(PARTITION_ID)
                    @Pattern(
                            regexp = PartitionId.FORMAT,
                            message = PartitionId.RULE,
                            payload = DisError.OfPartitionId.class)
                    String partition,
            @Context UriInfo uri) {
        refuseRepeated(uri);
        Consumer consumer = consumer(stream, app);
        if (!uri.getQueryParameters().containsKey(PARTITION_ID)) {
            call.isAbout(consumer);
            table.deleteAll(consumer, call.deadline());
        } else if (partition == null) { // JAX-RS takes an empty value for none, and here none means all.
            throw DisError.INVALID_PARTITION_ID.because(PartitionId.RULE);
        } else {
            CheckpointKey key = consumer.partition(PartitionId.parse(partition));
            call.isAbout(key);
            table.delete(key, call.deadline());
        }
    }

    private Consumer consumer(String stream, String app) {
        return new Consumer(call.project(), new StreamName(stream), new AppName(app));
    }

    /** JAX-RS would silently take the first of them. */
    private static void refuseRepeated(UriInfo uri) {
        for (String parameter : PARAMETERS) {
            if (uri.getQueryParameters().getOrDefault(parameter, List.of()).size() > 1) {
                throw DisError.INVALID_REQUEST.because(parameter + " must be given once");
            }
        }
    }

    private static DisException refusal(Checkpoint submitted, Checkpoint stored) {
        if (stored.fences(submitted)) {
            return DisError.ILLEGAL_GENERATION.because("generation_id is lower than that of the stored checkpoint");
        }
        // The official Java client takes the lowest acceptable number out of exactly this shape.
        return DisError.SEQUENCE_NUMBER_OUT_OF_RANGE.because("%s][ should be within ][%s][ ][%s"
                .formatted(submitted.sequenceNumber(), stored.sequenceNumber(), SequenceNumber.MAX));
    }
}
