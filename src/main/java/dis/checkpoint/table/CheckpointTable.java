package dis.checkpoint.table;

import dis.checkpoint.Checkpoint;
import dis.checkpoint.CheckpointConfig;
import dis.checkpoint.CheckpointKey;
import dis.checkpoint.Consumer;
import dis.checkpoint.Deadline;
import dis.checkpoint.SequenceNumber;
import dis.checkpoint.error.DisError;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.DeleteRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * The DynamoDB table of the checkpoints, one item for each {@link CheckpointKey}.
 *
 * <p>Every method answers before its deadline, or throws {@link DisError#TRAFFIC_LIMIT} where the table throttles beyond
 * the retries, {@link DisError#UNAVAILABLE} where it cannot be reached or used.
 */
@Singleton
public class CheckpointTable {

    /** Partition key: {@code project/stream/app}. None of the three can hold a slash, so no two consumers share one. */
    public static final String CONSUMER = "consumer";

    /** Sort key: type and partition in ten digits, so that text sorts as the numbers do. */
    public static final String CHECKPOINT = "checkpoint";

    private static final String SEQUENCE_NUMBER = "sequence_number";
    private static final String METADATA = "metadata";
    private static final String GENERATION_ID = "generation_id";
    private static final String CLIENT_ID = "client_id";

    /** Rules 1 to 4 of the contract. A submission without a generation is compared as the highest one. */
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

    private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(1);

    private static final int MAX_ATTEMPTS = 3;

    /** Of a throttled attempt. By default it is so long that the time of the call could run out before its attempts. */
    private static final Duration THROTTLING_DELAY = Duration.ofMillis(250);

    /** Of one call with its retries. */
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(3);

    private final DynamoDbClient client;
    private final String table;

    CheckpointTable(DynamoDbClientBuilder builder, Instance<DynamoDbClient> client, CheckpointConfig config) {
        // Set here and not by Quarkus, which would read all that it knows of clients at each start to find the two.
        builder.region(Region.of(config.region()));
        config.tableEndpoint().ifPresent(builder::endpointOverride);
        // Standard retries: the adaptive ones would hold calls back at the client, where a function that makes one call
        // at a time gains nothing. No profile files: a function has none, and looking for them takes time.
        builder.overrideConfiguration(builder.overrideConfiguration().toBuilder()
                .retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                        .maxAttempts(MAX_ATTEMPTS)
                        .throttlingBackoffStrategy(BackoffStrategy.exponentialDelay(THROTTLING_DELAY, ATTEMPT_TIMEOUT))
                        .build())
                .apiCallTimeout(CALL_TIMEOUT)
                .apiCallAttemptTimeout(ATTEMPT_TIMEOUT)
                .defaultProfileFile(ProfileFile.aggregator().build())
                .build());
        this.client = client.get();
        table = config.table();
    }

    /** Opens the connection, with the read of a key that cannot exist: half a read unit. */
    public void connect(Deadline deadline) {
        Map<String, AttributeValue> nobody = Map.of(CONSUMER, text("/"), CHECKPOINT, text("/"));
        calling(() ->
                client.getItem(request -> request.tableName(table).key(nobody).overrideConfiguration(until(deadline))));
    }

    /**
     * Stores the checkpoint in one conditional write, unless what is stored refuses it.
     *
     * @return empty where it was stored; else the stored checkpoint that refused it, and nothing has changed
     */
    public Optional<Checkpoint> submit(CheckpointKey key, Checkpoint checkpoint, Deadline deadline) {
        Map<String, AttributeValue> values = new HashMap<>();
        values.put(":sequence_number", number(checkpoint.sequenceNumber().value()));
        values.put(":metadata", text(checkpoint.metadata()));
        values.put(":now", text(Instant.now().truncatedTo(ChronoUnit.MILLIS).toString()));
        values.put(":generation_id", number(checkpoint.generation().orElse(Long.MAX_VALUE)));
        checkpoint.clientId().ifPresent(id -> values.put(":client_id", text(id)));
        String update = STORE
                + (checkpoint.generation().isPresent() ? STORE_GENERATION : "")
                + (checkpoint.clientId().isPresent() ? STORE_CLIENT : "");
        return calling(() -> {
            try {
                client.updateItem(request -> request.tableName(table)
                        .key(item(key))
                        .conditionExpression(NOTHING_LATER_STORED)
                        .updateExpression(update)
                        .expressionAttributeValues(values)
                        .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
                        .overrideConfiguration(until(deadline)));
                return Optional.<Checkpoint>empty();
            } catch (ConditionalCheckFailedException e) {
                return Optional.of(checkpoint(e.item()));
            }
        });
    }

    /** The stored checkpoint, read with strong consistency. */
    public Optional<Checkpoint> find(CheckpointKey key, Deadline deadline) {
        Map<String, AttributeValue> item = calling(() -> client.getItem(request -> request.tableName(table)
                        .key(item(key))
                        .consistentRead(true)
                        .overrideConfiguration(until(deadline))))
                .item();
        return item.isEmpty() ? Optional.empty() : Optional.of(checkpoint(item));
    }

    /** Deletes the checkpoint, if there is one. */
    public void delete(CheckpointKey key, Deadline deadline) {
        calling(() -> client.deleteItem(
                request -> request.tableName(table).key(item(key)).overrideConfiguration(until(deadline))));
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
        return calling(() -> client.query(request -> request.tableName(table)
                .keyConditionExpression(OF_CONSUMER)
                .expressionAttributeValues(Map.of(":consumer", text(partitionKey(consumer))))
                .projectionExpression(CONSUMER + ", " + CHECKPOINT)
                .consistentRead(true)
                .exclusiveStartKey(startKey)
                .overrideConfiguration(until(deadline))));
    }

    private void write(List<WriteRequest> batch, Deadline deadline) {
        Map<String, List<WriteRequest>> left = Map.of(table, batch);
        while (!left.isEmpty()) {
            Map<String, List<WriteRequest>> requests = left;
            left = calling(() -> client.batchWriteItem(
                            request -> request.requestItems(requests).overrideConfiguration(until(deadline))))
                    .unprocessedItems();
            if (!left.isEmpty()) {
                LockSupport.parkNanos(PAUSE_BEFORE_UNPROCESSED.toNanos());
            }
        }
    }

    /** No call outlives the deadline, nor the time that the client is configured to take for one. */
    private static AwsRequestOverrideConfiguration until(Deadline deadline) {
        Duration remaining = deadline.remaining();
        if (remaining.compareTo(CALL_TIMEOUT) >= 0) {
            return null;
        }
        if (remaining.isNegative() || remaining.isZero()) {
            throw DisError.UNAVAILABLE.tryAgainLater("No time was left for the table");
        }
        return AwsRequestOverrideConfiguration.builder()
                .apiCallTimeout(remaining)
                .build();
    }

    private static <T> T calling(Supplier<T> call) {
        try {
            return call.get();
        } catch (AwsServiceException e) {
            throw (e.isThrottlingException() ? DisError.TRAFFIC_LIMIT : DisError.UNAVAILABLE)
                    .tryAgainLater("The table refused: " + e.getMessage());
        } catch (SdkException | NullPointerException e) {
            // The latter comes from a connection that the timeout closed while it was being read.
            throw DisError.UNAVAILABLE.tryAgainLater("The table did not answer: " + e.getMessage());
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

    private static Checkpoint checkpoint(Map<String, AttributeValue> item) {
        return new Checkpoint(
                SequenceNumber.parse(item.get(SEQUENCE_NUMBER).n()),
                item.get(METADATA).s(),
                item.containsKey(GENERATION_ID)
                        ? OptionalLong.of(Long.parseLong(item.get(GENERATION_ID).n()))
                        : OptionalLong.empty(),
                Optional.ofNullable(item.get(CLIENT_ID)).map(AttributeValue::s));
    }

    private static AttributeValue number(long value) {
        return AttributeValue.fromN(Long.toString(value));
    }

    private static AttributeValue text(String value) {
        return AttributeValue.fromS(value);
    }
}
