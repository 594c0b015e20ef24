package dis.checkpoint.lambda;

import static dis.checkpoint.support.Api.query;
import static dis.checkpoint.support.Api.submission;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dis.checkpoint.support.Api;
import dis.checkpoint.support.CapturedLog;
import dis.checkpoint.support.EmbeddedServices;
import dis.checkpoint.support.Events;
import dis.checkpoint.support.InEachWay;
import dis.checkpoint.support.Way;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls in each way in which they reach the function: paths, queries, headers, bodies, sizes, and the form of the answer. */
@QuarkusTest
@WithTestResource(EmbeddedServices.class)
class GatewayEventsTest {

    private static final String EMOJI = "\ud83d\ude00";

    @Inject
    RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> function;

    @Inject
    ObjectMapper mapper;

    private final String app = Api.newApp();

    private APIGatewayV2HTTPResponse answer(Way way, APIGatewayV2HTTPEvent call) {
        return way.answer(function, mapper, call);
    }

    private int status(Way way, APIGatewayV2HTTPEvent call) {
        return answer(way, call).getStatusCode();
    }

    private void isError(Way way, APIGatewayV2HTTPEvent call, int status, String code) throws IOException {
        APIGatewayV2HTTPResponse response = answer(way, call);
        JsonNode body = mapper.readTree(response.getBody());
        assertThat(response.getBody(), response.getStatusCode(), is(status));
        assertThat(body.path("errorCode").asText(), is(code));
        assertThat(body.path("request_id").asText(), is(response.getHeaders().get("X-Request-Id")));
    }

    private APIGatewayV2HTTPEvent at(String path) {
        APIGatewayV2HTTPEvent call = Events.event("GET", query(app, "0"));
        call.setRawPath(path);
        return call;
    }

    private static APIGatewayV2HTTPEvent anonymous(APIGatewayV2HTTPEvent call) {
        call.getHeaders().remove("x-auth-token");
        return call;
    }

    private static APIGatewayV2HTTPEvent with(APIGatewayV2HTTPEvent call, String header, String value) {
        call.getHeaders().put(header, value);
        return call;
    }

    private static APIGatewayV2HTTPEvent postInBase64(byte[] body) {
        APIGatewayV2HTTPEvent call =
                Events.event("POST", "", Base64.getEncoder().encodeToString(body));
        call.setIsBase64Encoded(true);
        return call;
    }

    private void store(Way way, String number) {
        assertThat(status(way, Events.post(submission(app, number))), is(201));
    }

    private APIGatewayV2HTTPEvent deletion(String query) {
        return Events.event("DELETE", query, null);
    }

    private String all() {
        return "stream_name=newstream&app_name=" + app;
    }

    @InEachWay
    void answerStatesTheLengthOfItsBodyInBytes(Way way) {
        Map<String, Object> submission = submission(app, "2");
        submission.put("metadata", EMOJI.repeat(1_000));
        APIGatewayV2HTTPResponse created = answer(way, Events.post(submission));
        assertThat(created.getHeaders().keySet(), is(Set.of("Content-Length", "X-Request-Id")));
        assertThat(created.getHeaders().get("Content-Length"), is("0"));

        APIGatewayV2HTTPResponse found = answer(way, Events.event("GET", query(app, "0")));
        assertThat(found.getBody(), containsString(EMOJI.repeat(1_000)));
        int length = found.getBody().getBytes(StandardCharsets.UTF_8).length;
        assertThat(found.getHeaders().keySet(), is(Set.of("Content-Type", "Content-Length", "X-Request-Id")));
        assertThat(found.getHeaders().get("Content-Type"), is(Api.MEDIA_TYPE));
        assertThat(found.getHeaders().get("Content-Length"), is(Integer.toString(length)));
        assertThat(found.getIsBase64Encoded(), is(false));

        APIGatewayV2HTTPResponse deleted = answer(way, Events.event("DELETE", query(app, "0")));
        assertThat(deleted.getHeaders().keySet(), is(Set.of("X-Request-Id")));
    }

    @Test
    void longAnswerArrivesWholeOverHttp() {
        Map<String, Object> submission = submission(app, "2");
        submission.put("metadata", EMOJI.repeat(1_000));
        Api.post(submission).then().statusCode(201);
        Api.get(query(app, "0")).then().statusCode(200).body("metadata", is(EMOJI.repeat(1_000)));
    }

    /** HTTP APIs hand paths over decoded. */
    @InEachWay({"check points", "ch\u00fcck", "a?b", "x\\y", "{x}", "a#b", "a\u0000b", "\ud83d", "checkpoints;a=b"})
    void pathOfUnusualCharactersIsNotFound(Way way, String resource) throws IOException {
        String path = "/v2/" + Api.PROJECT + "/" + resource;
        isError(way, anonymous(at(path)), 401, "DIS.4113");
        isError(way, at(path), 404, "DIS.4200");
    }

    @InEachWay({"/v2/x\\y", "/v2/{x}", "/v2/%zz/checkpoints", "/", "", "*", "/q/health"})
    void tokenIsCheckedBeforeThePath(Way way, String path) throws IOException {
        isError(way, anonymous(at(path)), 401, "DIS.4113");
    }

    @InEachWay({"%zz", "a={}", "a=%", "%", "=", "&&&", "a=\u00fc", "a=b%26c"})
    void tokenIsCheckedBeforeTheQueryAndUnknownParametersAreIgnored(Way way, String query) throws IOException {
        isError(way, anonymous(Events.event("GET", query, null)), 401, "DIS.4113");
        APIGatewayV2HTTPEvent call = Events.event("GET", query(app, "0"));
        call.setRawQueryString(query + "&" + call.getRawQueryString());
        assertThat(status(way, call), is(200));
    }

    @InEachWay({"//v2/project-1/checkpoints", "//v2/project-1/checkpoints/", "/v2/project-1/checkpoints/"})
    void extraSlashOfTheEndpointIsTheSameCall(Way way, String path) {
        store(way, "5");
        assertThat(answer(way, at(path)).getBody(), containsString("\"5\""));
    }

    /** The timeout is short of the hours that a search for the end of such a path could take. */
    @InEachWay
    @Timeout(60)
    void oversizedRequestIsRefusedWhoeverSendsIt(Way way) throws IOException {
        isTooLarge(way, at("/v2/" + Api.PROJECT + "/" + "a".repeat(5_000_000)), 400);
        isTooLarge(way, at("/v2/" + "a".repeat(8 * 1024)), 400);
        isTooLarge(way, at("/v2/" + Api.PROJECT + "/x".repeat(200_000)), 400);
        isTooLarge(way, at("/v2/" + "\u00fc".repeat(4 * 1024)), 400);

        isTooLarge(way, Events.event("GET", "a=" + "b".repeat(16 * 1024 - 1), null), 400);
        isTooLarge(way, Events.event("DELETE", "a=" + "%41".repeat(2_000_000), null), 400);
        isTooLarge(way, Events.event("DELETE", parameters(100_000), null), 400);

        isTooLarge(way, with(at(Api.path()), "accept", ",".repeat(1_000_000)), 400);
        isTooLarge(way, with(at(Api.path()), "x", "\u00fc".repeat(32 * 1024)), 400);

        for (String method : new String[] {"POST", "GET", "DELETE", "PUT"}) {
            isTooLarge(way, Events.event(method, "", "x".repeat(16 * 1024 + 1)), 413);
            isTooLarge(way, Events.event(method, "", "\u00fc".repeat(8 * 1024) + "x"), 413);
        }
        isTooLarge(way, postInBase64(new byte[16 * 1024 + 1]), 413);
    }

    private void isTooLarge(Way way, APIGatewayV2HTTPEvent call, int status) throws IOException {
        isError(way, call, status, "DIS.4200");
        isError(way, anonymous(call), status, "DIS.4200");
    }

    private static String parameters(int number) {
        return IntStream.range(0, number).mapToObj(i -> "a" + i).collect(Collectors.joining("&"));
    }

    @InEachWay
    void largestRequestIsAccepted(Way way) throws IOException {
        isError(way, at("/v2/" + "a".repeat(8 * 1024 - "/v2/".length())), 400, "DIS.4117");
        isError(way, Events.event("GET", "a=" + "b".repeat(16 * 1024 - 2), null), 400, "DIS.4200");
        String body = mapper.writeValueAsString(submission(app, "2"));
        String padded = body + " ".repeat(16 * 1024 - body.length());
        assertThat(status(way, Events.event("POST", "", padded)), is(201));
        assertThat(status(way, postInBase64(padded.getBytes(StandardCharsets.UTF_8))), is(201));
    }

    @InEachWay
    void deletionWithMoreThan64ParametersDeletesNothing(Way way) throws IOException {
        store(way, "5");
        isError(way, deletion(all() + "&" + parameters(1_021) + "&partition_id=7"), 400, "DIS.4200");
        isError(way, deletion(all() + "&" + parameters(62) + "&partition_id=7"), 400, "DIS.4200");
        assertThat(status(way, deletion(all() + "&partition_id=7&" + parameters(61))), is(204));
        assertThat(Api.storedSequenceNumber(app), is("5"));
    }

    @InEachWay({
        "PARTITION_ID",
        "+partition_id",
        "partition_id%20",
        "partition_id%00",
        "partition_id%zz",
        "%EF%BB%BFpartition_id",
        "%70artition_id%",
        "partition[]",
        "shardId"
    })
    void deletionWithAMisspelledPartitionDeletesNothing(Way way, String name) throws IOException {
        store(way, "5");
        isError(way, deletion(all() + "&" + name + "=7"), 400, "DIS.4201");
        assertThat(Api.storedSequenceNumber(app), is("5"));
    }

    @InEachWay({"{\"a\":1,\"\\u0070artition_id\":7}", "\u00ef\u00bb\u00bf partition=7"})
    void deletionWithAPartitionInItsBodyDeletesNothing(Way way, String body) throws IOException {
        store(way, "5");
        isError(way, Events.event("DELETE", all(), body), 400, "DIS.4201");
        assertThat(Api.storedSequenceNumber(app), is("5"));
    }

    @InEachWay({"", " ", "{}", "[]", "{\"app_name\":\"my-partition\"}", "null", "x"})
    void otherBodyOfADeletionIsIgnored(Way way, String body) {
        store(way, "5");
        assertThat(status(way, Events.event("DELETE", all(), body)), is(204));
        assertThat(Api.storedSequenceNumber(app), is("-1"));
    }

    @InEachWay
    void emptyParameterIsGiven(Way way) throws IOException {
        store(way, "5");
        isError(way, deletion(all() + "&checkpoint_type="), 400, "DIS.4200");
        isError(way, deletion(all() + "&checkpoint_type"), 400, "DIS.4200");
        isError(way, deletion(all() + "&partition_id="), 400, "DIS.4201");
        isError(way, deletion(all() + "&partition_id"), 400, "DIS.4201");
        assertThat(Api.storedSequenceNumber(app), is("5"));
        assertThat(status(way, deletion(all())), is(204));
        assertThat(Api.storedSequenceNumber(app), is("-1"));
    }

    @InEachWay
    void blanksAroundTheSemicolonOfAMediaTypeAreAllowed(Way way) {
        APIGatewayV2HTTPEvent call =
                with(Events.post(submission(app, "2")), "content-type", "application/json\t;\tcharset=utf-8");
        assertThat(status(way, with(call, "accept", "*/* ; q=0.5")), is(201));
    }

    @InEachWay({"application/json, text/plain", "text/plain, application/json", "application/json\r\nx: y", "\u0000"})
    void textThatIsNoMediaTypeIsRefused(Way way, String type) throws IOException {
        isError(way, with(Events.post(submission(app, "2")), "content-type", type), 415, "DIS.4200");
        assertThat(Api.storedSequenceNumber(app), is("-1"));
    }

    @InEachWay
    void missingOrEmptyBodyIsAnEmptyRequest(Way way) throws IOException {
        isError(way, Events.event("POST", "", null), 400, "DIS.4202");
        isError(way, Events.event("POST", "", ""), 400, "DIS.4202");
        isError(way, postInBase64(new byte[0]), 400, "DIS.4202");
    }

    @InEachWay
    void oneByteOrderMarkBeforeABodyIsSkipped(Way way) throws IOException {
        String body = mapper.writeValueAsString(submission(app, "2"));
        assertThat(status(way, Events.event("POST", "", "\uFEFF" + body)), is(201));
        isError(way, Events.event("POST", "", "\uFEFF\uFEFF" + body), 400, "DIS.4300");
        isError(way, Events.event("POST", "", "\uFEFF"), 400, "DIS.4202");
    }

    @InEachWay
    void answerSaysWhyABodyCannotBeRead(Way way) {
        APIGatewayV2HTTPEvent call = Events.event("POST", "", "e30=\r\ne30=");
        call.setIsBase64Encoded(true);
        String refusal = answer(way, call).getBody();
        assertThat(refusal, containsString("DIS.4300"));
        assertThat(refusal, containsString("without line breaks"));
        byte[] latin1 = "{\"metadata\":\"\u00fc\"}".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(
                answer(way, postInBase64(latin1)).getBody(),
                containsString("the body must be UTF-8, and holds bytes that are not"));
    }

    @InEachWay
    void unpairedSurrogateIsRefusedAndNotStoredAsAnotherText(Way way) throws IOException {
        String body = mapper.writeValueAsString(submission(app, "2")).replaceFirst("}$", ",\"metadata\":\"\ud83d\"}");
        isError(way, Events.event("POST", "", body), 400, "DIS.4300");
        assertThat(Api.storedSequenceNumber(app), is("-1"));
    }

    @InEachWay({"HEAD", "OPTIONS"})
    void otherMethodIsToldWhichAreAllowed(Way way, String method) throws IOException {
        APIGatewayV2HTTPEvent call = Events.event(method, query(app, "0"));
        isError(way, call, 405, "DIS.4200");
        assertThat(answer(way, call).getHeaders().get("Allow"), is("DELETE, GET, POST"));
    }

    @InEachWay
    void refusalBeforeTheCallHasALogLineWithoutValuesOfTheCaller(Way way) throws IOException {
        try (CapturedLog log = new CapturedLog()) {
            APIGatewayV2HTTPEvent call = at("/v2/s3cret!/\"s3cret");
            call.getHeaders().put("host", "s3cret:s3cret");
            call.getHeaders().put("x-auth-token", "s3cret");
            APIGatewayV2HTTPResponse refusal = answer(way, call);
            assertThat(refusal.getStatusCode(), is(401));
            assertThat(log.messages(), hasSize(1));
            JsonNode line = mapper.readTree(log.messages().get(0));
            assertThat(line.path("request_id").asText(), is(refusal.getHeaders().get("X-Request-Id")));
            assertThat(line.path("source_ip").asText(), is("192.0.2.1"));
            assertThat(line.path("method").asText(), is("GET"));
            assertThat(log.messages(), not(hasItem(containsString("s3cret"))));
        }
    }

    @Test
    void healthCheckOfALoadBalancerIsACallWithoutAToken() throws IOException {
        APIGatewayV2HTTPEvent call = anonymous(Events.event("GET", "", null));
        call.setRawPath("/");
        call.setHeaders(Map.of("user-agent", "ELB-HealthChecker/2.0"));
        isError(Way.LOAD_BALANCER, call, 401, "DIS.4113");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"source\":\"aws.events\",\"detail-type\":\"Scheduled Event\",\"version\":\"0\"}",
                "{\"Records\":[{\"eventSource\":\"aws:sqs\",\"body\":\"{}\"}]}",
                "{\"warmup\":true}",
                "null",
                "[]"
            })
    void otherEventIsAnsweredOneErrorAndHasOneLogLine(String event) throws IOException {
        try (CapturedLog log = new CapturedLog()) {
            APIGatewayV2HTTPResponse refusal =
                    function.handleRequest(mapper.readValue(event, APIGatewayV2HTTPEvent.class), null);
            assertThat(refusal.getStatusCode(), is(400));
            assertThat(
                    mapper.readTree(refusal.getBody()).path("message").asText(),
                    startsWith("Invalid request. [the event is not an HTTP request"));
            assertThat(log.messages(), hasSize(1));
            assertThat(log.messages().get(0), containsString("the event is not an HTTP request"));
        }
    }

    @Test
    void streamOfAnotherAccountIsNotSupportedAndTheAnswerSaysSo() {
        Map<String, Object> submission = submission(app, "2");
        submission.remove("stream_name");
        submission.put("stream_id", "9Xk");
        APIGatewayV2HTTPResponse refused = answer(Way.HTTP_API, Events.post(submission));
        assertThat(refused.getStatusCode(), is(400));
        assertThat(
                refused.getBody(),
                containsString("stream_id alone, for a stream of another account, is not supported"));
        Map<String, Object> query = query(app, "0");
        query.remove("stream_name");
        query.put("stream_id", "9Xk");
        for (String method : new String[] {"GET", "DELETE"}) {
            APIGatewayV2HTTPResponse answer = answer(Way.HTTP_API, Events.event(method, query));
            assertThat(answer.getStatusCode(), is(400));
            assertThat(answer.getBody(), containsString("DIS.4200"));
            assertThat(answer.getBody(), containsString("is not supported"));
        }
    }

    @Test
    void streamIdBesideAStreamNameIsIgnored() {
        for (Object id : new Object[] {"9Xk", 7, Map.of("a", 1), "x".repeat(2_000)}) {
            Map<String, Object> submission = submission(app, "2");
            submission.put("stream_id", id);
            assertThat(status(Way.HTTP_API, Events.post(submission)), is(201));
        }
    }

    /** The Kafka adapter sends -1 once it has left its group. */
    @Test
    void generationMinusOneIsLowerThanAnyStoredGenerationAndIsNotStored() throws IOException {
        Map<String, Object> left = submission(app, "5");
        left.put("generation_id", -1);
        assertThat(status(Way.HTTP_API, Events.post(left)), is(201));
        left.put("sequence_number", "6");
        assertThat(status(Way.HTTP_API, Events.post(left)), is(201));
        Map<String, Object> member = submission(app, "7");
        member.put("generation_id", 0);
        assertThat(status(Way.HTTP_API, Events.post(member)), is(201));
        left.put("sequence_number", "8");
        isError(Way.HTTP_API, Events.post(left), 400, "DIS.4703");
        assertThat(Api.storedSequenceNumber(app), is("7"));
    }
}
