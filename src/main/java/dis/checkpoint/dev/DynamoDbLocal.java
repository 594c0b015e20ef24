package dis.checkpoint.dev;

import com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBRequestHandler;
import com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBServerHandler;
import dis.checkpoint.auth.AccessKey;
import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.table.AccessKeyTable;
import dis.checkpoint.table.CheckpointTable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.eclipse.jetty.server.NetworkConnector;
import org.eclipse.jetty.server.Server;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** DynamoDB Local inside the process, for development and tests. */
public final class DynamoDbLocal implements AutoCloseable {

    private final LocalDynamoDBServerHandler handler;
    private final Server server;
    private final DynamoDbClient client;

    /** Without DynamoDB Local's own main class, because that listens on every address of the machine. */
    private DynamoDbLocal(int port, boolean inMemory, String directory) throws Exception {
        handler = new LocalDynamoDBServerHandler(
                new LocalDynamoDBRequestHandler(0, inMemory, directory, true, false), null);
        server = new Server(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        server.setHandler(handler);
        server.start();
        client = DynamoDbClient.builder()
                .endpointOverride(endpoint())
                // Calls to this process must not go to a proxy of the environment.
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .proxyConfiguration(proxy ->
                                proxy.useEnvironmentVariablesValues(false).useSystemPropertyValues(false)))
                .region(Region.EU_CENTRAL_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
                .build();
    }

    /** Uses a free port, and loses its data when it stops. */
    public static DynamoDbLocal inMemory() throws Exception {
        return new DynamoDbLocal(0, true, null);
    }

    /** Keeps its data in a directory, which is created where it does not exist. */
    public static DynamoDbLocal in(Path directory, int port) throws Exception {
        return new DynamoDbLocal(port, false, Files.createDirectories(directory).toString());
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + ((NetworkConnector) server.getConnectors()[0]).getLocalPort());
    }

    /** A client with access to everything in it. */
    public DynamoDbClient client() {
        return client;
    }

    /** Creates a table of checkpoints as {@code serverless.yml} does, unless it exists. */
    public void createTable(String table) {
        create(table, key(CheckpointTable.CONSUMER, KeyType.HASH), key(CheckpointTable.CHECKPOINT, KeyType.RANGE));
    }

    /** Creates a table of access keys as {@code serverless.yml} does, unless it exists. */
    public void createAccessKeyTable(String table) {
        create(table, key(AccessKeyTable.ACCESS_KEY, KeyType.HASH));
    }

    private void create(String table, KeySchemaElement... keys) {
        try {
            client.createTable(request -> request.tableName(table)
                    .billingMode(BillingMode.PAY_PER_REQUEST)
                    .keySchema(keys)
                    .attributeDefinitions(Arrays.stream(keys)
                            .map(key -> attribute(key.attributeName()))
                            .toList()));
        } catch (ResourceInUseException e) {
            // It exists.
        }
    }

    /** The access key of a project in development and tests, such as {@code AKOFPROJECT1} with {@code secret-of-project-1}. */
    public static AccessKey accessKeyOf(String project) {
        return new AccessKey(
                "AKOF" + project.replace("-", "").toUpperCase(Locale.ROOT),
                "secret-of-" + project,
                new ProjectId(project));
    }

    /** Stores an access key, as the command {@code access-key issue} does. */
    public void issue(String table, AccessKey key) {
        client.putItem(request -> request.tableName(table)
                .item(Map.of(
                        AccessKeyTable.ACCESS_KEY, AttributeValue.fromS(key.id()),
                        AccessKeyTable.SECRET, AttributeValue.fromS(key.secret()),
                        AccessKeyTable.PROJECT_ID,
                                AttributeValue.fromS(key.project().value()),
                        AccessKeyTable.ENABLED, AttributeValue.fromBool(true))));
    }

    @Override
    public void close() {
        client.close();
        try {
            server.stop();
            handler.close();
        } catch (Exception e) {
            throw new IllegalStateException("DynamoDB Local does not stop", e);
        }
    }

    private static KeySchemaElement key(String name, KeyType type) {
        return KeySchemaElement.builder().attributeName(name).keyType(type).build();
    }

    private static AttributeDefinition attribute(String name) {
        return AttributeDefinition.builder()
                .attributeName(name)
                .attributeType(ScalarAttributeType.S)
                .build();
    }
}
