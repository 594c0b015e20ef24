import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/**
 * Does the job of the function in Java without a framework: it checks the token with IAM and caches the answer, validates
 * the checkpoint, writes it conditionally, and logs. It reads the environment of the function,
 * and polls the Runtime API.
 */
final class Peer {

    private static final Duration CACHE_TIME = Duration.ofMinutes(5);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,200}");
    private static final Map<String, Pattern> RULES = Map.of(
            "app_name", NAME,
            "stream_name", NAME,
            "checkpoint_type", Pattern.compile("LAST_READ"),
            "partition_id", Pattern.compile("(shardId-)?[0-9]{1,10}"),
            "sequence_number", Pattern.compile("[0-9]{1,19}"));

    private final ObjectMapper json = new ObjectMapper();
    private final String invocations =
            "http://" + System.getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/invocation/";
    private final Map<String, Known> tokens = new HashMap<>();
    private final DynamoDbClient table;

    /** The cached answer of IAM about a token: its project, or empty if IAM does not know the token. */
    private record Known(Optional<String> project, Instant until) {}

    private Peer() {
        var builder = DynamoDbClient.builder()
                .region(Region.of(System.getenv("AWS_REGION")))
                .credentialsProvider(EnvironmentVariableCredentialsProvider.create())
                .httpClient(UrlConnectionHttpClient.create());
        Optional.ofNullable(System.getenv("QUARKUS_DYNAMODB_ENDPOINT_OVERRIDE"))
                .map(URI::create)
                .ifPresent(builder::endpointOverride);
        table = builder.build();
    }

    public static void main(String[] arguments) throws Exception {
        Peer peer = new Peer();
        while (true) {
            peer.poll();
        }
    }

    private void poll() throws Exception {
        HttpURLConnection next = open(invocations + "next");
        JsonNode event = read(next);
        int status = submit(event);
        System.out.println(json.createObjectNode()
                .put("request_id", text(event.path("requestContext"), "requestId"))
                .put("status", status));
        var answer = json.createObjectNode().put("statusCode", status);
        answer.putObject("headers").put("content-length", "0");
        HttpURLConnection response =
                open(invocations + next.getHeaderField("Lambda-Runtime-Aws-Request-Id") + "/response");
        response.setDoOutput(true);
        response.getOutputStream().write(json.writeValueAsBytes(answer));
        read(response);
    }

    private int submit(JsonNode event) throws Exception {
        Optional<String> project = projectOf(text(event.path("headers"), "x-auth-token"));
        if (project.isEmpty()) {
            return 401;
        }
        if (!text(event, "rawPath").startsWith("/v2/" + project.get() + "/")) {
            return 403;
        }
        JsonNode body = json.readTree(text(event, "body"));
        for (var rule : RULES.entrySet()) {
            if (!rule.getValue().matcher(text(body, rule.getKey())).matches()) {
                return 400;
            }
        }
        try {
            table.updateItem(update(project.get(), body));
            return 201;
        } catch (ConditionalCheckFailedException e) {
            return 400;
        } catch (SdkException e) {
            return 503;
        }
    }

    private static UpdateItemRequest update(String project, JsonNode body) {
        String consumer = project + '/' + text(body, "stream_name") + '/' + text(body, "app_name");
        String partition = text(body, "partition_id").replace("shardId-", "");
        String checkpoint = "LAST_READ/" + "0".repeat(10 - partition.length()) + partition;
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        return UpdateItemRequest.builder()
                .tableName(System.getenv("CHECKPOINT_TABLE"))
                .key(Map.of(
                        "consumer", AttributeValue.fromS(consumer),
                        "checkpoint", AttributeValue.fromS(checkpoint)))
                .conditionExpression("attribute_not_exists(sequence_number) OR (sequence_number <= :sequence_number"
                        + " AND (attribute_not_exists(generation_id) OR generation_id <= :generation_id))")
                .updateExpression("SET sequence_number = :sequence_number, metadata = :metadata, updated_at = :now")
                .expressionAttributeValues(Map.of(
                        ":sequence_number", AttributeValue.fromN(text(body, "sequence_number")),
                        ":generation_id", AttributeValue.fromN("9223372036854775807"),
                        ":metadata", AttributeValue.fromS(text(body, "metadata")),
                        ":now", AttributeValue.fromS(now.toString())))
                .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
                .build();
    }

    private Optional<String> projectOf(String token) throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        String fingerprint = HexFormat.of().formatHex(hash);
        Known known = tokens.get(fingerprint);
        if (known == null || known.until().isBefore(Instant.now())) {
            HttpURLConnection question = open(System.getenv("CHECKPOINT_IAM_ENDPOINT") + "/v3/auth/tokens?nocatalog");
            question.setRequestProperty("X-Auth-Token", token);
            question.setRequestProperty("X-Subject-Token", token);
            Optional<String> project = question.getResponseCode() == HttpURLConnection.HTTP_OK
                    ? Optional.ofNullable(read(question).at("/token/project/id").textValue())
                    : Optional.empty();
            known = new Known(project, Instant.now().plus(CACHE_TIME));
            tokens.put(fingerprint, known);
        }
        return known.project();
    }

    /** Empty where the field is missing or null. */
    private static String text(JsonNode object, String field) {
        return object.path(field).asText("");
    }

    private static HttpURLConnection open(String url) throws IOException {
        return (HttpURLConnection) URI.create(url).toURL().openConnection();
    }

    /** Reads the answer to its end, so that the connection is kept. */
    private JsonNode read(HttpURLConnection connection) throws IOException {
        try (InputStream body = connection.getInputStream()) {
            return json.readTree(body.readAllBytes());
        }
    }
}
