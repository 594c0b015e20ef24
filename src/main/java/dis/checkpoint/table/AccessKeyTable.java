package dis.checkpoint.table;

import static dis.checkpoint.table.DynamoDb.until;

import dis.checkpoint.config.CheckpointConfig;
import dis.checkpoint.domain.AccessKey;
import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.error.DisError;
import dis.checkpoint.request.Deadline;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;

/**
 * The DynamoDB table of the access keys, one item for each. The operator writes it, with the commands of
 * {@code src/main/serverless/access-keys.js}.
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

    AccessKeyTable(DynamoDb dynamoDb, CheckpointConfig config) {
        this.dynamoDb = dynamoDb;
        table = config.accessKeysTable().orElseThrow();
    }

    /** Opens the connection, with the read of a key that cannot exist. */
    public void connect(Deadline deadline) {
        find("/", deadline);
    }

    /**
     * The key, read with strong consistency; empty where there is none, or one that is not enabled or lacks something.
     *
     * @param id text of {@link AccessKey#ID_FORMAT}
     * @throws dis.checkpoint.error.DisException {@link DisError#TRAFFIC_LIMIT} where the table throttles beyond the retries,
     *     {@link DisError#UNAVAILABLE} where it cannot be reached or used by the deadline
     */
    public Optional<AccessKey> find(String id, Deadline deadline) {
        GetItemRequest request = GetItemRequest.builder()
                .tableName(table)
                .key(Map.of(ACCESS_KEY, AttributeValue.fromS(id)))
                .projectionExpression(String.join(", ", SECRET, PROJECT_ID, ENABLED))
                .consistentRead(true)
                .overrideConfiguration(until(deadline))
                .build();
        return key(id, dynamoDb.call(table, client -> client.getItem(request)).item());
    }

    /** People edit tables by hand: whatever is not as it was issued lets nobody in. */
    private static Optional<AccessKey> key(String id, Map<String, AttributeValue> item) {
        AttributeValue enabled = item.get(ENABLED);
        if (enabled == null || !Boolean.TRUE.equals(enabled.bool())) {
            return Optional.empty();
        }
        try {
            return Optional.of(new AccessKey(id, text(item, SECRET), new ProjectId(text(item, PROJECT_ID))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String text(Map<String, AttributeValue> item, String name) {
        AttributeValue value = item.get(name);
        if (value == null || value.s() == null) {
            throw new IllegalArgumentException(name + " is no text");
        }
        return value.s();
    }
}
