package dis.checkpoint.table;

import static dis.checkpoint.table.DynamoDb.until;

import dis.checkpoint.config.CheckpointConfig;
import dis.checkpoint.domain.Checkpoint;
import dis.checkpoint.domain.CheckpointKey;
import dis.checkpoint.domain.Consumer;
import dis.checkpoint.domain.Deadline;
import dis.checkpoint.error.DisError;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * The DynamoDB table of the checkpoints, one item for each {@link CheckpointKey}.
 *
 * <p>Every method answers before its deadline, or throws {@link DisError#TRAFFIC_LIMIT} where the table throttles beyond
 * the retries, {@link DisError#UNAVAILABLE} where it cannot be reached or used, and {@link DisError#BUG} where somebody has
 * edited an item into something that is no checkpoint.
 */
@Singleton
public class CheckpointTable {

    /** Partition key: {@code project/stream/app}. None of the three can hold a slash, so no two consumers share one. */
    public static final String CONSUMER = "consumer";

    /** Sort key: type and partition in ten digits, so that text sorts as the numbers do. */
    public static final String CHECKPOINT = "checkpoint";

    /**
     * The condition of a write: rule R1, nothing is stored; or R2 and R3, the stored number is not higher, and R4, neither is
     * the stored generation. A submission without a generation is compared as the highest one.
     */
    private static final String NOTHING_LATER_STORED = "attribute_not_exists(sequence_number)"
            + " OR (sequence_number <= :sequence_number"
            + " AND (attribute_not_exists(generation_id) OR generation_id <= :generation_id))";

    private static final String STORE =
            "SET sequence_number = :sequence_number, metadata = :metadata, updated_at = :now";
    private static final String STORE_GENERATION = ", generation_id = :generation_id";
    private static final String STORE_CLIENT = ", client_id = :client_id";

    private static final String OF_CONSUMER = "consumer = :consumer";

    /** The most items that one BatchWriteItem takes. */
    private static final int BATCH = 25;

    private static final Duration PAUSE_BEFORE_UNPROCESSED = Duration.ofMillis(50);

    private final DynamoDb dynamoDb;
    private final String table;

    CheckpointTable(DynamoDb dynamoDb, CheckpointConfig config) {
        this.dynamoDb = dynamoDb;
        table = config.table();
    }

    /** Opens the connection, with the read of a key that cannot exist: half a read unit. */
    public void connect(Deadline deadline) {
        read(Map.of(CONSUMER, text("/"), CHECKPOINT, text("/")), false, deadline);
    }

    /**
     * Stores the checkpoint in one conditional write, unless what is stored refuses it.
     *
     * @return empty where it was stored; else the stored checkpoint that refused it, and nothing has changed
     */
    public Optional<Checkpoint> submit(CheckpointKey key, Checkpoint checkpoint, Deadline deadline) {
        boolean storesGeneration =
                checkpoint.generation().isPresent() && checkpoint.generation().getAsLong() != Checkpoint.LEFT_GROUP;
        Map<String, AttributeValue> values = new HashMap<>();
        values.put(":sequence_number", number(checkpoint.sequenceNumber().value()));
        values.put(":metadata", text(checkpoint.metadata()));
        values.put(":now", text(Instant.now().truncatedTo(ChronoUnit.MILLIS).toString()));
        values.put(":generation_id", number(checkpoint.generation().orElse(Long.MAX_VALUE)));
        checkpoint.clientId().ifPresent(id -> values.put(":client_id", text(id)));
        UpdateItemRequest request = UpdateItemRequest.builder()
                .tableName(table)
                .key(item(key))
                .conditionExpression(NOTHING_LATER_STORED)
                .updateExpression(STORE
                        + (storesGeneration ? STORE_GENERATION : "")
                        + (checkpoint.clientId().isPresent() ? STORE_CLIENT : ""))
                .expressionAttributeValues(values)
                .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
                .overrideConfiguration(until(deadline))
                .build();
        try {
            dynamoDb.call(client -> client.updateItem(request));
            return Optional.empty();
        } catch (ConditionalCheckFailedException e) {
            return StoredItem.checkpoint(e.item());
        }
    }

    /** The stored checkpoint, read with strong consistency. */
    public Optional<Checkpoint> find(CheckpointKey key, Deadline deadline) {
        return StoredItem.checkpoint(read(item(key), true, deadline));
    }

    private Map<String, AttributeValue> read(Map<String, AttributeValue> key, boolean consistent, Deadline deadline) {
        GetItemRequest request = GetItemRequest.builder()
                .tableName(table)
                .key(key)
                .consistentRead(consistent)
                .overrideConfiguration(until(deadline))
                .build();
        return dynamoDb.call(client -> client.getItem(request)).item();
    }

    /** Deletes the checkpoint, if there is one. */
    public void delete(CheckpointKey key, Deadline deadline) {
        DeleteItemRequest request = DeleteItemRequest.builder()
                .tableName(table)
                .key(item(key))
                .overrideConfiguration(until(deadline))
                .build();
        dynamoDb.call(client -> client.deleteItem(request));
    }

    /**
     * Deletes the checkpoints of every partition. What was deleted before the deadline stays deleted, so that a repeated
     * call goes on where this one stopped.
     */
    public void deleteAll(Consumer consumer, Deadline deadline) {
        Map<String, AttributeValue> startKey = null;
        do {
            QueryResponse page = keys(consumer, startKey, deadline);
            List<WriteRequest> deletions = page.items().stream()
                    .map(key -> WriteRequest.builder()
                            .deleteRequest(DeleteRequest.builder().key(key).build())
                            .build())
                    .toList();
            for (int from = 0; from < deletions.size(); from += BATCH) {
                write(deletions.subList(from, Math.min(from + BATCH, deletions.size())), deadline);
            }
            startKey = page.lastEvaluatedKey();
        } while (!startKey.isEmpty());
    }

    private QueryResponse keys(Consumer consumer, Map<String, AttributeValue> startKey, Deadline deadline) {
        QueryRequest request = QueryRequest.builder()
                .tableName(table)
                .keyConditionExpression(OF_CONSUMER)
                .expressionAttributeValues(Map.of(":consumer", text(partitionKey(consumer))))
                .projectionExpression(CONSUMER + ", " + CHECKPOINT)
                .consistentRead(true)
                .exclusiveStartKey(startKey)
                .overrideConfiguration(until(deadline))
                .build();
        return dynamoDb.call(client -> client.query(request));
    }

    /** The table leaves a part of a batch unprocessed where it throttles. */
    private void write(List<WriteRequest> batch, Deadline deadline) {
        Map<String, List<WriteRequest>> left = Map.of(table, batch);
        while (true) {
            BatchWriteItemRequest request = BatchWriteItemRequest.builder()
                    .requestItems(left)
                    .overrideConfiguration(until(deadline))
                    .build();
            left = dynamoDb.call(client -> client.batchWriteItem(request)).unprocessedItems();
            if (left.isEmpty()) {
                return;
            }
            if (deadline.remaining().compareTo(PAUSE_BEFORE_UNPROCESSED.multipliedBy(2)) < 0) {
                throw DisError.TRAFFIC_LIMIT.tryAgainLater(
                        "The table left deletions unprocessed until the time was up");
            }
            LockSupport.parkNanos(PAUSE_BEFORE_UNPROCESSED.toNanos());
        }
    }

    private static Map<String, AttributeValue> item(CheckpointKey key) {
        return Map.of(
                CONSUMER, text(partitionKey(key.consumer())),
                CHECKPOINT,
                        text(CheckpointKey.TYPE
                                + '/'
                                + tenDigits(key.partition().number())));
    }

    /**
     * In the order of the numbers. Not by a format, because the first one loads the digits of a language: that was a
     * quarter of the work up to a function's first answer.
     */
    private static String tenDigits(long number) {
        return Long.toString(10_000_000_000L + number).substring(1);
    }

    private static String partitionKey(Consumer consumer) {
        return consumer.project().value()
                + '/'
                + consumer.stream().value()
                + '/'
                + consumer.app().value();
    }

    private static AttributeValue number(long value) {
        return AttributeValue.fromN(Long.toString(value));
    }

    private static AttributeValue text(String value) {
        return AttributeValue.fromS(value);
    }
}
