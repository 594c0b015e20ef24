package dis.checkpoint.lambda;

import dis.checkpoint.support.Api;
import dis.checkpoint.support.Backends;
import dis.checkpoint.support.FakeDis;
import dis.checkpoint.support.HttpApi;
import dis.checkpoint.support.OfficialClient;
import dis.checkpoint.support.PackagedFunction;
import dis.checkpoint.support.Router;
import dis.checkpoint.support.RuntimeApi;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Kafka adapter, which knows only one address, behind a router to DIS and to the packaged function. */
@Tag("package")
class KafkaAdapterIT {

    @Test
    void consumerResumesAtItsCommittedOffset(@TempDir Path directory) throws Exception {
        try (Backends backends = new Backends();
                RuntimeApi runtime = new RuntimeApi();
                HttpApi api = new HttpApi(runtime);
                FakeDis dis = new FakeDis(2);
                Router router = new Router(api.endpoint(), dis.endpoint())) {
            dis.append(0, "a", "b", "c");
            dis.append(1, "x", "y");
            Process process = PackagedFunction.unpack(Path.of("target/function-of-kafka"))
                    .start(runtime, backends.environment(), Path.of("target/function-of-kafka.log"));
            try {
                OfficialClient.KAFKA_ADAPTER.works(directory, router.endpoint(), Api.TOKEN);
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
    }
}
