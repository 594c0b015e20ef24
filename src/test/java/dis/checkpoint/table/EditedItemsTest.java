package dis.checkpoint.table;

import static dis.checkpoint.support.Api.isError;
import static dis.checkpoint.support.Api.post;
import static dis.checkpoint.support.Api.query;
import static dis.checkpoint.support.Api.submission;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromN;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromNul;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import dis.checkpoint.support.Api;
import dis.checkpoint.support.CapturedLog;
import dis.checkpoint.support.EmbeddedServices;
import dis.checkpoint.support.TableProxy;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Items that somebody has edited by hand, and batches that the table leaves unprocessed. */
@QuarkusTest
@WithTestResource(EmbeddedServices.class)
class EditedItemsTest {

    DynamoDbClient dynamoDb;
    TableProxy proxy;

    private final String app = Api.newApp();

    @AfterEach
    void recover() {
        proxy.recover();
    }

    private Map<String, AttributeValue> key() {
        return Map.of(
                "consumer", fromS(Api.PROJECT + "/newstream/" + app), "checkpoint", fromS("LAST_READ/0000000000"));
    }

    private void put(Map<String, AttributeValue> attributes) {
        Map<String, AttributeValue> item = new HashMap<>(key());
        item.putAll(attributes);
        dynamoDb.putItem(request -> request.tableName(EmbeddedServices.TABLE).item(item));
    }

    private Map<String, AttributeValue> item() {
        return dynamoDb.getItem(
                        request -> request.tableName(EmbeddedServices.TABLE).key(key()))
                .item();
    }

    @Test
    void itemWithoutMetadataHasEmptyMetadata() {
        put(Map.of("sequence_number", fromN("42")));
        Api.get(query(app, "0"))
                .then()
                .statusCode(200)
                .body("sequence_number", is("42"))
                .body("metadata", is(""));
        isError(
                post(submission(app, "7")),
                400,
                "DIS.4224",
                "Sequence_number out of range. [7][ should be within ][42]");
        post(submission(app, "43")).then().statusCode(201);
    }

    @Test
    void itemWithoutSequenceNumberIsIgnored() {
        put(Map.of("metadata", fromS("m")));
        Api.get(query(app, "0"))
                .then()
                .statusCode(200)
                .body("sequence_number", is("-1"))
                .body("metadata", is(""));
        post(submission(app, "0")).then().statusCode(201);
        assertThat(Api.storedSequenceNumber(app), is("0"));
    }

    @Test
    void numbersAreReadInAllSpellings() {
        put(Map.of("sequence_number", fromN("4.2E1")));
        assertThat(Api.storedSequenceNumber(app), is("42"));
        put(Map.of("sequence_number", fromN("42.0")));
        assertThat(Api.storedSequenceNumber(app), is("42"));
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                arguments("sequence_number", fromS("42")),
                arguments("sequence_number", fromN("42.5")),
                arguments("sequence_number", fromN("9223372036854775808")),
                arguments("sequence_number", fromN("1E125")),
                arguments("sequence_number", fromNul(true)),
                arguments("metadata", fromNul(true)),
                arguments("metadata", fromN("7")),
                arguments("generation_id", fromS("3")),
                arguments("generation_id", fromN("3.5")),
                arguments("generation_id", fromN("-3")),
                arguments("client_id", fromN("7")));
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void malformedItemIsAnswered500AndLogged(String attribute, AttributeValue value) {
        Map<String, AttributeValue> attributes = new HashMap<>(Map.of("sequence_number", fromN("42")));
        attributes.put(attribute, value);
        put(attributes);
        Map<String, AttributeValue> before = item();
        isMalformed(attribute);
        isError(post(submission(app, "7")), 500, "DIS.5000", "System error.");
        assertThat(item(), is(before));
    }

    /** Every number is higher than such a one, so that the table lets none be refused. */
    @Test
    void negativeNumberIsAnswered500UntilASubmissionReplacesIt() {
        put(Map.of("sequence_number", fromN("-3")));
        isMalformed("sequence_number");
        post(submission(app, "7")).then().statusCode(201);
        assertThat(Api.storedSequenceNumber(app), is("7"));
    }

    private void isMalformed(String attribute) {
        try (CapturedLog log = new CapturedLog()) {
            isError(Api.get(query(app, "0")), 500, "DIS.5000", "System error.");
            assertThat(log.messages(), hasItem(allOf(containsString(attribute), containsString(app))));
        }
    }
}
