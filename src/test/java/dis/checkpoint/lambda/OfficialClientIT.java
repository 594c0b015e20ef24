package dis.checkpoint.lambda;

import dis.checkpoint.support.Api;
import dis.checkpoint.support.Backends;
import dis.checkpoint.support.EmbeddedServices;
import dis.checkpoint.support.HttpApi;
import dis.checkpoint.support.OfficialClient;
import dis.checkpoint.support.PackagedFunction;
import dis.checkpoint.support.RuntimeApi;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The official Java clients in their default mode, which signs, against the packaged function with access keys and without IAM. */
@Tag("package")
class OfficialClientIT {

    private static Backends backends;
    private static RuntimeApi runtime;
    private static HttpApi api;
    private static Process process;

    @BeforeAll
    static void start() throws Exception {
        backends = new Backends();
        runtime = new RuntimeApi();
        api = new HttpApi(runtime);
        Map<String, String> environment = new HashMap<>(backends.environment());
        environment.remove("CHECKPOINT_IAM_ENDPOINT");
        environment.put("CHECKPOINT_ACCESS_KEYS_TABLE", EmbeddedServices.ACCESS_KEYS);
        process = PackagedFunction.unpack(Path.of("target/function-of-clients"))
                .start(runtime, environment, Path.of("target/function-of-clients.log"));
    }

    @AfterAll
    static void stop() throws Exception {
        process.destroyForcibly().waitFor();
        api.close();
        runtime.close();
        backends.close();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "KAFKA_ADAPTER")
    void clientWorksWithAnAccessKey(OfficialClient client, @TempDir Path directory) throws Exception {
        client.works(directory, api.endpoint(), Api.KEY.id(), Api.KEY.secret());
    }
}
