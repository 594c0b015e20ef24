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
    private static final String NOTHING_LATER_STORED = "attribute_not_exists(" + SEQUENCE_NUMBER + ")"
            + " OR (" + SEQUENCE_NUMBER + " <= :" + SEQUENCE_NUMBER
            + " AND (attribute_not_exists(" + GENERATION_ID + ") OR " + GENERATION_ID + " <= :" + GENERATION_ID + "))";

    private static final String STORE =
            "SET " + assignment(SEQUENCE_NUMBER) + ", " + assignment(METADATA) + ", " + assignment(UPDATED_AT);
    private static final String STORE_GENERATION = ", " + assignment(GENERATION_ID);
    private static final String STORE_CLIENT = ", " + assignment(CLIENT_ID);
    private static final String REMOVE_CLIENT = " REMOVE " + CLIENT_ID;

    private static final String OF_CONSUMER = CONSUMER + " = :" + CONSUMER;

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

    /** Stores the checkpoint in one conditional write, unless what is stored refuses it. */
    public Submitted submit(CheckpointKey key, Checkpoint checkpoint, Deadline deadline) {
        boolean storesGeneration =
                checkpoint.generation().isPresent() && checkpoint.generation().getAsLong() != Checkpoint.LEFT_GROUP;
        Map<String, AttributeValue> values = new HashMap<>();
        values.put(':' + SEQUENCE_NUMBER, number(checkpoint.sequenceNumber().value()));
        values.put(':' + METADATA, text(checkpoint.metadata()));
        values.put(':' + UPDATED_AT, text(StoredItem.timestamp(Instant.now())));
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

    /** Stores that only resemble DynamoDB leave out the item, or a part of it: then nothing is stored, and nobody knows why. */
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
     * Deletes the checkpoints of every partition. What was deleted before the deadline stays deleted, so that a repeated
     * call goes on where this one stopped.
     *
     * @return how many there were
     */
    public int deleteAll(Consumer consumer, Deadline deadline) {
        int deleted = 0;
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
            deleted += deletions.size();
            startKey = page.lastEvaluatedKey();
        } while (!startKey.isEmpty());
        return deleted;
    }

    private QueryResponse keys(Consumer consumer, Map<String, AttributeValue> startKey, Deadline deadline) {
        QueryRequest request = QueryRequest.builder()
                .tableName(table)
                .keyConditionExpression(OF_CONSUMER)
                .expressionAttributeValues(Map.of(':' + CONSUMER, text(partitionKey(consumer))))
                .projectionExpression(CONSUMER + ", " + CHECKPOINT)
                .consistentRead(true)
                .exclusiveStartKey(startKey)
                .overrideConfiguration(until(deadline))
                .build();
        return dynamoDb.call(table, client -> client.query(request));
    }

    /** The table leaves a part of a batch unprocessed where it throttles. */
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
