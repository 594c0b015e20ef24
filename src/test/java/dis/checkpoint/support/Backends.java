package dis.checkpoint.support;

import dis.checkpoint.dev.DynamoDbLocal;
import dis.checkpoint.dev.FakeKeystone;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The services that a packaged function calls: DynamoDB Local with its tables, in memory, and the fake IAM. */
public final class Backends implements AutoCloseable {

    /** A field, because its level would be lost with a logger that is collected. */
    private static final Logger TABLE_LOG = Logger.getLogger("com.amazonaws.services.dynamodbv2.local");

    private final DynamoDbLocal table;
    private final FakeKeystone iam;

    public Backends() throws Exception {
        // DynamoDB Local logs every request, and a stack trace for every refused write.
        TABLE_LOG.setLevel(Level.OFF);
        table = DynamoDbLocal.inMemory();
        table.createTable(EmbeddedServices.TABLE);
        table.createAccessKeyTable(EmbeddedServices.ACCESS_KEYS);
        FakeKeystone.PROJECTS.forEach(
                project -> table.issue(EmbeddedServices.ACCESS_KEYS, DynamoDbLocal.accessKeyOf(project)));
        iam = new FakeKeystone(0);
    }

    /** The environment of a function that uses these services, without access keys. */
    public Map<String, String> environment() {
        return Map.of(
                "AWS_REGION", "eu-central-1",
                "AWS_ACCESS_KEY_ID", "local",
                "AWS_SECRET_ACCESS_KEY", "local",
                "QUARKUS_DYNAMODB_ENDPOINT_OVERRIDE", table.endpoint().toString(),
                "CHECKPOINT_TABLE", EmbeddedServices.TABLE,
                "CHECKPOINT_IAM_ENDPOINT", iam.endpoint().toString(),
                "CHECKPOINT_IAM_ALLOW_HTTP", "true");
    }

    @Override
    public void close() {
        iam.close();
        table.close();
    }
}
