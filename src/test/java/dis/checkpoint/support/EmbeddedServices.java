package dis.checkpoint.support;

import dis.checkpoint.dev.DynamoDbLocal;
import dis.checkpoint.dev.FakeKeystone;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * The table, the way to it and the IAM that the function talks to in tests; injected into fields of their types. The
 * {@link DynamoDbClient} goes to the table by itself.
 */
public class EmbeddedServices implements QuarkusTestResourceLifecycleManager {

    public static final String TABLE = "checkpoints";

    private DynamoDbLocal table;
    private TableProxy proxy;
    private FakeKeystone iam;

    @Override
    public Map<String, String> start() {
        try {
            int port = freePort();
            table = DynamoDbLocal.inMemory(port);
            table.createTable(TABLE);
            proxy = new TableProxy(URI.create("http://127.0.0.1:" + port));
            iam = new FakeKeystone(0);
            return Map.of(
                    "quarkus.dynamodb.endpoint-override", proxy.endpoint().toString(),
                    "checkpoint.iam.endpoint", iam.endpoint().toString(),
                    // Few, so that a test exceeds it in a moment.
                    "checkpoint.iam.cache-size", "50");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void inject(TestInjector injector) {
        injector.injectIntoFields(iam, new TestInjector.MatchesType(FakeKeystone.class));
        injector.injectIntoFields(proxy, new TestInjector.MatchesType(TableProxy.class));
        injector.injectIntoFields(table.client(), new TestInjector.MatchesType(DynamoDbClient.class));
    }

    @Override
    public void stop() {
        iam.close();
        proxy.close();
        table.close();
    }

    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
