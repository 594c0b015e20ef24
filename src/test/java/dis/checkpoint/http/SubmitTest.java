package dis.checkpoint.http;

import static dis.checkpoint.support.Api.isError;
import static dis.checkpoint.support.Api.post;
import static dis.checkpoint.support.Api.query;
import static dis.checkpoint.support.Api.storedSequenceNumber;
import static dis.checkpoint.support.Api.submission;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dis.checkpoint.error.DisError;
import dis.checkpoint.support.Api;
import dis.checkpoint.support.EmbeddedServices;
import dis.checkpoint.support.Fields;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

@QuarkusTest
@WithTestResource(EmbeddedServices.class)
class SubmitTest {

    DynamoDbClient dynamoDb;

    private final String app = Api.newApp();

    static Stream<Arguments> valid() {
        return FieldRule.ALL.values().stream()
                .flatMap(rule -> rule.valid().stream().map(value -> arguments(rule.name(), value)));
    }

    @ParameterizedTest
    @MethodSource("valid")
    void valueWithinTheRuleIsAccepted(String field, Object value) {
        post(submission(app, "2").with(field, value)).then().statusCode(201);
    }

    static Stream<Arguments> invalid() {
        return FieldRule.ALL.values().stream()
                .flatMap(rule -> Stream.concat(
                        rule.invalid().stream().map(value -> arguments(rule.name(), value, rule.error())),
                        rule.wrongTypes().map(value -> arguments(rule.name(), value, DisError.REQUEST_ERROR))));
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void valueThatBreaksTheRuleIsRefusedAndNotStored(String field, Object value, DisError error) {
        isError(post(submission(app, "2").with(field, value)), 400, error.code(), error.title());
        assertThat(storedSequenceNumber(app), is("-1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"metadata", "client_id"})
    void unpairedSurrogateIsRefused(String field) {
        String body = """
                {"stream_name":"newstream","app_name":"%s","partition_id":"0","sequence_number":"2",
                 "checkpoint_type":"LAST_READ","%s":"x\\ud83d"}""".formatted(app, field);
        isError(post(body), 400, "DIS.4200", "Invalid request.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\0\1\37\177", "\"\\/\b\f\n\r\t", "\u2028\uFFFF\uFEFF", "Ünïcödé \uD83D\uDE00", " ", "null", ""})
    void metadataIsReturnedExactlyAndTheNumberWithoutLeadingZeros(String metadata) {
        post(submission(app, "007").with("metadata", metadata)).then().statusCode(201);
        Api.get(query(app, "0"))
                .then()
                .statusCode(200)
                .body("sequence_number", is("7"))
                .body("metadata", equalTo(metadata));
    }

    @Test
    void fieldsAreStoredAsAttributesOfTheirName() {
        Fields submission = submission(app, "");
        FieldRule.ALL.forEach((name, rule) -> {
            if (!FieldRule.IN_A_QUERY.contains(name)) {
                submission.put(name, rule.valid().get(rule.valid().size() - 1));
            }
        });
        post(submission).then().statusCode(201);
        Map<String, AttributeValue> item = dynamoDb.getItem(request -> request.tableName(EmbeddedServices.TABLE)
                        .key(Map.of(
                                "consumer", AttributeValue.fromS(Api.PROJECT + "/newstream/" + app),
                                "checkpoint", AttributeValue.fromS("LAST_READ/0000000000"))))
                .item();
        submission.keySet().removeAll(FieldRule.IN_A_QUERY);
        submission.forEach((name, value) -> {
            AttributeValue stored = item.getOrDefault(name, AttributeValue.fromS("nothing"));
            assertThat(name, stored.s() == null ? stored.n() : stored.s(), is(value.toString()));
        });
    }

    /** One row for each rule of the conditional write; CheckpointTableTest has both sides of each. */
    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
                    # submitted, generation, status, error
                    42, 3, 201, -
                    43, -, 201, -
                    43, 4, 201, -
                     7, 3, 400, DIS.4224
                    43, 2, 400, DIS.4703
                     7, 2, 400, DIS.4703
                    """)
    void submissionAfterNumber42OfGeneration3(String number, Long generation, int status, String error) {
        post(submission(app, "42").with("generation_id", 3)).then().statusCode(201);
        Response response = post(submission(app, number).with("generation_id", generation));
        response.then().statusCode(status);
        assertThat(Api.json(response).path("errorCode").textValue(), is(error));
        assertThat(storedSequenceNumber(app), is(error == null ? number : "42"));
    }

    /** The official Java client takes the lowest acceptable number out of exactly this message. */
    @Test
    void refusalSaysWhereTheCheckpointStands() {
        post(submission(app, "42")).then().statusCode(201);
        Response refusal = post(submission(app, "7"));
        assertThat(
                Api.json(refusal).path("message").textValue(),
                is("Sequence_number out of range. [7][ should be within ][42][ ][9223372036854775807]"));
    }
}
