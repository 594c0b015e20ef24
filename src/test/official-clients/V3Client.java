import com.huaweicloud.sdk.core.auth.BasicCredentials;
import com.huaweicloud.sdk.core.exception.ServiceResponseException;
import com.huaweicloud.sdk.dis.v2.DisClient;
import com.huaweicloud.sdk.dis.v2.model.CommitCheckpointReq;
import com.huaweicloud.sdk.dis.v2.model.CommitCheckpointRequest;
import com.huaweicloud.sdk.dis.v2.model.DeleteCheckpointRequest;
import com.huaweicloud.sdk.dis.v2.model.ShowCheckpointRequest;
import com.huaweicloud.sdk.dis.v2.model.ShowCheckpointResponse;
import com.huaweicloud.sdk.dis.v2.model.ShowConsumerStateRequest;
import com.huaweicloud.sdk.dis.v2.model.ShowConsumerStateResponse;
import java.util.function.Supplier;

/**
 * A consumer's use of checkpoints, through the v3 client as it is published. Prints what came of each step.
 *
 * <p>Run from source, on the class path of the clients alone: {@code V3Client endpoint project app AK SK}.
 */
class V3Client {

    private static final String STREAM = "newstream";
    private static final String PARTITION = "shardId-0000000000";

    private final String app;
    private final DisClient client;

    V3Client(String endpoint, String project, String app, String accessKey, String secret) {
        this.app = app;
        client = DisClient.newBuilder()
                .withEndpoint(endpoint)
                .withCredential(new BasicCredentials()
                        .withProjectId(project)
                        .withAk(accessKey)
                        .withSk(secret))
                .build();
    }

    public static void main(String[] args) {
        V3Client consumer = new V3Client(args[0], args[1], args[2], args[3], args[4]);
        V3Client intruder = new V3Client(args[0], args[1], args[2], args[3], "not-" + args[4]);

        report("get before the first commit", consumer::get);
        report("commit 9", () -> consumer.commit("9", "first – 😀"));
        report("get", consumer::get);
        report("list", consumer::list);
        report("commit the lower 8", () -> consumer.commit("8", "late"));
        report("delete", consumer::delete);
        report("get after delete", consumer::get);
        report("commit by a stranger", () -> intruder.commit("13", ""));
        report("get by a stranger", intruder::get);
    }

    private static void report(String step, Supplier<String> call) {
        String outcome;
        try {
            outcome = call.get();
        } catch (ServiceResponseException e) {
            outcome = e.getHttpStatusCode() + " " + e.getErrorCode() + " " + e.getErrorMsg();
        }
        System.out.println(step + ": " + outcome);
    }

    private String commit(String sequenceNumber, String metadata) {
        return "%d".formatted(client.commitCheckpoint(new CommitCheckpointRequest()
                        .withBody(new CommitCheckpointReq()
                                .withStreamName(STREAM)
                                .withAppName(app)
                                .withCheckpointType(CommitCheckpointReq.CheckpointTypeEnum.LAST_READ)
                                .withPartitionId(PARTITION)
                                .withSequenceNumber(sequenceNumber)
                                .withMetadata(metadata)))
                .getHttpStatusCode());
    }

    private String get() {
        ShowCheckpointResponse checkpoint = client.showCheckpoint(new ShowCheckpointRequest()
                .withStreamName(STREAM)
                .withAppName(app)
                .withCheckpointType(ShowCheckpointRequest.CheckpointTypeEnum.LAST_READ)
                .withPartitionId(PARTITION));
        return "%s \"%s\"".formatted(checkpoint.getSequenceNumber(), checkpoint.getMetadata());
    }

    /** The client's type of this answer lacks the partitions. */
    private String list() {
        ShowConsumerStateResponse list = client.showConsumerState(new ShowConsumerStateRequest()
                .withStreamName(STREAM)
                .withAppName(app)
                .withCheckpointType(ShowConsumerStateRequest.CheckpointTypeEnum.LAST_READ)
                .withLimit(100));
        return list.getHttpStatusCode() + " " + app.equals(list.getAppName());
    }

    private String delete() {
        return "%d".formatted(client.deleteCheckpoint(new DeleteCheckpointRequest()
                        .withStreamName(STREAM)
                        .withAppName(app)
                        .withCheckpointType(DeleteCheckpointRequest.CheckpointTypeEnum.LAST_READ)
                        .withPartitionId(PARTITION))
                .getHttpStatusCode());
    }
}
