package dis.checkpoint.support;

import dis.checkpoint.dev.DynamoDbLocal;
import dis.checkpoint.dev.FakeKeystone;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * The tables, the way to them and the IAM that the function talks to in tests; injected into fields of their types. The
 * {@link DynamoDbClient} goes to the tables by itself. Access keys are off, unless the argument {@link #ACCESS_KEYS} is given.
 */
public class EmbeddedServices implements QuarkusTestResourceLifecycleManager {

    public static final String TABLE = "checkpoints";

    /** The table of access keys, with a key for each project, and the argument that turns them on. */
    public static final String ACCESS_KEYS = "access-keys";

    /** The value of the argument for a function without IAM. */
    public static final String ALONE = "alone";

    private DynamoDbLocal table;
    private TableProxy proxy;
    private FakeKeystone iam;
    private boolean accessKeys;
    private boolean tokens;

    @Override
    public void init(Map<String, String> arguments) {
        accessKeys = arguments.containsKey(ACCESS_KEYS);
        tokens = !ALONE.equals(arguments.get(ACCESS_KEYS));
    }

    @Override
    public Map<String, String> start() {
        try {
            table = DynamoDbLocal.inMemory();
            table.createTable(TABLE);
            proxy = new TableProxy(table.endpoint());
            iam = new FakeKeystone(0);
            Map<String, String> properties = new HashMap<>();
            properties.put(
                    "quarkus.dynamodb.endpoint-override", proxy.endpoint().toString());
            if (tokens) {
                properties.put("checkpoint.iam.endpoint", iam.endpoint().toString());
            }
            // Small, so that a test can exceed it quickly.
            properties.put("checkpoint.iam.cache-size", "50");
            // Longer than all tests of one function take, so that a known token stays valid while IAM fails.
            properties.put("checkpoint.iam.cache-time", "PT1H");
            if (accessKeys) {
                properties.put("checkpoint.access-keys-table", ACCESS_KEYS);
                table.createAccessKeyTable(ACCESS_KEYS);
                FakeKeystone.PROJECTS.forEach(project -> table.issue(ACCESS_KEYS, DynamoDbLocal.accessKeyOf(project)));
            }
            return properties;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void inject(TestInjector injector) {
        injector.injectIntoFields(iam, new TestInjector.MatchesType(FakeKeystone.class));
        injector.injectIntoFields(proxy, new TestInjector.MatchesType(TableProxy.class));
        injector.injectIntoFields(table, new TestInjector.MatchesType(DynamoDbLocal.class));
        injector.injectIntoFields(table.client(), new TestInjector.MatchesType(DynamoDbClient.class));
    }

    @Override
    public void stop() {
        iam.close();
        proxy.close();
        table.close();
    }

    /** A port for a process that cannot choose one by itself. Another process may take it first. */
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
