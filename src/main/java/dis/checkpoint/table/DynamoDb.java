package dis.checkpoint.table;

import dis.checkpoint.config.CheckpointConfig;
import dis.checkpoint.domain.Deadline;
import dis.checkpoint.error.DisError;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.function.Function;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;

/** The way to DynamoDB: its region and address, how long a call may take, how often it is tried, and what a failure means. */
@Singleton
class DynamoDb {

    private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(1);

    private static final int MAX_ATTEMPTS = 3;

    /** Of a throttled attempt. By default it is so long that the time of the call could run out before its attempts. */
    private static final Duration THROTTLING_DELAY = Duration.ofMillis(250);

    /** Of one call with its retries. */
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(3);

    private final DynamoDbClient client;

    /**
     * @param client made of the builder when it is first asked for, which is here, once the builder is complete
     */
    DynamoDb(DynamoDbClientBuilder builder, Instance<DynamoDbClient> client, CheckpointConfig config) {
        // Set here and not by Quarkus, which would read all that it knows of clients at each start to find the two.
        builder.region(Region.of(config.region()));
        config.tableEndpoint().ifPresent(builder::endpointOverride);
        // DynamoDB has one address in a region; by default the SDK finds out whether to ask for another.
        builder.endpointDiscoveryEnabled(false);
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
    }

    /**
     * Makes one call.
     *
     * @param call nothing but the call itself: what else it throws would be taken for a failure of the table
     * @throws ConditionalCheckFailedException if the condition of a write does not hold
     * @throws dis.checkpoint.error.DisException {@link DisError#TRAFFIC_LIMIT} where the table throttles beyond the retries,
     *     {@link DisError#UNAVAILABLE} where it cannot be reached or used
     */
    <T> T call(Function<DynamoDbClient, T> call) {
        try {
            return call.apply(client);
        } catch (ConditionalCheckFailedException e) {
            throw e;
        } catch (AwsServiceException e) {
            throw (e.isThrottlingException() ? DisError.TRAFFIC_LIMIT : DisError.UNAVAILABLE)
                    .tryAgainLater("The table refused: " + e.getMessage(), e);
        } catch (SdkException | NullPointerException e) {
            // The latter comes from a connection that the timeout closed while the SDK was reading from it.
            throw DisError.UNAVAILABLE.tryAgainLater("The table did not answer: " + e.getMessage(), e);
        }
    }

    /** For a request: no call outlives the deadline, nor the time that one may take. */
    static AwsRequestOverrideConfiguration until(Deadline deadline) {
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
}
