package dis.checkpoint.table;

import static dis.checkpoint.table.DynamoDb.until;

import dis.checkpoint.config.CheckpointConfig;
import dis.checkpoint.error.DisError;
import dis.checkpoint.request.Deadline;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;

/**
 * The DynamoDB table of access keys, with one item for each key. The operator writes it with the commands of
 * {@code src/main/serverless/access-keys.js}; the function only reads it.
 */
@Singleton
public class AccessKeyTable {

    /** Partition key. */
    public static final String ACCESS_KEY = "access_key";

    public static final String SECRET = "secret";
    public static final String PROJECT_ID = "project_id";
    public static final String ENABLED = "enabled";

    private final DynamoDb dynamoDb;
    private final String table;

    /** The texts of an item as they are stored: people edit the table by hand, so the reader has to check them. */
    public record Item(String secret, String projectId) {

        /** Leaves the secret out. */
        @Override
        public String toString() {
            return "access key of project " + projectId;
        }
    }

    AccessKeyTable(DynamoDb dynamoDb, CheckpointConfig config) {
        this.dynamoDb = dynamoDb;
        table = config.accessKeysTable().orElseThrow();
    }

    /** Opens the connection by reading a key that cannot exist. */
    public void connect(Deadline deadline) {
        find("/", deadline);
    }

    /**
     * Reads the item of a key with strong consistency. The result is empty where there is no item, where it is not enabled, or
     * where the secret or the project is not a text.
     *
     * @param id value of the partition key, not empty
     * @throws dis.checkpoint.error.DisException {@link DisError#TRAFFIC_LIMIT} where the table throttles beyond the retries,
     *     {@link DisError#UNAVAILABLE} where it cannot be reached or used by the deadline
     */
    public Optional<Item> find(String id, Deadline deadline) {
        GetItemRequest request = GetItemRequest.builder()
                .tableName(table)
                .key(Map.of(ACCESS_KEY, AttributeValue.fromS(id)))
                .projectionExpression(String.join(", ", SECRET, PROJECT_ID, ENABLED))
                .consistentRead(true)
                .overrideConfiguration(until(deadline))
                .build();
        return item(dynamoDb.call(table, client -> client.getItem(request)).item());
    }

    private static Optional<Item> item(Map<String, AttributeValue> attributes) {
        AttributeValue enabled = attributes.get(ENABLED);
        if (enabled == null || !Boolean.TRUE.equals(enabled.bool())) {
            return Optional.empty();
        }
        return text(attributes, SECRET)
                .flatMap(secret -> text(attributes, PROJECT_ID).map(projectId -> new Item(secret, projectId)));
    }

    private static Optional<String> text(Map<String, AttributeValue> attributes, String name) {
        return Optional.ofNullable(attributes.get(name)).map(AttributeValue::s);
    }
}
