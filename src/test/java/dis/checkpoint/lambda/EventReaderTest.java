package dis.checkpoint.lambda;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import dis.checkpoint.request.Query.Named;
import dis.checkpoint.request.ReceivedRequest;
import dis.checkpoint.support.Way;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the events of API Gateway, function URLs and load balancers are read, and how answers are written for each. */
class EventReaderTest {

    private static final String PATH = "/v2/project-1/checkpoints/";

    private final ObjectMapper mapper = new EventFormat().mapper();

    private APIGatewayV2HTTPEvent read(String event) throws IOException {
        return mapper.readValue(event, APIGatewayV2HTTPEvent.class);
    }

    private static ObjectNode sample(String name) throws IOException {
        try (InputStream file = EventReaderTest.class.getResourceAsStream("/events/" + name + ".json")) {
            return (ObjectNode) new ObjectMapper().readTree(file);
        }
    }

    private static ReceivedRequest received(JsonNode event) {
        return ReceivedEvents.read(event.toString());
    }

    private static void isReadAs(JsonNode expected, JsonNode event) {
        ReceivedRequest one = received(expected);
        ReceivedRequest other = received(event);
        assertThat(other.method(), is(one.method()));
        assertThat(other.signedPaths(), is(one.signedPaths()));
        assertThat(other.query().parameters(), is(one.query().parameters()));
        assertThat(other.headers(), is(one.headers()));
        assertThat(other.body().bytes(), is(one.body().bytes()));
    }

    private void isNoRequest(String event) throws IOException {
        APIGatewayV2HTTPEvent read = read(event);
        DisException refusal = assertThrows(DisException.class, () -> HttpEventBoundary.received(read));
        assertThat(refusal.error(), is(DisError.INVALID_REQUEST));
    }

    /** The samples of all ways are events of one call: the same GET, by the same client. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "http-api",
                "function-url",
                "rest-api",
                "rest-api-at-base-path",
                "http-api-payload-1",
                "load-balancer",
                "multi-value-load-balancer"
            })
    void sampleOfEachWayIsReadAsTheSameCall(String sample) throws IOException {
        APIGatewayV2HTTPEvent event = read(sample(sample).toString());
        ReceivedRequest request = HttpEventBoundary.received(event);
        assertThat(request.method(), is("GET"));
        assertThat(request.path(), is(PATH));
        assertThat(
                request.query().parameters(),
                is(List.of(
                        new Named("stream_name", "newstream"),
                        new Named("app_name", "a&b=%"),
                        new Named("checkpoint_type", "LAST_READ"),
                        new Named("partition_id", "0"))));
        assertThat(
                request.query().canonical(),
                is("app_name=a%26b%3D%25&checkpoint_type=LAST_READ&partition_id=0&stream_name=newstream"));
        assertThat(request.headers().get("x-auth-token"), is("token-of-project-1"));
        assertThat(request.headers().get("accept"), is("*/*; charset=utf-8"));
        assertThat(request.body().bytes().length, is(0));
        assertThat(event.getRequestContext().getHttp().getSourceIp(), is("192.0.2.1"));
        assertThat(
                event.getRequestContext().getRequestId(),
                is(sample.endsWith("load-balancer") ? nullValue() : is("id-of-the-gateway")));
    }

    @Test
    void healthCheckOfALoadBalancerIsACallLikeAnyOther() throws IOException {
        ReceivedRequest request = received(sample("health-check-of-load-balancer"));
        assertThat(request.method(), is("GET"));
        assertThat(request.path(), is("/"));
        assertThat(request.query().parameters(), is(List.of()));
    }

    /** A REST API leaves the base path of a custom domain in `path`, and its own stage in `requestContext.path`. */
    @ParameterizedTest
    @CsvSource({
        "/v2/p/checkpoints, /prod/v2/p/checkpoints, /{proxy+}, v2/p/checkpoints, /v2/p/checkpoints",
        "/v2/p/checkpoints/, /prod/v2/p/checkpoints/, /{proxy+}, v2/p/checkpoints, /v2/p/checkpoints/",
        "//v2/p/checkpoints, /prod//v2/p/checkpoints, /{proxy+}, /v2/p/checkpoints, //v2/p/checkpoints",
        "/dis/v2/p/checkpoints, /dis/v2/p/checkpoints, /{proxy+}, v2/p/checkpoints, /v2/p/checkpoints",
        "/dis/eu/v2/p/checkpoints/, /dis/eu/v2/p/checkpoints/, /{proxy+}, v2/p/checkpoints/, /v2/p/checkpoints/",
        "/prod/v2/p/checkpoints, /prod/v2/p/checkpoints, /v2/{proxy+}, p/checkpoints, /v2/p/checkpoints",
        "/prod/v2/p/checkpoints, /prod/v2/p/checkpoints, /v2/{project_id}/checkpoints, , /v2/p/checkpoints",
        "/v2/p/checkpoints/, /prod/v2/p/checkpoints/, /v2/{project_id}/checkpoints, , /v2/p/checkpoints/",
        "/v2/v2/p/checkpoints, /v2/v2/p/checkpoints, /v2/{project_id}/checkpoints, , /v2/p/checkpoints",
        "/x/v2/p/checkpoints, /prod/x/v2/p/checkpoints, /{proxy+}, x/v2/p/checkpoints, /x/v2/p/checkpoints",
        "/prod/v2/p%2Fq/checkpoints, /prod/v2/p%2Fq/checkpoints, /{proxy+}, v2/p/q/checkpoints, /prod/v2/p%2Fq/checkpoints",
        "/prod/v2/p/checkpoints, /prod/v2/p/checkpoints, $default, , /v2/p/checkpoints",
        "/production/v2/p/checkpoints, /production/v2/p/checkpoints, $default, , /production/v2/p/checkpoints",
        "/prod/v2/p/checkpoints, /prod/v2/p/checkpoints, /{proxy+}, , /v2/p/checkpoints",
        "/v2/p/checkpoints, , , , /v2/p/checkpoints",
        "/, /prod/, /, , /",
        "'', '', /{proxy+}, v2/p/checkpoints, ''",
        "x, x, /{proxy+}, v2/p, x"
    })
    void pathLosesTheStageOrBasePath(String path, String called, String resource, String proxy, String expected)
            throws IOException {
        ObjectNode event = sample("rest-api");
        event.put("path", path).putObject("pathParameters").put("proxy", proxy);
        ObjectNode context = (ObjectNode) event.path("requestContext");
        context.put("path", called).put("resourcePath", resource);
        ReceivedRequest request = received(event);
        assertThat(request.path(), is(expected));
        assertThat(
                request.signedPaths(),
                is(new HashSet<>(
                        called == null || !called.endsWith(expected) ? List.of(expected) : List.of(called, expected))));
    }

    @Test
    void severalValuesOfAHeaderAreJoinedByCommas() throws IOException {
        for (String sample : List.of("rest-api", "multi-value-load-balancer")) {
            ObjectNode event = sample(sample);
            event.putObject("multiValueHeaders")
                    .putPOJO("X-Auth-Token", List.of("one", "two"))
                    .putPOJO("x-auth-token", List.of("three"));
            assertThat(received(event).headers(), is(Map.of("x-auth-token", "one,two,three")));
        }
    }

    @Test
    void severalValuesOfAParameterAreAllRead() throws IOException {
        for (String sample : List.of("rest-api", "multi-value-load-balancer")) {
            ObjectNode event = sample(sample);
            event.putObject("multiValueQueryStringParameters").putPOJO("a", List.of("1", "2"));
            assertThat(received(event).query().parameters(), is(List.of(new Named("a", "1"), new Named("a", "2"))));
        }
    }

    @Test
    void singleValuesAreReadWhereTheEventHasNoOthers() throws IOException {
        ObjectNode event = sample("rest-api");
        event.putNull("multiValueHeaders").putNull("multiValueQueryStringParameters");
        isReadAs(sample("rest-api"), event);
        event.remove(List.of("multiValueHeaders", "multiValueQueryStringParameters"));
        isReadAs(sample("rest-api"), event);
    }

    @Test
    void severalValuesCountWhereTheEventHasBoth() throws IOException {
        ObjectNode event = sample("multi-value-load-balancer");
        event.putObject("headers").put("x-auth-token", "another");
        event.putObject("queryStringParameters").put("partition_id", "7");
        isReadAs(sample("multi-value-load-balancer"), event);
    }

    @ParameterizedTest
    @CsvSource({
        "load-balancer, a%2Fb%, a%2Fb%25", // A percent sign that is no escape stands for itself.
        "load-balancer, a+b, a%2Bb",
        "rest-api, a%2Fb%, a%252Fb%25",
        "rest-api, 'a b&c=d+', a%20b%26c%3Dd%2B",
        "rest-api, ü, %C3%BC"
    })
    void queryOfARestApiIsDecodedAndThatOfALoadBalancerIsNot(String sample, String value, String canonical)
            throws IOException {
        ObjectNode event = sample(sample);
        event.remove("multiValueQueryStringParameters");
        event.putObject("queryStringParameters").put(value, value);
        assertThat(received(event).query().canonical(), is(canonical + '=' + canonical));
    }

    /** A DELETE whose partition_id is lost would delete all partitions. */
    @ParameterizedTest
    @ValueSource(strings = {"null", "\"\"", "[]", "[null]", "[\"\"]"})
    void parameterWithoutAValueIsGivenEmpty(String value) throws IOException {
        for (String sample : List.of("rest-api", "load-balancer", "multi-value-load-balancer")) {
            ObjectNode event = sample(sample);
            event.remove(List.of("queryStringParameters", "multiValueQueryStringParameters"));
            event.putObject(value.startsWith("[") ? "multiValueQueryStringParameters" : "queryStringParameters")
                    .set("partition_id", mapper.readTree(value));
            assertThat(received(event).query().parameters(), is(List.of(new Named("partition_id", ""))));
        }
    }

    @Test
    void ampersandAtTheEndIsNoParameter() throws IOException {
        ObjectNode event = sample("load-balancer");
        event.putObject("queryStringParameters").put("a", "1").put("", "");
        assertThat(received(event).query().canonical(), is("a=1"));
    }

    @Test
    void headerWithoutAValueIsAbsent() throws IOException {
        ObjectNode event = sample("rest-api");
        event.putObject("multiValueHeaders").putNull("a").putArray("b").addNull();
        event.withObject("/multiValueHeaders").putArray("c");
        event.withObject("/multiValueHeaders").putArray("d").add("e");
        assertThat(received(event).headers(), is(Map.of("d", "e")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "192.0.2.1|192.0.2.1",
                "198.51.100.7,192.0.2.1|192.0.2.1",
                "198.51.100.7, 2001:db8::1|2001:db8::1",
                "''|''"
            })
    void clientOfALoadBalancerIsTheLastForwardedAddress(String header, String address) throws IOException {
        ObjectNode event = sample("load-balancer");
        event.withObject("/headers").put("x-forwarded-for", header);
        assertThat(read(event.toString()).getRequestContext().getHttp().getSourceIp(), is(address));
        event = sample("multi-value-load-balancer");
        event.withObject("/multiValueHeaders").putPOJO("x-forwarded-for", List.of("203.0.113.9", header));
        assertThat(read(event.toString()).getRequestContext().getHttp().getSourceIp(), is(address));
    }

    @Test
    void clientWithoutAForwardedAddressIsUnknown() throws IOException {
        APIGatewayV2HTTPEvent event =
                read(sample("health-check-of-load-balancer").toString());
        assertThat(event.getRequestContext().getHttp().getSourceIp(), is(nullValue()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "[]",
                "7",
                "\"text\"",
                "{}",
                // A warm-up, a scheduled event, a queue, a WebSocket API, a service network.
                "{\"source\":\"serverless-plugin-warmup\"}",
                "{\"version\":\"0\",\"id\":\"i\",\"detail-type\":\"Scheduled Event\",\"source\":\"aws.events\",\"detail\":{}}",
                "{\"Records\":[{\"messageId\":\"m\",\"body\":\"{}\",\"eventSource\":\"aws:sqs\"}]}",
                "{\"requestContext\":{\"routeKey\":\"$connect\",\"connectionId\":\"c\",\"identity\":{\"sourceIp\":\"192.0.2.1\"}}}",
                "{\"version\":\"2.0\",\"path\":\"/v2\",\"method\":\"GET\",\"headers\":{\"host\":[\"h\"]},\"requestContext\":{\"region\":\"r\"}}",
                // A request whose kind is not told.
                "{\"version\":\"1.0\",\"path\":\"/v2\",\"httpMethod\":\"GET\",\"requestContext\":{}}",
                "{\"path\":\"/v2\",\"httpMethod\":\"GET\"}",
                "{\"path\":\"/v2\",\"httpMethod\":\"GET\",\"requestContext\":{\"elb\":null,\"identity\":null}}",
                "{\"version\":\"3.0\",\"rawPath\":\"/v2\",\"requestContext\":{\"http\":{\"method\":\"GET\"}}}",
                "{\"httpMethod\":\"GET\",\"requestContext\":{\"elb\":{}}}",
                "{\"path\":\"/v2\",\"requestContext\":{\"elb\":{}}}",
                "{\"httpMethod\":\"GET\",\"requestContext\":{\"identity\":{}}}"
            })
    void anythingElseIsNoRequest(String event) throws IOException {
        isNoRequest(event);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/path 7",
                "/httpMethod {}",
                "/headers [\"x-auth-token\"]",
                "/headers \"x-auth-token\"",
                "/headers {\"a\":{}}",
                "/headers {\"a\":7}",
                "/multiValueHeaders {\"a\":[[]]}",
                "/multiValueHeaders {\"a\":[7]}",
                "/multiValueHeaders []",
                "/queryStringParameters \"a=b\"",
                "/queryStringParameters {\"a\":true}",
                "/multiValueQueryStringParameters {\"a\":[{}]}",
                "/body {}",
                "/isBase64Encoded \"true\"",
                "/isBase64Encoded 1",
                "/requestContext []",
                "/requestContext \"elb\""
            })
    void fieldOfTheWrongTypeIsNoRequest(String damage) throws IOException {
        for (String sample : List.of("rest-api", "load-balancer", "multi-value-load-balancer")) {
            isNoRequest(damaged(sample, damage));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/version 2.0",
                "/requestContext/identity [\"192.0.2.1\"]",
                "/requestContext/identity/sourceIp {}",
                "/requestContext/requestId 7",
                "/requestContext/path {}",
                "/requestContext/resourcePath []",
                "/requestContext/stage 1",
                "/pathParameters {\"proxy\":[]}"
            })
    void fieldOfARestApiOfTheWrongTypeIsNoRequest(String damage) throws IOException {
        isNoRequest(damaged("rest-api", damage));
    }

    private String damaged(String sample, String damage) throws IOException {
        String[] fieldAndValue = damage.split(" ", 2);
        int lastSlash = fieldAndValue[0].lastIndexOf('/');
        ObjectNode event = sample(sample);
        ((ObjectNode) event.at(fieldAndValue[0].substring(0, lastSlash)))
                .set(fieldAndValue[0].substring(lastSlash + 1), mapper.readTree(fieldAndValue[1]));
        return event.toString();
    }

    @Test
    void fieldsThatTheFunctionDoesNotUseMayHaveAnyType() throws IOException {
        ObjectNode event = sample("rest-api");
        event.put("stageVariables", 7).put("resource", false);
        event.withObject("/requestContext").putArray("authorizer").add(1);
        isReadAs(sample("rest-api"), event);
        event = sample("load-balancer");
        event.withObject("/requestContext").put("elb", 7);
        isReadAs(sample("load-balancer"), event);
    }

    @Test
    void fieldsThatAreNullAreAbsent() throws IOException {
        ObjectNode event = sample("rest-api");
        event.putNull("isBase64Encoded").putNull("headers").putNull("multiValueHeaders");
        event.putNull("queryStringParameters").putNull("multiValueQueryStringParameters");
        ReceivedRequest request = received(event);
        assertThat(request.headers(), is(Map.of()));
        assertThat(request.query().parameters(), is(List.of()));
    }

    /** Joining a million values one by one would take minutes, and keeping them the memory of the function. */
    @ParameterizedTest
    @ValueSource(strings = {"rest-api", "multi-value-load-balancer"})
    @Timeout(30)
    void oversizedEventIsRefusedInTime(String sample) throws IOException {
        String emptyValues = "{\"\":[\"\"" + ",\"\"".repeat(1_000_000) + "]}";
        String names = IntStream.range(0, 200_000)
                .mapToObj(number -> '"' + "a" + number + "\":[\"\"]")
                .collect(Collectors.joining(",", "{", "}"));
        String event = sample(sample).toString();
        for (String headers : List.of(emptyValues, names)) {
            isNoRequest(event.replaceFirst("(?=}$)", ",\"multiValueHeaders\":" + headers));
        }
        isNoRequest(event.replaceFirst("(?=}$)", ",\"multiValueQueryStringParameters\":" + names));
    }

    @Test
    void emojiIsWrittenAsUtf8() throws IOException {
        assertThat(mapper.writeValueAsBytes("\ud83d\ude00").length, is(6));
    }

    @ParameterizedTest
    @EnumSource
    void answerHasTheFormOfItsWay(Way way) throws IOException {
        String written = mapper.writerFor(APIGatewayV2HTTPResponse.class).writeValueAsString(answer(way));
        String expected = switch (way) {
            case HTTP_API, REST_API -> "{'statusCode':201,'headers':{'X-Request-Id':'id'},'isBase64Encoded':false}";
            case LOAD_BALANCER ->
                "{'statusCode':201,'statusDescription':'201 Created',"
                        + "'headers':{'X-Request-Id':'id'},'isBase64Encoded':false}";
            case MULTI_VALUE_LOAD_BALANCER ->
                "{'statusCode':201,'statusDescription':'201 Created',"
                        + "'multiValueHeaders':{'X-Request-Id':['id']},'isBase64Encoded':false}";
        };
        assertThat(written, is(expected.replace('\'', '"')));
    }

    private static APIGatewayV2HTTPResponse answer(Way way) {
        APIGatewayV2HTTPEvent event = new APIGatewayV2HTTPEvent();
        event.setVersion(
                switch (way) {
                    case HTTP_API, REST_API -> null;
                    case LOAD_BALANCER -> EventReader.LOAD_BALANCER;
                    case MULTI_VALUE_LOAD_BALANCER -> EventReader.MULTI_VALUE_LOAD_BALANCER;
                });
        APIGatewayV2HTTPResponse answer = HttpEventBoundary.answerInFormOf(event, Map.of("X-Request-Id", "id"));
        answer.setStatusCode(201);
        return answer;
    }
}
