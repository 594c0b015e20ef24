import com.huaweicloud.dis.DIS;
import com.huaweicloud.dis.DISClient;
import com.huaweicloud.dis.DISConfig;
import com.huaweicloud.dis.core.auth.AuthType;
import com.huaweicloud.dis.exception.DISClientException;
import com.huaweicloud.dis.exception.DISSequenceNumberOutOfRangeException;
import com.huaweicloud.dis.iface.app.request.ListStreamConsumingStateRequest;
import com.huaweicloud.dis.iface.app.response.ListStreamConsumingStateResult;
import com.huaweicloud.dis.iface.data.request.CommitCheckpointRequest;
import com.huaweicloud.dis.iface.data.request.DeleteCheckpointRequest;
import com.huaweicloud.dis.iface.data.request.GetCheckpointRequest;
import com.huaweicloud.dis.iface.data.response.GetCheckpointResult;
import com.huaweicloud.dis.util.CheckpointTypeEnum;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A consumer's use of checkpoints, through the official client as it is published. Prints what came of each step.
 *
 * <p>Run from source, on the class path of the clients alone: {@code OfficialClient endpoint project app token}, or in the
 * mode that is its default {@code OfficialClient endpoint project app AK SK}.
 */
class OfficialClient {

    private static final String STREAM = "newstream";
    private static final String PARTITION = "shardId-0000000000";
    private static final String PARTITION_ALIAS = "0";

    private final String app;
    private final DIS client;

    OfficialClient(DISConfig config, String app) {
        this.app = app;
        client = new DISClient(config);
    }

    private static DISConfig config(String endpoint, String project) {
        return new DISConfig()
                .setEndpoint(endpoint)
                .setRegion("eu-de")
                .setProjectId(project)
                .set(DISConfig.PROPERTY_PRODUCER_EXCEPTION_RETRIES, "0");
    }

    /** With a token, or with a key and its secret. */
    private static DISConfig with(DISConfig config, String... credentials) {
        return credentials.length == 1
                ? config.setAuthType(AuthType.AUTHTOKEN.getAuthType()).setAuthToken(credentials[0])
                : config.setAK(credentials[0]).setSK(credentials[1]);
    }

    public static void main(String[] args) {
        String app = args[2];
        String[] credentials = Arrays.copyOfRange(args, 3, args.length);
        OfficialClient consumer = new OfficialClient(with(config(args[0], args[1]), credentials), app);
        credentials[credentials.length - 1] = "not-" + credentials[credentials.length - 1];
        OfficialClient intruder = new OfficialClient(with(config(args[0], args[1]), credentials), app);

        report("get before the first commit", () -> consumer.get(PARTITION));
        report("list before the first commit", () -> consumer.list(null, 100));
        report("commit 9", () -> consumer.commit("9", "first"));
        report("get", () -> consumer.get(PARTITION));
        report("commit the higher 10", () -> consumer.commit("10", "second – 😀"));
        report("commit 10 again", () -> consumer.commit("10", "second – 😀"));
        report("commit the lower 9", () -> consumer.commit("9", "late"));
        report("get by the other spelling", () -> consumer.get(PARTITION_ALIAS));
        report("commit 11 in generation 5", () -> consumer.commit("11", "", 5));
        report("commit 12 in generation 4", () -> consumer.commit("12", "", 4));
        report("get after the refusals", () -> consumer.get(PARTITION));
        report("list", () -> consumer.list(null, 100));
        report("list behind the partition", () -> consumer.list(PARTITION, 1));
        report("delete", consumer::delete);
        report("get after delete", () -> consumer.get(PARTITION));
        report("commit by a stranger", () -> intruder.commit("13", ""));
        report("get by a stranger", () -> intruder.get(PARTITION));
        report("list by a stranger", () -> intruder.list(null, 100));
    }

    private static void report(String step, Supplier<String> call) {
        String outcome;
        try {
            outcome = call.get();
        } catch (DISSequenceNumberOutOfRangeException e) {
            outcome = "%s, stored is %d".formatted(e.getClass().getSimpleName(), e.getEarliestSequenceNumber());
        } catch (DISClientException e) {
            outcome = e.getClass().getSimpleName();
        }
        System.out.println(step + ": " + outcome);
    }

    private String commit(String sequenceNumber, String metadata) {
        return commit(request(sequenceNumber, metadata));
    }

    private String commit(String sequenceNumber, String metadata, long generation) {
        CommitCheckpointRequest request = request(sequenceNumber, metadata);
        request.setClientId("consumer-of-generation-" + generation);
        request.setGenerationId(generation);
        return commit(request);
    }

    private String commit(CommitCheckpointRequest request) {
        client.commitCheckpoint(request);
        return "done";
    }

    private CommitCheckpointRequest request(String sequenceNumber, String metadata) {
        CommitCheckpointRequest request = new CommitCheckpointRequest();
        request.setStreamName(STREAM);
        request.setAppName(app);
        request.setCheckpointType(CheckpointTypeEnum.LAST_READ.name());
        request.setPartitionId(PARTITION);
        request.setSequenceNumber(sequenceNumber);
        request.setMetadata(metadata);
        return request;
    }

    private String get(String partition) {
        GetCheckpointRequest request = new GetCheckpointRequest();
        request.setStreamName(STREAM);
        request.setAppName(app);
        request.setCheckpointType(CheckpointTypeEnum.LAST_READ.name());
        request.setPartitionId(partition);
        GetCheckpointResult checkpoint = client.getCheckpoint(request);
        return "%s \"%s\"".formatted(checkpoint.getSequenceNumber(), checkpoint.getMetadata());
    }

    private String list(String startPartition, int limit) {
        ListStreamConsumingStateRequest request = new ListStreamConsumingStateRequest();
        request.setStreamName(STREAM);
        request.setAppName(app);
        request.setCheckpointType(CheckpointTypeEnum.LAST_READ.name());
        request.setStartPartitionId(startPartition);
        request.setLimit(limit);
        ListStreamConsumingStateResult result = client.listStreamConsumingState(request);
        return "%s, has more: %s%s"
                .formatted(
                        result.getStreamName(),
                        result.getHasMore(),
                        result.getPartitionConsumingStates().stream()
                                .map(state -> ", %s: %s %s \"%s\", offsets %s and %s, status %s"
                                        .formatted(
                                                state.getPartitionId(),
                                                state.getCheckpointType(),
                                                state.getSequenceNumber(),
                                                state.getMetadata(),
                                                state.getEarliestOffset(),
                                                state.getLatestOffset(),
                                                state.getStatus()))
                                .collect(Collectors.joining()));
    }

    private String delete() {
        DeleteCheckpointRequest request = new DeleteCheckpointRequest();
        request.setStreamName(STREAM);
        request.setAppName(app);
        request.setCheckpointType(CheckpointTypeEnum.LAST_READ.name());
        request.setPartitionId(PARTITION);
        client.deleteCheckpoint(request);
        return "done";
    }
}
