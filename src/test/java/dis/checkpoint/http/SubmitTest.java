package dis.checkpoint.http;

import static dis.checkpoint.support.Api.isError;
import static dis.checkpoint.support.Api.post;
import static dis.checkpoint.support.Api.query;
import static dis.checkpoint.support.Api.storedSequenceNumber;
import static dis.checkpoint.support.Api.submission;
import static dis.checkpoint.support.CheckpointBuilder.checkpoint;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dis.checkpoint.domain.Checkpoint;
import dis.checkpoint.domain.CheckpointKey;
import dis.checkpoint.domain.PartitionId;
import dis.checkpoint.request.Deadline;
import dis.checkpoint.support.Api;
import dis.checkpoint.support.EmbeddedServices;
import dis.checkpoint.table.CheckpointTable;
import dis.checkpoint.table.CheckpointTable.Submitted.Outdated;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

@QuarkusTest
@WithTestResource(EmbeddedServices.class)
class SubmitTest {

    private static final String EMOJI = "\uD83D\uDE00";

    /** As the official client takes the numbers out of the message. */
    private static final Pattern OUT_OF_RANGE =
            Pattern.compile(".*\\[(\\d+)]\\[ should be within ]\\[(\\d+)]\\[ ]\\[(\\d+)]");

    @Inject
    CheckpointTable table;

    DynamoDbClient dynamoDb;

    private final String app = Api.newApp();

    @Test
    void storesTheExampleOfTheReferenceAndAnswersAnEmpty201() {
        post(submission(app, "2"))
                .then()
                .statusCode(201)
                .header("Content-Length", is("0"))
                .header("Content-Type", nullValue())
                .body(emptyString());
        assertThat(storedSequenceNumber(app), is("2"));
    }

    @Test
    void acceptsATrailingSlashAndUnknownFieldsAndParameters() {
        Map<String, Object> body = submission(app, "2");
        body.put("stream_id", "7");
        body.put("nested", Map.of("deeper", List.of(1, "2")));
        Api.member()
                .contentType("application/json; charset=utf-8")
                .accept("*/*; charset=utf-8")
                .body(body)
                .post(Api.path() + "/?unknown=1&")
                .then()
                .statusCode(201);
        assertThat(storedSequenceNumber(app), is("2"));
    }

    static Stream<Arguments> acceptable() {
        return Stream.of(
                arguments("app_name", "A-z_09" + "x".repeat(194)),
                arguments("stream_name", "S-_9" + "y".repeat(60)),
                arguments("partition_id", "shardId-0000000000"),
                arguments("partition_id", "9999999999"),
                arguments("partition_id", "shardId-9999999999"),
                arguments("sequence_number", "0"),
                arguments("sequence_number", "9223372036854775807"),
                arguments("sequence_number", "0000000000000000007"),
                arguments("metadata", null),
                arguments("metadata", ""),
                arguments("metadata", EMOJI.repeat(1000)),
                arguments("generation_id", null),
                arguments("generation_id", -1),
                arguments("generation_id", 0),
                arguments("generation_id", Long.MAX_VALUE),
                arguments("client_id", null),
                arguments("client_id", EMOJI.repeat(200)));
    }

    @ParameterizedTest
    @MethodSource("acceptable")
    void acceptsTheBoundsOfEachField(String field, Object value) {
        Map<String, Object> body = submission(app, "2");
        body.put(field, value);
        post(body).then().statusCode(201);
    }

    static Stream<Arguments> unacceptable() {
        return Stream.of(
                        Stream.of(null, "", "x".repeat(201), "a.b", "a b", "ä", "a/b", "a\n")
                                .map(value -> arguments("app_name", value, "DIS.4200", "Invalid request.")),
                        Stream.of(null, "", "x".repeat(65), "a.b", "a/b", "a\n")
                                .map(value -> arguments("stream_name", value, "DIS.4200", "Invalid request.")),
                        Stream.of(null, "", "last_read", "LAST_READ ", "TRIM_HORIZON")
                                .map(value -> arguments("checkpoint_type", value, "DIS.4200", "Invalid request.")),
                        Stream.of(
                                        null,
                                        "",
                                        "-1",
                                        "+1",
                                        "00",
                                        "01",
                                        "10000000000",
                                        "shardId-0",
                                        "shardId-00000000000",
                                        "shardid-0000000000",
                                        " 0",
                                        "0 ",
                                        "١",
                                        "0x0")
                                .map(value -> arguments("partition_id", value, "DIS.4201", "Invalid partition_id.")),
                        Stream.of(
                                        null,
                                        "",
                                        "-1",
                                        "+1",
                                        "1.0",
                                        "1e3",
                                        " 1",
                                        "x",
                                        "9223372036854775808",
                                        "00000000000000000001",
                                        "18446744073709551617",
                                        "١")
                                .map(value ->
                                        arguments("sequence_number", value, "DIS.4216", "Invalid sequence_number.")),
                        Stream.of("x".repeat(1001), EMOJI.repeat(1001))
                                .map(value -> arguments("metadata", value, "DIS.4200", "Invalid request.")),
                        Stream.of(-2, new BigInteger("9223372036854775808"))
                                .map(value -> arguments("generation_id", value, "DIS.4200", "Invalid request.")),
                        Stream.of("", "x".repeat(201))
                                .map(value -> arguments("client_id", value, "DIS.4200", "Invalid request.")),
                        Stream.of(
                                        "app_name",
                                        "stream_name",
                                        "checkpoint_type",
                                        "partition_id",
                                        "sequence_number",
                                        "metadata",
                                        "client_id")
                                .flatMap(field -> Stream.of(7, true, 1.5, List.of("x"), Map.of("x", "y"))
                                        .map(value -> arguments(field, value, "DIS.4300", "Request error."))),
                        Stream.of("7", true, 1.5, List.of(7), Map.of())
                                .map(value -> arguments("generation_id", value, "DIS.4300", "Request error.")))
                .flatMap(arguments -> arguments);
    }

    @ParameterizedTest
    @MethodSource("unacceptable")
    void refusesAFieldThatBreaksItsRuleAndStoresNothing(String field, Object value, String code, String title) {
        Map<String, Object> body = submission(app, "2");
        body.put(field, value);
        isError(post(body), 400, code, title);
        assertThat(storedSequenceNumber(app), is("-1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"app_name", "stream_name", "checkpoint_type", "partition_id", "sequence_number"})
    void refusesASubmissionWithoutARequiredField(String field) {
        Map<String, Object> body = submission(app, "2");
        body.remove(field);
        post(body).then().statusCode(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"metadata", "client_id"})
    void refusesAnUnpairedSurrogate(String field) {
        String body = """
                {"stream_name":"newstream","app_name":"%s","partition_id":"0","sequence_number":"2",
                 "checkpoint_type":"LAST_READ","%s":"x\\ud83d"}""".formatted(app, field);
        isError(post(body), 400, "DIS.4200", "Invalid request.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\0\1\37\177", "\"\\/\b\f\n\r\t", "\u2028\uFFFF\uFEFF", "Ünïcödé " + EMOJI, " ", "null"})
    void returnsMetadataExactly(String metadata) {
        Map<String, Object> body = submission(app, "2");
        body.put("metadata", metadata);
        post(body).then().statusCode(201);
        Api.get(query(app, "0")).then().statusCode(200).body("metadata", equalTo(metadata));
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "shardId-0000000007"})
    void takesBothSpellingsOfAPartitionForOne(String spelling) {
        Map<String, Object> body = submission(app, "42");
        body.put("partition_id", spelling);
        post(body).then().statusCode(201);
        for (String either : List.of("7", "shardId-0000000007")) {
            Api.get(query(app, either)).then().body("sequence_number", is("42"));
        }
    }

    @Test
    void refusesALowerSequenceNumberAndSaysWhereTheCheckpointStands() {
        post(submission(app, "42")).then().statusCode(201);
        String message = isError(post(submission(app, "7")), 400, "DIS.4224", "Sequence_number out of range.")
                .extract()
                .path("message");
        assertThat(message, is("Sequence_number out of range. [7][ should be within ][42][ ][9223372036854775807]"));
        Matcher numbers = OUT_OF_RANGE.matcher(message);
        assertThat(numbers.matches() ? numbers.group(2) : "no match", is("42"));
        assertThat(storedSequenceNumber(app), is("42"));
    }

    @Test
    void comparesSequenceNumbersAsNumbers() {
        post(submission(app, "9")).then().statusCode(201);
        post(submission(app, "10")).then().statusCode(201);
        post(submission(app, "9")).then().statusCode(400);
        post(submission(app, "0010")).then().statusCode(201);
        assertThat(storedSequenceNumber(app), is("10"));
    }

    @Test
    void acceptsARetryAndKeepsTheMetadataOfTheLastOne() {
        Map<String, Object> body = submission(app, "5");
        body.put("metadata", "first");
        post(body).then().statusCode(201);
        body.put("metadata", "second");
        post(body).then().statusCode(201);
        Api.get(query(app, "0")).then().body("metadata", is("second"));
        post(submission(app, "5")).then().statusCode(201);
        Api.get(query(app, "0")).then().body("metadata", is(""));
    }

    @Test
    void storesWhatTheConsoleShows() {
        Map<String, Object> body = submission(app, "5");
        body.putAll(Map.of("metadata", "m", "generation_id", 3, "client_id", "consumer-1", "partition_id", "7"));
        Instant before = Instant.now().minusSeconds(1);
        post(body).then().statusCode(201);
        Map<String, AttributeValue> item = dynamoDb.getItem(request -> request.tableName(EmbeddedServices.TABLE)
                        .key(Map.of(
                                "consumer", AttributeValue.fromS(Api.PROJECT + "/newstream/" + app),
                                "checkpoint", AttributeValue.fromS("LAST_READ/0000000007"))))
                .item();
        assertThat(item.get("sequence_number").n(), is("5"));
        assertThat(item.get("metadata").s(), is("m"));
        assertThat(item.get("generation_id").n(), is("3"));
        assertThat(item.get("client_id").s(), is("consumer-1"));
        Instant updatedAt = Instant.parse(item.get("updated_at").s());
        assertThat(updatedAt.isAfter(before) && updatedAt.isBefore(Instant.now().plusSeconds(1)), is(true));
    }

    @Test
    void endsOnTheHighestAcknowledgedNumberHoweverSixteenWritersRace() throws Exception {
        CheckpointKey key = Api.consumer(app).partition(new PartitionId(0));
        ExecutorService writers = Executors.newFixedThreadPool(16);
        try {
            List<Callable<Long>> submissions = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                long number = ThreadLocalRandom.current().nextLong(1_000);
                Checkpoint submitted = checkpoint(number).build();
                submissions.add(() -> {
                    if (table.submit(key, submitted, Deadline.in(Duration.ofSeconds(30)))
                            instanceof Outdated outdated) {
                        assertThat(outdated.stored().sequenceNumber().value() > number, is(true));
                        return -1L;
                    }
                    return number;
                });
            }
            long highest = -1;
            for (Future<Long> acknowledged : writers.invokeAll(submissions)) {
                highest = Math.max(highest, acknowledged.get());
            }
            assertThat(storedSequenceNumber(app), is(Long.toString(highest)));
        } finally {
            writers.shutdownNow();
        }
    }
}
