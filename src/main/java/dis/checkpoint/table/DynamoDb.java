package dis.checkpoint.table;

import dis.checkpoint.config.CheckpointConfig;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import dis.checkpoint.request.Deadline;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Duration;
import java.util.function.Function;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.defaultsmode.DefaultsMode;
import software.amazon.awssdk.awscore.endpoints.AccountIdEndpointMode;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;
import software.amazon.awssdk.services.dynamodb.endpoints.DynamoDbEndpointProvider;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactionConflictException;

/** The client of DynamoDB: its region and address, the time limit of a call, its retries, and the meaning of each failure. */
@Singleton
class DynamoDb {

    private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(1);

    private static final int MAX_ATTEMPTS = 3;

    /** The pause after a throttled attempt. With the SDK's default, the time of a call could run out before its attempts. */
    private static final Duration THROTTLING_DELAY = Duration.ofMillis(250);

    /** The time of one call with its retries. */
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(3);

    private static final String REQUEST_ID = "x-amzn-RequestId";

    private static final String CHECKSUM = "x-amz-crc32";

    private static final String WITHOUT_REQUEST_ID = "did not answer: the answer lacks DynamoDB's request id";

    private static final String WITHOUT_END = "did not answer: the answer has neither a checksum nor a length";

    /**
     * The SDK counts in whole milliseconds, and takes a limit of zero as no limit. It cannot end a call that is still connecting,
     * which takes 13 ms with TLS.
     */
    private static final Duration MIN_CALL_TIME = Duration.ofMillis(20);

    private final DynamoDbClient client;
    private final String region;

    /**
     * @param client built from the builder at the first {@code get()}, which is in this constructor, once the builder is
     *     complete
     */
    DynamoDb(DynamoDbClientBuilder builder, Instance<DynamoDbClient> client, CheckpointConfig config) {
        region = config.region();
        // Set here and not by Quarkus, because Quarkus would read its whole configuration of clients at each start.
        builder.region(Region.of(region));
        // Calls go where the settings say. AWS_ENDPOINT_URL, AWS_USE_FIPS_ENDPOINT and the like do not count.
        builder.endpointOverride(config.tableEndpoint().orElseGet(this::endpointOfRegion));
        builder.fipsEnabled(false);
        builder.dualstackEnabled(false);
        builder.accountIdEndpointMode(AccountIdEndpointMode.DISABLED);
        builder.defaultsMode(DefaultsMode.LEGACY);
        builder.httpClientBuilder(null).httpClient(UrlConnectionHttpClient.create(new TableConnections()));
        // DynamoDB has one address in a region. By default the SDK checks whether it should ask for another address.
        builder.endpointDiscoveryEnabled(false);
        // Standard retries, because adaptive ones delay calls in the client, and a function that makes one call at
        // a time gains nothing by that. No profile files, because a function has none, and looking for them takes time.
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

    private URI endpointOfRegion() {
        return DynamoDbEndpointProvider.defaultProvider()
                .resolveEndpoint(parameters -> parameters.region(Region.of(region)))
                .join()
                .url();
    }

    /**
     * Makes one call. An answer counts only with the request id that DynamoDB gives each answer, and with a checksum or a
     * length. Without the id, another server answered. Without checksum and length, an answer that was cut off looks
     * complete: an empty body would read as "no item".
     *
     * @param table that the call is for, which a failure names
     * @param call the call alone, because every exception that it throws is taken for a failure of the table
     * @throws ConditionalCheckFailedException if the condition of a write does not hold
     * @throws dis.checkpoint.error.DisException {@link DisError#TRAFFIC_LIMIT} where the table throttles beyond the retries,
     *     {@link DisError#UNAVAILABLE} where it cannot be reached or used
     */
    <T extends DynamoDbResponse> T call(String table, Function<DynamoDbClient, T> call) {
        T answer;
        try {
            answer = call.apply(client);
        } catch (AwsServiceException e) {
            requireComplete(table, e.awsErrorDetails().sdkHttpResponse(), e);
            if (e instanceof ConditionalCheckFailedException refusal) {
                throw refusal;
            }
            throw refused(table, e);
        } catch (RuntimeException e) {
            // The SDK's exceptions, and also the NullPointerException of a connection that the timeout closes while it
            // is read.
            throw unavailable(table, "did not answer: " + rootCause(e), e);
        }
        requireComplete(table, answer.sdkHttpResponse(), null);
        return answer;
    }

    private void requireComplete(String table, SdkHttpResponse response, Exception cause) {
        if (header(response, REQUEST_ID).isBlank()) {
            throw unavailable(table, WITHOUT_REQUEST_ID, cause);
        }
        if (header(response, CHECKSUM).isBlank()
                && header(response, "Content-Length").isBlank()
                && !header(response, "Transfer-Encoding").equalsIgnoreCase("chunked")) {
            throw unavailable(table, WITHOUT_END, cause);
        }
    }

    private static String header(SdkHttpResponse response, String name) {
        return response.firstMatchingHeader(name).orElse("");
    }

    private DisException refused(String table, AwsServiceException e) {
        DisError error = isThrottling(e) ? DisError.TRAFFIC_LIMIT : DisError.UNAVAILABLE;
        String reason =
                e.awsErrorDetails().errorCode() + ": " + e.awsErrorDetails().errorMessage();
        return error.tryAgainLater(diagnosis(table, "refused: " + reason), e).inAwsRequest(e.requestId());
    }

    private DisException unavailable(String table, String event, Exception cause) {
        return DisError.UNAVAILABLE.tryAgainLater(diagnosis(table, event), cause);
    }

    /**
     * The cause of a failure, for the log line.
     *
     * @param event the predicate of a sentence about the table
     */
    String diagnosis(String table, String event) {
        return "table %s in %s %s".formatted(table, region, event);
    }

    /** Throttled, or held back by a transaction that locks the item for a moment. The same wait helps against both. */
    private static boolean isThrottling(Throwable failure) {
        return failure instanceof TransactionConflictException
                || failure instanceof AwsServiceException refusal && refusal.isThrottlingException();
    }

    /** The SDK wraps the exception that says what happened in exceptions of its own. */
    private static String rootCause(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root == failure ? failure.toString() : failure.getMessage() + " (" + root + ")";
    }

    /**
     * The time limit of a request: the deadline, or the time of one call, whichever comes first.
     *
     * @return {@code null} where the limit of the client is the earlier one
     * @throws dis.checkpoint.error.DisException {@link DisError#UNAVAILABLE} if too little time is left for a call
     */
    static AwsRequestOverrideConfiguration until(Deadline deadline) {
        Duration remaining = deadline.remaining();
        if (remaining.compareTo(CALL_TIMEOUT) >= 0) {
            return null;
        }
        if (remaining.compareTo(MIN_CALL_TIME) < 0) {
            throw DisError.UNAVAILABLE.tryAgainLater("no time was left for the table");
        }
        return AwsRequestOverrideConfiguration.builder()
                .apiCallTimeout(remaining)
                .build();
    }
}
