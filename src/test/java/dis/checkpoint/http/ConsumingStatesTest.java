package dis.checkpoint.http;

import static dis.checkpoint.support.Api.isError;
import static dis.checkpoint.support.Api.list;
import static dis.checkpoint.support.Api.listPath;
import static dis.checkpoint.support.Api.submission;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.matchesPattern;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dis.checkpoint.support.Api;
import dis.checkpoint.support.CapturedLog;
import dis.checkpoint.support.EmbeddedServices;
import dis.checkpoint.support.Events;
import dis.checkpoint.support.Fields;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.PutRequest;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/** GET of the checkpoints of an app on a stream. */
@QuarkusTest
@WithTestResource(EmbeddedServices.class)
class ConsumingStatesTest {

    private static final int MEGABYTE = 1_000_000;

    /** The most items of one BatchWriteItem. */
    private static final int BATCH = 25;

    @Inject
    RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> function;

    DynamoDbClient dynamoDb;

    private final String app = Api.newApp();

    private static Fields all() {
        return new Fields().with("checkpoint_type", "LAST_READ");
    }

    private void submit(String partition, String sequenceNumber) {
        Api.post(submission(app, sequenceNumber).with("partition_id", partition))
                .then()
                .statusCode(201);
    }

    /** The numbers of the partitions in a list. */
    private static List<Long> partitions(JsonNode list) {
        List<Long> partitions = new ArrayList<>();
        list.path("partition_consuming_states")
                .forEach(state -> partitions.add(
                        Long.parseLong(state.path("partition_id").textValue().substring("shardId-".length()))));
        return partitions;
    }

    @Test
    void appWithoutCheckpointsHasAnEmptyList() {
        Response response = list(app, all());
        assertThat(response.statusCode(), is(200));
        assertThat(response.contentType(), is(Api.MEDIA_TYPE));
        assertThat(
                response.asString(),
                is("{\"has_more\":false,\"stream_name\":\"newstream\",\"app_name\":\"" + app
                        + "\",\"partition_consuming_states\":[]}"));
    }

    @Test
    void stateHasTheFieldsOfTheReferenceAndThoseOfTheFunction() {
        submit("0", "002");
        Api.post(submission(app, "9223372036854775807")
                        .with("partition_id", "9999999999")
                        .with("metadata", "a\"\u0000 \ud83d\ude00")
                        .with("generation_id", 7)
                        .with("client_id", "consumer-b"))
                .then()
                .statusCode(201);
        Response response = list(app, all());
        assertThat(
                response.asString(),
                matchesPattern(("{\"has_more\":false,\"stream_name\":\"newstream\",\"app_name\":\"" + app
                                + "\",\"partition_consuming_states\":["
                                + "{\"partition_id\":\"shardId-0000000000\",\"sequence_number\":\"2\",\"metadata\":\"\","
                                + "\"checkpoint_type\":\"LAST_READ\",\"updated_at\":\"TIME\"},"
                                + "{\"partition_id\":\"shardId-9999999999\",\"sequence_number\":\"9223372036854775807\","
                                + "\"metadata\":\"a\\\"\\u0000 \ud83d\ude00\",\"checkpoint_type\":\"LAST_READ\","
                                + "\"updated_at\":\"TIME\",\"generation_id\":7,\"client_id\":\"consumer-b\"}]}")
                        .replaceAll("[\\[\\]{}.\\\\]", "\\\\$0")
                        .replace("TIME", "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z")));
        assertThat(Integer.parseInt(response.header("Content-Length")), is(response.asByteArray().length));
    }

    /** Four partitions, and each limit around their number. */
    @ParameterizedTest
    @CsvSource({"1, true", "3, true", "4, false", "5, false", "1000, false"})
    void hasMoreIsExact(int limit, boolean hasMore) {
        for (String partition : new String[] {"0", "9", "10", "11"}) {
            submit(partition, "1");
        }
        JsonNode first = Api.json(list(app, all().with("limit", limit)));
        assertThat(first.path("has_more").booleanValue(), is(hasMore));
        assertThat(partitions(first), is(List.of(0L, 9L, 10L, 11L).subList(0, Math.min(limit, 4))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"9", "shardId-0000000009"})
    void startPartitionIsLeftOutInEitherSpelling(String start) {
        for (String partition : new String[] {"0", "9", "10", "11"}) {
            submit(partition, "1");
        }
        JsonNode rest = Api.json(list(app, all().with("start_partition_id", start)));
        assertThat(partitions(rest), is(List.of(10L, 11L)));
        JsonNode next =
                Api.json(list(app, all().with("start_partition_id", start).with("limit", 1)));
        assertThat(partitions(next), is(List.of(10L)));
        assertThat(next.path("has_more").booleanValue(), is(true));
    }

    /** A partition without a checkpoint is a start as good as any. */
    @Test
    void startPartitionNeedsNoCheckpoint() {
        submit("9", "1");
        assertThat(partitions(Api.json(list(app, all().with("start_partition_id", "8")))), is(List.of(9L)));
        assertThat(partitions(Api.json(list(app, all().with("start_partition_id", "10")))), is(List.of()));
    }

    @Test
    void limitIs100ByDefault() {
        put(101, "m");
        JsonNode first = Api.json(list(app, all()));
        assertThat(partitions(first).size(), is(100));
        assertThat(first.path("has_more").booleanValue(), is(true));
    }

    /** Texts that grow most on their way: in JSON, and once more in the JSON of the function's response. */
    @ParameterizedTest
    @ValueSource(strings = {"\u0000", "\"", "\ud83d\ude00"})
    void responseStaysBelowOneMegabyteAndTheRestFollows(String character) throws Exception {
        put(400, character.repeat(1_000));
        List<Long> partitions = new ArrayList<>();
        String start = "";
        for (boolean hasMore = true; hasMore; ) {
            APIGatewayV2HTTPEvent event =
                    Events.event("GET", "checkpoint_type=LAST_READ&limit=1000" + start, (String) null);
            event.setRawPath(listPath(app, "newstream"));
            APIGatewayV2HTTPResponse response = function.handleRequest(event, null);
            assertThat(response.getStatusCode(), is(200));
            int length = new ObjectMapper().writeValueAsString(response).getBytes(StandardCharsets.UTF_8).length;
            assertThat(length, lessThan(MEGABYTE + 2_000));
            JsonNode list = new ObjectMapper().readTree(response.getBody());
            partitions.addAll(partitions(list));
            hasMore = list.path("has_more").booleanValue();
            if (hasMore) {
                assertThat("no page is smaller than it must be", length > MEGABYTE * 9 / 10, is(true));
            }
            start = "&start_partition_id=" + partitions.get(partitions.size() - 1);
        }
        assertThat(partitions, is(LongStream.range(0, 400).boxed().toList()));
    }

    private void put(int count, String metadata) {
        List<WriteRequest> writes = new ArrayList<>();
        for (int partition = 0; partition < count; partition++) {
            Map<String, AttributeValue> item = new TreeMap<>(key(partition));
            item.put("sequence_number", AttributeValue.fromN("9223372036854775807"));
            item.put("metadata", AttributeValue.fromS(metadata));
            item.put("generation_id", AttributeValue.fromN("9223372036854775807"));
            item.put("updated_at", AttributeValue.fromS("2026-12-01T08:00:00.000Z"));
            PutRequest put = PutRequest.builder().item(item).build();
            writes.add(WriteRequest.builder().putRequest(put).build());
        }
        for (int from = 0; from < count; from += BATCH) {
            List<WriteRequest> batch = writes.subList(from, Math.min(from + BATCH, count));
            dynamoDb.batchWriteItem(request -> request.requestItems(Map.of(EmbeddedServices.TABLE, batch)));
        }
    }

    private Map<String, AttributeValue> key(int partition) {
        return Map.of(
                "consumer",
                AttributeValue.fromS(Api.PROJECT + "/newstream/" + app),
                "checkpoint",
                AttributeValue.fromS("LAST_READ/%010d".formatted(partition)));
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                arguments("checkpoint_type", null, "Invalid request. [checkpoint_type is missing]"),
                arguments("checkpoint_type", "", "Invalid request. [checkpoint_type must be LAST_READ]"),
                arguments("checkpoint_type", "last_read", "Invalid request. [checkpoint_type must be LAST_READ]"),
                arguments("limit", "", "Invalid request. [limit must be an integer from 1 to 1000]"),
                arguments("limit", "0", "Invalid request. [limit must be an integer from 1 to 1000]"),
                arguments("limit", "-1", "Invalid request. [limit must be an integer from 1 to 1000]"),
                arguments("limit", "1001", "Invalid request. [limit must be an integer from 1 to 1000]"),
                arguments("limit", "07", "Invalid request. [limit must be an integer from 1 to 1000]"),
                arguments("limit", "1e2", "Invalid request. [limit must be an integer from 1 to 1000]"),
                arguments(
                        "start_partition_id",
                        "",
                        "Invalid partition_id. [start_partition_id must be shardId- and ten digits, or a decimal number"
                                + " of up to ten digits without leading zeros]"),
                arguments(
                        "start_partition_id",
                        "00",
                        "Invalid partition_id. [start_partition_id must be shardId- and ten digits, or a decimal number"
                                + " of up to ten digits without leading zeros]"));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void brokenRuleIsNamed(String parameter, String value, String message) {
        Fields query = value == null ? all().without(parameter) : all().with(parameter, value);
        String code = message.startsWith("Invalid partition_id") ? "DIS.4201" : "DIS.4200";
        isError(list(app, query), 400, code, message);
    }

    @ParameterizedTest
    @CsvSource({
        "a!b, newstream, app_name must be 1 to 200 of A-Z a-z 0-9 - _",
        "a%20b, newstream, app_name must be 1 to 200 of A-Z a-z 0-9 - _",
        "%2e%2e, newstream, app_name must be 1 to 200 of A-Z a-z 0-9 - _",
        "a, new.stream, stream_name must be 1 to 64 of A-Z a-z 0-9 - _",
        "a, xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx, stream_name must be 1 to 64 of A-Z a-z 0-9 - _",
        "a!b, new.stream, app_name must be 1 to 200 of A-Z a-z 0-9 - _"
    })
    void namesInThePathObeyTheirRules(String name, String stream, String rule) {
        isError(
                Api.member().queryParams(all()).get(listPath(name, stream)),
                400,
                "DIS.4200",
                "Invalid request. [" + rule);
    }

    /** In the order of the alphabet. */
    static List<String[]> rules() {
        return List.of(
                new String[] {"app_name", "Invalid request. [app_name "},
                new String[] {"checkpoint_type", "Invalid request. [checkpoint_type "},
                new String[] {"limit", "Invalid request. [limit "},
                new String[] {"start_partition_id", "Invalid partition_id. [start_partition_id "},
                new String[] {"stream_name", "Invalid request. [stream_name "});
    }

    static Stream<Arguments> pairs() {
        List<String[]> rules = rules();
        return rules.stream()
                .flatMap(first -> rules.subList(rules.indexOf(first) + 1, rules.size()).stream()
                        .map(second -> arguments(first[0], second[0], first[1])));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void alphabeticallyFirstBrokenRuleIsAnswered(String first, String second, String message) {
        List<String> broken = List.of(first, second);
        Fields query = all();
        broken.stream().filter(name -> !name.matches("app_name|stream_name")).forEach(name -> query.with(name, "x"));
        String path = listPath(
                broken.contains("app_name") ? "a!b" : app, broken.contains("stream_name") ? "a!b" : "newstream");
        Response response = Api.member().queryParams(query).get(path);
        assertThat(response.statusCode(), is(400));
        assertThat(Api.json(response).path("message").textValue(), containsString(message));
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"})
    void otherMethodsAreNotAllowed(String method) {
        Response response = Api.member().queryParams(all()).request(method, listPath(app, "newstream"));
        assertThat(response.statusCode(), is(405));
        assertThat(response.header("Allow"), is("GET"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"%s", "%s/", "/%s", "/%s/"})
    void pathMayHaveASlashMore(String spelling) {
        submit("7", "1");
        Response response = Api.member().queryParams(all()).get(spelling.formatted(listPath(app, "newstream")));
        assertThat(partitions(Api.json(response)), is(List.of(7L)));
    }

    @Test
    void callerWithoutATokenLearnsNothing() {
        isError(Api.anonymous().get(listPath("a!b", "newstream")), 401, "DIS.4113", "Empty Token header.");
        isError(
                Api.with("token-of-" + Api.OTHER_PROJECT).get(listPath("a!b", "newstream")),
                403,
                "DIS.4116",
                "Invalid RBAC.");
    }

    @Test
    void editedItemIsABugAndNamedInTheLog() {
        Map<String, AttributeValue> item = new TreeMap<>(key(7));
        item.put("sequence_number", AttributeValue.fromS("42"));
        dynamoDb.putItem(request -> request.tableName(EmbeddedServices.TABLE).item(item));
        try (CapturedLog log = new CapturedLog()) {
            isError(list(app, all()), 500, "DIS.5000", "System error.");
            assertThat(
                    log.messages(),
                    hasItem(allOf(
                            containsString("sequence_number of the item"),
                            containsString(app + ", LAST_READ/0000000007"))));
        }
    }

    @Test
    void logLineSaysWhatWasAskedAndFound() throws Exception {
        submit("7", "1");
        submit("8", "1");
        try (CapturedLog log = new CapturedLog()) {
            list(app, all().with("limit", 1).with("start_partition_id", "shardId-0000000006"));
            JsonNode line = new ObjectMapper().readTree(log.messages().get(0));
            assertThat(line.path("outcome").asText(), is("done"));
            assertThat(line.path("stream").asText(), is("newstream"));
            assertThat(line.path("app").asText(), is(app));
            assertThat(line.path("start_partition").asLong(), is(6L));
            assertThat(line.path("limit").asInt(), is(1));
            assertThat(line.path("found").asInt(), is(1));
            assertThat(line.path("has_more").asBoolean(), is(true));
        }
    }
}
