package dis.checkpoint.table;

import static dis.checkpoint.table.DynamoDb.until;
import static dis.checkpoint.table.StoredItem.CLIENT_ID;
import static dis.checkpoint.table.StoredItem.GENERATION_ID;
import static dis.checkpoint.table.StoredItem.METADATA;
import static dis.checkpoint.table.StoredItem.SEQUENCE_NUMBER;
import static dis.checkpoint.table.StoredItem.UPDATED_AT;

import dis.checkpoint.config.CheckpointConfig;
import dis.checkpoint.domain.Checkpoint;
import dis.checkpoint.domain.CheckpointKey;
import dis.checkpoint.domain.Consumer;
import dis.checkpoint.domain.PartitionId;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import dis.checkpoint.request.Deadline;
import dis.checkpoint.table.CheckpointTable.Submitted.Outdated;
import dis.checkpoint.table.CheckpointTable.Submitted.Stored;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
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
 * <p>Every method returns before its deadline, or throws {@link DisError#TRAFFIC_LIMIT} if the table throttles beyond the
 * retries, {@link DisError#UNAVAILABLE} if it cannot be reached or used, and {@link DisError#BUG} if an item was edited by hand
 * into something that is not a checkpoint.
 */
@Singleton
public class CheckpointTable {

    /** Partition key: {@code project/stream/app}. No name can hold a slash, so no two consumers share a key. */
    public static final String CONSUMER = "consumer";

    /** Sort key: {@code LAST_READ/0000000007}, with the partition in ten digits, so that texts sort as the numbers do. */
    public static final String CHECKPOINT = "checkpoint";

    static final String SORT_KEY_PREFIX = CheckpointKey.TYPE + '/';

    /**
     * The condition of a write: nothing is stored (rule R1), or the stored number is not higher (R2, R3) and the stored
     * generation is not higher either (R4). A submission without a generation is compared as the highest generation.
     */
    private static final String NOTHING_LATER_STORED = "attribute_not_exists(" + SEQUENCE_NUMBER + ")"
            + " OR (" + SEQUENCE_NUMBER + " <= :" + SEQUENCE_NUMBER
            + " AND (attribute_not_exists(" + GENERATION_ID + ") OR " + GENERATION_ID + " <= :" + GENERATION_ID + "))";

    private static final String STORE =
            "SET " + assignment(SEQUENCE_NUMBER) + ", " + assignment(METADATA) + ", " + assignment(UPDATED_AT);
    private static final String STORE_GENERATION = ", " + assignment(GENERATION_ID);
    private static final String STORE_CLIENT = ", " + assignment(CLIENT_ID);
    private static final String REMOVE_CLIENT = " REMOVE " + CLIENT_ID;

    private static final String CONSUMER_EQUALS = CONSUMER + " = :" + CONSUMER;

    /** The most items that one BatchWriteItem takes. */
    private static final int BATCH = 25;

    private static final Duration PAUSE_BEFORE_UNPROCESSED = Duration.ofMillis(50);

    private final DynamoDb dynamoDb;
    private final String table;

    CheckpointTable(DynamoDb dynamoDb, CheckpointConfig config) {
        this.dynamoDb = dynamoDb;
        table = config.table();
    }

    /** Opens the connection by reading a key that cannot exist, for half a read unit. */
    public void connect(Deadline deadline) {
        read(Map.of(CONSUMER, text("/"), CHECKPOINT, text("/")), false, deadline);
    }

    /** The table's answer to a submission. */
    public sealed interface Submitted {

        /** The table said that it stored the checkpoint. */
        record Stored() implements Submitted {}

        /**
         * Nothing has changed, because a later checkpoint or one of a newer generation is stored (rules R3 and R4).
         *
         * @param stored the checkpoint that {@link Checkpoint#refuses} the submitted one
         */
        record Outdated(Checkpoint stored) implements Submitted {}
    }

    /** Stores the checkpoint in one conditional write, unless the stored checkpoint refuses it. */
    public Submitted submit(CheckpointKey key, Checkpoint checkpoint, Deadline deadline) {
        boolean storesGeneration =
                checkpoint.generation().isPresent() && checkpoint.generation().getAsLong() != Checkpoint.LEFT_GROUP;
        Map<String, AttributeValue> values = new HashMap<>();
        values.put(':' + SEQUENCE_NUMBER, number(checkpoint.sequenceNumber().value()));
        values.put(':' + METADATA, text(checkpoint.metadata()));
        values.put(':' + UPDATED_AT, text(StoredCheckpoint.timestamp(Instant.now())));
        values.put(':' + GENERATION_ID, number(checkpoint.generation().orElse(Long.MAX_VALUE)));
        checkpoint.clientId().ifPresent(id -> values.put(':' + CLIENT_ID, text(id)));
        UpdateItemRequest request = UpdateItemRequest.builder()
                .tableName(table)
                .key(item(key))
                .conditionExpression(NOTHING_LATER_STORED)
                .updateExpression(STORE
                        + (storesGeneration ? STORE_GENERATION : "")
                        + (checkpoint.clientId().isPresent() ? STORE_CLIENT : REMOVE_CLIENT))
                .expressionAttributeValues(values)
                .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
                .overrideConfiguration(until(deadline))
                .build();
        try {
            dynamoDb.call(table, client -> client.updateItem(request));
            return new Stored();
        } catch (ConditionalCheckFailedException e) {
            return new Outdated(refusing(checkpoint, e));
        }
    }

    /** Stores that only resemble DynamoDB leave out the stored item, or a part of it. We answer 503 then. */
    private Checkpoint refusing(Checkpoint submitted, ConditionalCheckFailedException refusal) {
        Checkpoint stored = StoredItem.checkpoint(refusal.item())
                .orElseThrow(() -> unexplained(
                        refusal.item().isEmpty() ? "the stored item" : SEQUENCE_NUMBER + " of the stored item",
                        refusal));
        if (!stored.refuses(submitted)) {
            throw unexplained("the attribute of the stored item that refuses it", refusal);
        }
        return stored;
    }

    private DisException unexplained(String leftOut, ConditionalCheckFailedException refusal) {
        return DisError.UNAVAILABLE
                .tryAgainLater(dynamoDb.diagnosis(table, "refused the write and left out " + leftOut), refusal)
                .inAwsRequest(refusal.requestId());
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
        return dynamoDb.call(table, client -> client.getItem(request)).item();
    }

    /** Deletes the checkpoint, if there is one. */
    public void delete(CheckpointKey key, Deadline deadline) {
        DeleteItemRequest request = DeleteItemRequest.builder()
                .tableName(table)
                .key(item(key))
                .overrideConfiguration(until(deadline))
                .build();
        dynamoDb.call(table, client -> client.deleteItem(request));
    }

    /**
     * Deletes the checkpoints of every partition. A call that runs into its deadline has deleted a part of them, and a repeated
     * call deletes the rest.
     *
     * @return how many checkpoints were deleted
     */
    public int deleteAll(Consumer consumer, Deadline deadline) {
        int deleted = 0;
        Map<String, AttributeValue> startKey = null;
        do {
            QueryResponse page = query(
                    consumer,
                    request -> request.projectionExpression(CONSUMER + ", " + CHECKPOINT),
                    startKey,
                    deadline);
            List<WriteRequest> deletions = page.items().stream()
                    .map(key -> WriteRequest.builder()
                            .deleteRequest(DeleteRequest.builder().key(key).build())
                            .build())
                    .toList();
            for (int from = 0; from < deletions.size(); from += BATCH) {
                write(deletions.subList(from, Math.min(from + BATCH, deletions.size())), deadline);
            }
            deleted += deletions.size();
            startKey = page.lastEvaluatedKey();
        } while (!startKey.isEmpty());
        return deleted;
    }

    /**
     * Reads the checkpoints of a consumer in the order of the partitions, each page with strong consistency. A partition
     * without a checkpoint is left out.
     *
     * @param after the partition behind which the reading starts; empty to read from the first one
     * @param pageSize how many items one page holds at most
     * @param reader gets each checkpoint, and answers whether it wants the next one
     */
    public void list(
            Consumer consumer,
            Optional<PartitionId> after,
            int pageSize,
            Predicate<StoredCheckpoint> reader,
            Deadline deadline) {
        Map<String, AttributeValue> startKey =
                after.map(partition -> item(consumer.partition(partition))).orElse(null);
        do {
            QueryResponse page = query(consumer, request -> request.limit(pageSize), startKey, deadline);
            for (Map<String, AttributeValue> item : page.items()) {
                Optional<StoredCheckpoint> stored = StoredItem.storedCheckpoint(item);
                if (stored.isPresent() && !reader.test(stored.get())) {
                    return;
                }
            }
            startKey = page.lastEvaluatedKey();
        } while (!startKey.isEmpty());
    }

    /**
     * Reads a page of a consumer's items.
     *
     * @param startKey the item behind which the page starts; {@code null} for the first page
     */
    private QueryResponse query(
            Consumer consumer,
            UnaryOperator<QueryRequest.Builder> options,
            Map<String, AttributeValue> startKey,
            Deadline deadline) {
        QueryRequest request = options.apply(QueryRequest.builder())
                .tableName(table)
                .keyConditionExpression(CONSUMER_EQUALS)
                .expressionAttributeValues(Map.of(':' + CONSUMER, text(partitionKey(consumer))))
                .consistentRead(true)
                .exclusiveStartKey(startKey)
                .overrideConfiguration(until(deadline))
                .build();
        return dynamoDb.call(table, client -> client.query(request));
    }

    /** Deletes a batch. The table leaves a part of it unprocessed if it throttles. */
    private void write(List<WriteRequest> batch, Deadline deadline) {
        Map<String, List<WriteRequest>> left = Map.of(table, batch);
        while (true) {
            BatchWriteItemRequest request = BatchWriteItemRequest.builder()
                    .requestItems(left)
                    .overrideConfiguration(until(deadline))
                    .build();
            left = dynamoDb.call(table, client -> client.batchWriteItem(request))
                    .unprocessedItems();
            if (left.isEmpty()) {
                return;
            }
            if (deadline.remaining().compareTo(PAUSE_BEFORE_UNPROCESSED.multipliedBy(2)) < 0) {
                throw DisError.TRAFFIC_LIMIT.tryAgainLater(
                        dynamoDb.diagnosis(table, "left deletions unprocessed until the time was up"));
            }
            LockSupport.parkNanos(PAUSE_BEFORE_UNPROCESSED.toNanos());
        }
    }

    private static Map<String, AttributeValue> item(CheckpointKey key) {
        return Map.of(
                CONSUMER, text(partitionKey(key.consumer())),
                CHECKPOINT, text(SORT_KEY_PREFIX + key.partition().tenDigits()));
    }

    private static String partitionKey(Consumer consumer) {
        return consumer.project().value()
                + '/'
                + consumer.stream().value()
                + '/'
                + consumer.app().value();
    }

    private static String assignment(String attribute) {
        return attribute + " = :" + attribute;
    }

    private static AttributeValue number(long value) {
        return AttributeValue.fromN(Long.toString(value));
    }

    private static AttributeValue text(String value) {
        return AttributeValue.fromS(value);
    }
}
