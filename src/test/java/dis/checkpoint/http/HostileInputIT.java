package dis.checkpoint.http;

import static dis.checkpoint.table.CheckpointTable.CONSUMER;
import static java.util.stream.Collectors.toCollection;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import dis.checkpoint.support.Api;
import dis.checkpoint.support.CapturedLog;
import dis.checkpoint.support.EmbeddedServices;
import dis.checkpoint.support.Properties;
import dis.checkpoint.support.Soak;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** No input breaks the function, is stored by accident or is echoed. */
@QuarkusTest
@WithTestResource(
        value = EmbeddedServices.class,
        initArgs = @ResourceArg(name = EmbeddedServices.ACCESS_KEYS, value = "on"))
class HostileInputIT {

    private static final int TRIES = Soak.oneIn(10, 3_000);

    DynamoDbClient dynamoDb;

    /** Runs {@link HostileInputProperties}, whose engine is jqwik's, while the function is up. */
    @Test
    @Timeout(value = 6, unit = TimeUnit.HOURS)
    void everyPropertyHolds() {
        Set<String> before = consumers();
        try (CapturedLog log = new CapturedLog()) {
            int tries = TRIES / Properties.count(HostileInputProperties.class);
            Properties.check(HostileInputProperties.class, Map.of("jqwik.tries.default", Integer.toString(tries)));
            assertThat(log.messages(), not(hasItem(containsString(Api.TOKEN))));
        }
        Set<String> written = consumers();
        written.removeAll(before);
        System.out.printf(
                "Hostile input: %d inputs, answered %s; consumers written %d, of them acknowledged %d%n",
                TRIES, HostileInputProperties.ANSWERS, written.size(), HostileInputProperties.ACKNOWLEDGED.size());
        assertThat(written, is(HostileInputProperties.ACKNOWLEDGED));
    }

    private Set<String> consumers() {
        return dynamoDb.scanPaginator(request -> request.tableName(EmbeddedServices.TABLE)).items().stream()
                .map(item -> item.get(CONSUMER))
                .map(AttributeValue::s)
                .collect(toCollection(HashSet::new));
    }

    /** As the poll loop of the function reads it: a path of the fake Lambda takes events as they are. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "[]",
                "7",
                "true",
                "\"text\"",
                "{",
                "{}",
                "{\"requestContext\":null}",
                "{\"requestContext\":[]}",
                "{\"requestContext\":{\"http\":7}}",
                "{\"requestContext\":{\"http\":{\"method\":{}}}}",
                "{\"headers\":[\"x-auth-token\"]}",
                "{\"headers\":\"x-auth-token\"}",
                "{\"headers\":{\"x-auth-token\":{\"a\":1}}}",
                "{\"isBase64Encoded\":\"maybe\"}",
                "{\"cookies\":\"a\"}",
                "{\"rawPath\":{}}",
                "{\"body\":{}}",
                "{\"version\":\"1.0\",\"path\":\"/\"}",
                "{\"Records\":[{\"eventSource\":\"aws:sqs\"}]}",
                "{\"a\":\"\ud83d\"}"
            })
    void malformedLambdaEventIsAnswered400(String event) {
        Response response = hand(event);
        response.then().statusCode(200);
        assertThat(response.path("statusCode"), is(400));
        assertThat(response.path("body"), containsString("the event is not an HTTP request"));
        livesOn();
    }

    @Test
    void deepOrLongLambdaEventIsAnswered400() {
        malformedLambdaEventIsAnswered400("{\"a\":" + "[".repeat(100_000));
        malformedLambdaEventIsAnswered400("{\"body\":\"" + "x".repeat(6_000_000) + "\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\u0000"})
    void lambdaEventThatIsNotJsonIsAnswered500(String event) {
        hand(event).then().statusCode(500);
        livesOn();
    }

    private static Response hand(String event) {
        return Api.anonymous().contentType("application/json").body(event).post("/_lambda_");
    }

    private static void livesOn() {
        String app = Api.newApp();
        Api.post(Api.submission(app, "2")).then().statusCode(201);
        assertThat(Api.storedSequenceNumber(app), is("2"));
    }
}
