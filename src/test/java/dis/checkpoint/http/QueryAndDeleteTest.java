package dis.checkpoint.http;

import static dis.checkpoint.support.Api.isError;
import static dis.checkpoint.support.Api.post;
import static dis.checkpoint.support.Api.query;
import static dis.checkpoint.support.Api.storedSequenceNumber;
import static dis.checkpoint.support.Api.submission;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dis.checkpoint.dev.FakeKeystone;
import dis.checkpoint.support.Api;
import dis.checkpoint.support.EmbeddedServices;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.Map;
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
class QueryAndDeleteTest {

    DynamoDbClient dynamoDb;

    private final String app = Api.newApp();

    @Test
    void answersMinusOneWhereNothingIsStored() {
        Api.get(query(app, "0"))
                .then()
                .statusCode(200)
                .contentType(Api.MEDIA_TYPE)
                .body(is("{\"sequence_number\":\"-1\",\"metadata\":\"\"}"));
    }

    @Test
    void answersWhatIsStoredWithoutLeadingZeros() {
        Map<String, Object> body = submission(app, "007");
        body.put("metadata", "m");
        post(body).then().statusCode(201);
        Api.get(query(app, "0")).then().statusCode(200).body(is("{\"sequence_number\":\"7\",\"metadata\":\"m\"}"));
    }

    static Stream<Arguments> unacceptable() {
        return Stream.of(
                arguments("app_name", "a.b", "DIS.4200"),
                arguments("stream_name", "", "DIS.4200"),
                arguments("checkpoint_type", "last_read", "DIS.4200"),
                arguments("partition_id", "07", "DIS.4201"),
                arguments("partition_id", "", "DIS.4201"));
    }

    @ParameterizedTest
    @MethodSource("unacceptable")
    void holdsTheParametersToTheRulesOfTheFields(String parameter, String value, String code) {
        Map<String, Object> query = query(app, "0");
        query.put(parameter, value);
        isError(Api.get(query), 400, code, "Invalid");
        isError(Api.delete(query), 400, code, "Invalid");
    }

    @ParameterizedTest
    @ValueSource(strings = {"app_name", "stream_name", "checkpoint_type"})
    void requiresTheParameters(String parameter) {
        Map<String, Object> query = query(app, "0");
        query.remove(parameter);
        isError(Api.get(query), 400, "DIS.4200", "Invalid request.");
        if (!parameter.equals("checkpoint_type")) {
            isError(Api.delete(query), 400, "DIS.4200", "Invalid request.");
        }
    }

    /** The older page of the reference has it as optional. */
    @Test
    void deletesWithoutTheType() {
        post(submission(app, "5")).then().statusCode(201);
        Map<String, Object> query = query(app, "0");
        query.remove("checkpoint_type");
        Api.delete(query).then().statusCode(204);
        assertThat(storedSequenceNumber(app), is("-1"));
    }

    @Test
    void requiresThePartitionToQuery() {
        Map<String, Object> query = query(app, "0");
        query.remove("partition_id");
        isError(Api.get(query), 400, "DIS.4201", "Invalid partition_id.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"app_name", "stream_name", "checkpoint_type", "partition_id"})
    void refusesARepeatedParameter(String parameter) {
        Map<String, Object> query = query(app, "0");
        Object value = query.get(parameter);
        isError(
                Api.member().queryParams(query).queryParam(parameter, value).get(Api.path()),
                400,
                "DIS.4200",
                "Invalid request.");
        isError(
                Api.member().queryParams(query).queryParam(parameter, value).delete(Api.path()),
                400,
                "DIS.4200",
                "Invalid request.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "shardId-0000000007"})
    void deletesOnePartitionInEitherSpellingAndNoOther(String spelling) {
        for (String partition : new String[] {"7", "8"}) {
            Map<String, Object> body = submission(app, "5");
            body.put("partition_id", partition);
            post(body).then().statusCode(201);
        }
        Api.delete(query(app, spelling)).then().statusCode(204).body(emptyString());
        Api.get(query(app, "7")).then().body("sequence_number", is("-1"));
        Api.get(query(app, "8")).then().body("sequence_number", is("5"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"partition_id", "partition_id="})
    void takesNoEmptyPartitionForAllOfThem(String empty) {
        post(submission(app, "5")).then().statusCode(201);
        Map<String, Object> all = query(app, "0");
        all.remove("partition_id");
        isError(
                Api.member().queryParams(all).delete(Api.path() + "?" + empty),
                400,
                "DIS.4201",
                "Invalid partition_id.");
        assertThat(storedSequenceNumber(app), is("5"));
    }

    @Test
    void deletesWhereThereIsNothing() {
        Api.delete(query(app, "0")).then().statusCode(204);
        Map<String, Object> all = query(app, "0");
        all.remove("partition_id");
        Api.delete(all).then().statusCode(204);
    }

    @Test
    void rewindsOnPurposeByDeletingFirst() {
        post(submission(app, "42")).then().statusCode(201);
        post(submission(app, "7")).then().statusCode(400);
        Api.delete(query(app, "0")).then().statusCode(204);
        post(submission(app, "7")).then().statusCode(201);
        assertThat(storedSequenceNumber(app), is("7"));
    }

    private Response submit(String sequenceNumber, Long generation, String client) {
        Map<String, Object> body = submission(app, sequenceNumber);
        body.put("generation_id", generation);
        body.put("client_id", client);
        return post(body);
    }

    private AttributeValue storedAttribute(String name) {
        return dynamoDb.getItem(request -> request.tableName(EmbeddedServices.TABLE)
                        .key(Map.of(
                                "consumer", AttributeValue.fromS(Api.PROJECT + "/newstream/" + app),
                                "checkpoint", AttributeValue.fromS("LAST_READ/0000000000"))))
                .item()
                .get(name);
    }

    @Test
    void aLowerGenerationIsFencedOffAndChangesNothing() {
        submit("5", 3L, "new").then().statusCode(201);
        isError(submit("6", 2L, "old"), 400, "DIS.4703", "Consumer group illegal generation.");
        assertThat(storedSequenceNumber(app), is("5"));
        assertThat(storedAttribute("generation_id").n(), is("3"));
        assertThat(storedAttribute("client_id").s(), is("new"));
    }

    @Test
    void aHigherGenerationTakesOverWithTheWrite() {
        submit("5", 3L, "old").then().statusCode(201);
        submit("5", 4L, "new").then().statusCode(201);
        isError(submit("6", 3L, "old"), 400, "DIS.4703", "Consumer group illegal generation.");
        assertThat(storedAttribute("client_id").s(), is("new"));
    }

    @Test
    void aHigherGenerationWithALowerNumberChangesNotEvenTheGeneration() {
        submit("5", 3L, "holder").then().statusCode(201);
        isError(submit("4", 9L, "other"), 400, "DIS.4224", "Sequence_number out of range.");
        assertThat(storedAttribute("generation_id").n(), is("3"));
        submit("6", 3L, "holder").then().statusCode(201);
    }

    @Test
    void whereBothAreLowerTheGenerationIsAnswered() {
        submit("5", 3L, "holder").then().statusCode(201);
        isError(submit("4", 2L, "other"), 400, "DIS.4703", "Consumer group illegal generation.");
    }

    @Test
    void aSubmissionWithoutAGenerationIsHeldToTheNumbersAndLeavesTheStoredOne() {
        submit("5", 3L, "holder").then().statusCode(201);
        submit("6", null, null).then().statusCode(201);
        assertThat(storedAttribute("generation_id").n(), is("3"));
        isError(submit("5", null, null), 400, "DIS.4224", "Sequence_number out of range.");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, Long.MAX_VALUE})
    void anEqualGenerationOrTheFirstOneIsStored(long generation) {
        submit("5", null, null).then().statusCode(201);
        submit("5", generation, "c").then().statusCode(201);
        submit("5", generation, "c").then().statusCode(201);
        assertThat(storedAttribute("generation_id").n(), is(Long.toString(generation)));
    }

    @Test
    void deletingForgetsTheGeneration() {
        submit("5", 3L, "holder").then().statusCode(201);
        Api.delete(query(app, "0")).then().statusCode(204);
        submit("1", 0L, "new").then().statusCode(201);
    }

    @Test
    void projectsDoNotMeet() {
        post(submission(app, "5")).then().statusCode(201);
        Api.with(FakeKeystone.tokenOf(Api.OTHER_PROJECT))
                .queryParams(query(app, "0"))
                .get("/v2/" + Api.OTHER_PROJECT + "/checkpoints")
                .then()
                .body("sequence_number", is("-1"));
    }
}
