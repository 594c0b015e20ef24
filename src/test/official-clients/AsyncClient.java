import com.huaweicloud.dis.DISClientAsync2;
import com.huaweicloud.dis.DISConfig;
import com.huaweicloud.dis.http.exception.HttpClientErrorException;
import com.huaweicloud.dis.iface.data.request.CommitCheckpointRequest;
import com.huaweicloud.dis.iface.data.request.GetCheckpointRequest;
import com.huaweicloud.dis.iface.data.response.GetCheckpointResult;
import com.huaweicloud.dis.util.CheckpointTypeEnum;
import java.util.concurrent.Callable;

/**
 * A consumer's use of checkpoints, through the second asynchronous client as it is published: without a deletion, in which
 * it fails by itself ({@code innerFuture} is null). Prints what came of each step.
 *
 * <p>Run from source, on the class path of the clients alone: {@code AsyncClient endpoint project app AK SK}.
 */
class AsyncClient {

    private static final String STREAM = "newstream";
    private static final String PARTITION = "shardId-0000000000";

    private final String app;
    private final DISClientAsync2 client;

    AsyncClient(String endpoint, String project, String app, String accessKey, String secret) {
        this.app = app;
        client = new DISClientAsync2(new DISConfig()
                .setEndpoint(endpoint)
                .setRegion("eu-de")
                .setProjectId(project)
                .setAK(accessKey)
                .setSK(secret)
                .set(DISConfig.PROPERTY_PRODUCER_EXCEPTION_RETRIES, "0"));
    }

    public static void main(String[] args) throws Exception {
        AsyncClient consumer = new AsyncClient(args[0], args[1], args[2], args[3], args[4]);
        AsyncClient intruder = new AsyncClient(args[0], args[1], args[2], args[3], "not-" + args[4]);

        report("commit 9", () -> consumer.commit("9", "first – 😀"));
        report("get", consumer::get);
        report("get by a stranger", intruder::get);
        System.exit(0); // Its threads go on.
    }

    private static void report(String step, Callable<String> call) throws Exception {
        String outcome;
        try {
            outcome = call.call();
        } catch (HttpClientErrorException e) {
            outcome = e.getMessage();
        }
        System.out.println(step + ": " + outcome);
    }

    private String commit(String sequenceNumber, String metadata) throws Exception {
        CommitCheckpointRequest request = new CommitCheckpointRequest();
        request.setStreamName(STREAM);
        request.setAppName(app);
        request.setCheckpointType(CheckpointTypeEnum.LAST_READ.name());
        request.setPartitionId(PARTITION);
        request.setSequenceNumber(sequenceNumber);
        request.setMetadata(metadata);
        client.commitCheckpointAsync(request).get();
        return "done";
    }

    private String get() throws Exception {
        GetCheckpointRequest request = new GetCheckpointRequest();
        request.setStreamName(STREAM);
        request.setAppName(app);
        request.setCheckpointType(CheckpointTypeEnum.LAST_READ.name());
        request.setPartitionId(PARTITION);
        GetCheckpointResult checkpoint = client.getCheckpointAsync(request).get();
        return "%s \"%s\"".formatted(checkpoint.getSequenceNumber(), checkpoint.getMetadata());
    }
}
