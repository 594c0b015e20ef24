package dis.checkpoint.table;

import dis.checkpoint.config.CheckpointConfig;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import dis.checkpoint.request.Deadline;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.function.Function;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactionConflictException;

/** The way to DynamoDB: its region and address, how long a call may take, how often it is tried, and what a failure means. */
@Singleton
class DynamoDb {

    private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(1);

    private static final int MAX_ATTEMPTS = 3;

    /** Of a throttled attempt. By default it is so long that the time of the call could run out before its attempts. */
    private static final Duration THROTTLING_DELAY = Duration.ofMillis(250);

    /** Of one call with its retries. */
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(3);

    private static final String REQUEST_ID = "x-amzn-RequestId";

    private static final String NOBODYS_ANSWER = "did not answer: what came was without DynamoDB's request id";

    private final DynamoDbClient client;
    private final String region;

    /**
     * @param client made of the builder when it is first asked for, which is here, once the builder is complete
     */
    DynamoDb(DynamoDbClientBuilder builder, Instance<DynamoDbClient> client, CheckpointConfig config) {
        region = config.region();
        // Set here and not by Quarkus, which would read all that it knows of clients at each start to find the two.
        builder.region(Region.of(region));
        config.tableEndpoint().ifPresent(builder::endpointOverride);
        // DynamoDB has one address in a region; by default the SDK finds out whether to ask for another.
        builder.endpointDiscoveryEnabled(false);
        // Standard retries: the adaptive ones would hold calls back at the client, where a function that makes one call
        // at a time gains nothing. No profile files: a function has none, and looking for them takes time.
        builder.overrideConfiguration(builder.overrideConfiguration().toBuilder()
                .retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                        .maxAttempts(MAX_ATTEMPTS)
                        .retryOnException(DynamoDb::isThrottling)
                        .treatAsThrottling(DynamoDb::isThrottling)
                        .throttlingBackoffStrategy(BackoffStrategy.exponentialDelay(THROTTLING_DELAY, ATTEMPT_TIMEOUT))
                        .build())
                .apiCallTimeout(CALL_TIMEOUT)
                .apiCallAttemptTimeout(ATTEMPT_TIMEOUT)
                .defaultProfileFile(ProfileFile.aggregator().build())
                .build());
        this.client = client.get();
    }

    /**
     * Makes one call. What comes without the request id that DynamoDB gives each answer is somebody else's, and no answer.
     *
     * @param table that the call is for, which a failure names
     * @param call nothing but the call itself: what else it throws would be taken for a failure of the table
     * @throws ConditionalCheckFailedException if the condition of a write does not hold
     * @throws dis.checkpoint.error.DisException {@link DisError#TRAFFIC_LIMIT} where the table throttles beyond the retries,
     *     {@link DisError#UNAVAILABLE} where it cannot be reached or used
     */
    <T extends DynamoDbResponse> T call(String table, Function<DynamoDbClient, T> call) {
        T answer;
        try {
            answer = call.apply(client);
        } catch (AwsServiceException e) {
            if (isMissing(e.requestId())) {
                throw unavailable(table, NOBODYS_ANSWER, e);
            }
            if (e instanceof ConditionalCheckFailedException refusal) {
                throw refusal;
            }
            throw refused(table, e);
        } catch (RuntimeException e) {
            // Not only the SDK's own: a connection that the timeout closes while it is read ends in a
            // NullPointerException.
            throw unavailable(table, "did not answer: " + rootCause(e), e);
        }
        if (isMissing(answer.sdkHttpResponse().firstMatchingHeader(REQUEST_ID).orElse(""))) {
            throw unavailable(table, NOBODYS_ANSWER, null);
        }
        return answer;
    }

    private static boolean isMissing(String requestId) {
        return requestId == null || requestId.isBlank();
    }

    private DisException refused(String table, AwsServiceException e) {
        DisError error = isThrottling(e) ? DisError.TRAFFIC_LIMIT : DisError.UNAVAILABLE;
        String what =
                e.awsErrorDetails().errorCode() + ": " + e.awsErrorDetails().errorMessage();
        return error.tryAgainLater(diagnosis(table, "refused: " + what), e).inAwsRequest(e.requestId());
    }

    private DisException unavailable(String table, String what, Exception cause) {
        return DisError.UNAVAILABLE.tryAgainLater(diagnosis(table, what), cause);
    }

    /** What the log line says has happened at a table. */
    String diagnosis(String table, String what) {
        return "table %s in %s %s".formatted(table, region, what);
    }

    /** Somebody's transaction holds the item for a moment: no more than that, and as quickly over. */
    private static boolean isThrottling(Throwable failure) {
        return failure instanceof TransactionConflictException
                || failure instanceof AwsServiceException refusal && refusal.isThrottlingException();
    }

    /** What has really happened: the SDK wraps it in words of its own. */
    private static String rootCause(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root == failure ? failure.toString() : failure.getMessage() + " (" + root + ")";
    }

    /** For a request: no call outlives the deadline, nor the time that one may take. */
    static AwsRequestOverrideConfiguration until(Deadline deadline) {
        Duration remaining = deadline.remaining();
        if (remaining.compareTo(CALL_TIMEOUT) >= 0) {
            return null;
        }
        if (remaining.isNegative() || remaining.isZero()) {
            throw DisError.UNAVAILABLE.tryAgainLater("no time was left for the table");
        }
        return AwsRequestOverrideConfiguration.builder()
                .apiCallTimeout(remaining)
                .build();
    }
}
