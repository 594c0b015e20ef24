import com.huaweicloud.dis.DISClient;
import com.huaweicloud.dis.DISClientAsync2;
import com.huaweicloud.dis.DISConfig;
import com.huaweicloud.dis.iface.data.request.CommitCheckpointRequest;
import com.huaweicloud.dis.util.CheckpointTypeEnum;

/**
 * Commits one checkpoint and prints "done" or the error. It shows which certificates the client accepts.
 *
 * <p>Run from source, on the class path of the clients alone: {@code TlsClient endpoint project app class verify}, where class
 * is {@code DISClient} or {@code DISClientAsync2}, and verify is the value of {@code IS_DEFAULT_TRUSTED_JKS_ENABLED}.
 */
class TlsClient {

    public static void main(String[] args) throws Exception {
        DISConfig config = new DISConfig()
                .setEndpoint(args[0])
                .setRegion("eu-de")
                .setProjectId(args[1])
                .setAK("AKOFPROJECT1")
                .setSK("secret-of-project-1")
                .set(DISConfig.PROPERTY_IS_DEFAULT_TRUSTED_JKS_ENABLED, args[4])
                .set(DISConfig.PROPERTY_PRODUCER_EXCEPTION_RETRIES, "0");
        CommitCheckpointRequest request = new CommitCheckpointRequest();
        request.setStreamName("newstream");
        request.setAppName(args[2]);
        request.setCheckpointType(CheckpointTypeEnum.LAST_READ.name());
        request.setPartitionId("0");
        request.setSequenceNumber("1");
        try {
            if (args[3].equals("DISClient")) {
                new DISClient(config).commitCheckpoint(request);
            } else {
                new DISClientAsync2(config).commitCheckpointAsync(request).get();
            }
            System.out.println("done");
        } catch (Exception e) {
            System.out.println(e);
        }
        System.exit(0); // Its threads go on.
    }
}
