package dis.checkpoint.lambda;

import static dis.checkpoint.support.Api.query;
import static dis.checkpoint.support.Api.submission;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dis.checkpoint.support.Api;
import dis.checkpoint.support.CapturedLog;
import dis.checkpoint.support.EmbeddedServices;
import dis.checkpoint.support.Events;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What gateways and clients really send: by which path, with which query, how much of it; and the answer's form. */
@QuarkusTest
@WithTestResource(EmbeddedServices.class)
class GatewayEventsTest {

    private static final String EMOJI = "\ud83d\ude00";

    @Inject
    RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> function;

    @Inject
    ObjectMapper mapper;

    private final String app = Api.newApp();

    private APIGatewayV2HTTPResponse handle(APIGatewayV2HTTPEvent event) {
        return function.handleRequest(event, null);
    }

    private void isError(APIGatewayV2HTTPEvent event, int status, String code) throws Exception {
        APIGatewayV2HTTPResponse response = handle(event);
        JsonNode body = mapper.readTree(response.getBody());
        assertThat(response.getBody(), response.getStatusCode(), is(status));
        assertThat(body.path("errorCode").asText(), is(code));
        assertThat(
                body.path("request_id").asText(), is(event.getRequestContext().getRequestId()));
    }

    private APIGatewayV2HTTPEvent at(String path) {
        APIGatewayV2HTTPEvent event = Events.event("GET", query(app, "0"));
        event.setRawPath(path);
        return event;
    }

    private static APIGatewayV2HTTPEvent anonymous(APIGatewayV2HTTPEvent event) {
        event.getHeaders().remove("x-auth-token");
        return event;
    }

    private void store(String number) {
        assertThat(handle(Events.post(submission(app, number))).getStatusCode(), is(201));
    }

    private APIGatewayV2HTTPEvent deletion(String query) {
        return Events.event("DELETE", query, null);
    }

    private String all() {
        return "stream_name=newstream&app_name=" + app;
    }

    @Test
    void everyBodyHasItsLengthAndNoAnswerAHeaderOfTheConnection() {
        Map<String, Object> submission = submission(app, "2");
        submission.put("metadata", EMOJI.repeat(1_000));
        APIGatewayV2HTTPResponse created = handle(Events.post(submission));
        assertThat(created.getHeaders().keySet(), is(Set.of("Content-Length", "X-Request-Id")));
        assertThat(created.getHeaders().get("Content-Length"), is("0"));

        APIGatewayV2HTTPEvent query = Events.event("GET", query(app, "0"));
        APIGatewayV2HTTPResponse found = handle(query);
        assertThat(found.getBody(), containsString(EMOJI.repeat(1_000)));
        int length = found.getBody().getBytes(StandardCharsets.UTF_8).length;
        assertThat(
                found.getHeaders(),
                is(Map.of(
                        "Content-Type",
                        Api.MEDIA_TYPE,
                        "Content-Length",
                        Integer.toString(length),
                        "X-Request-Id",
                        query.getRequestContext().getRequestId())));
        assertThat(found.getIsBase64Encoded(), is(false));

        APIGatewayV2HTTPResponse deleted = handle(Events.event("DELETE", query(app, "0")));
        assertThat(deleted.getHeaders().keySet(), is(Set.of("X-Request-Id")));
    }

    @Test
    void aLongAnswerArrivesWholeOverHttp() {
        Map<String, Object> submission = submission(app, "2");
        submission.put("metadata", EMOJI.repeat(1_000));
        Api.post(submission).then().statusCode(201);
        Api.get(query(app, "0")).then().statusCode(200).body("metadata", is(EMOJI.repeat(1_000)));
    }

    @Test
    void emojiLeaveAsUtf8() throws Exception {
        assertThat(mapper.writeValueAsBytes(EMOJI).length, is(6));
    }

    /** HTTP APIs hand paths over decoded. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "check points",
                "ch\u00fcck",
                "a?b",
                "x\\y",
                "{x}",
                "a#b",
                "a\u0000b",
                "\ud83d",
                "checkpoints;a=b"
            })
    void aPathOfOtherCharactersIsAnUnknownOneLikeAnyOther(String resource) throws Exception {
        String path = "/v2/" + Api.PROJECT + "/" + resource;
        isError(anonymous(at(path)), 401, "DIS.4113");
        isError(at(path), 404, "DIS.4200");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v2/x\\y", "/v2/{x}", "/v2/%zz/checkpoints", "/", "", "*", "/q/health"})
    void noPathIsAnsweredBeforeTheTokenIsLookedAt(String path) throws Exception {
        isError(anonymous(at(path)), 401, "DIS.4113");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%zz", "a={}", "a=%", "%", "=", "&&&", "a=\u00fc"})
    void noQueryIsAnsweredBeforeTheTokenIsLookedAtAndWhatNobodyReadsIsIgnored(String query) throws Exception {
        isError(anonymous(Events.event("GET", query, null)), 401, "DIS.4113");
        APIGatewayV2HTTPEvent event = Events.event("GET", query(app, "0"));
        event.setRawQueryString(query + "&" + event.getRawQueryString());
        assertThat(handle(event).getStatusCode(), is(200));
    }

    @ParameterizedTest
    @ValueSource(strings = {"//v2/project-1/checkpoints", "//v2/project-1/checkpoints/", "/v2/project-1/checkpoints/"})
    void aSlashTooManyOfTheEndpointIsTheSameCall(String path) {
        store("5");
        assertThat(handle(at(path)).getBody(), containsString("\"5\""));
    }

    /** Whoever asks: nothing of it is looked at. A search for the end of such a path could take hours. */
    @Test
    @Timeout(60)
    void whatIsTooLargeIsRefusedBeforeItIsLookedAt() throws Exception {
        isTooLarge(at("/v2/" + Api.PROJECT + "/" + "a".repeat(5_000_000)), 400);
        isTooLarge(at("/v2/" + "a".repeat(8 * 1024)), 400);
        isTooLarge(at("/v2/" + Api.PROJECT + "/x".repeat(200_000)), 400);
        isTooLarge(at("/v2/" + "\u00fc".repeat(4 * 1024)), 400);

        isTooLarge(Events.event("GET", "a=" + "b".repeat(16 * 1024 - 1), null), 400);
        isTooLarge(Events.event("GET", "a".repeat(6_000_000), null), 400);
        isTooLarge(Events.event("DELETE", "%41=&".repeat(1_000_000), null), 400);

        isTooLarge(with(at(Api.path()), "accept", ",".repeat(1_000_000)), 400);
        isTooLarge(with(at(Api.path()), "x".repeat(64 * 1024), ""), 400);

        for (String method : new String[] {"POST", "GET", "DELETE", "PUT"}) {
            isTooLarge(Events.event(method, "", "x".repeat(16 * 1024 + 1)), 413);
            isTooLarge(Events.event(method, "", "\u00fc".repeat(8 * 1024) + "x"), 413);
            APIGatewayV2HTTPEvent event =
                    Events.event(method, "", Base64.getEncoder().encodeToString(new byte[16 * 1024 + 1]));
            event.setIsBase64Encoded(true);
            isTooLarge(event, 413);
        }
    }

    private void isTooLarge(APIGatewayV2HTTPEvent event, int status) throws Exception {
        isError(event, status, "DIS.4200");
        isError(anonymous(event), status, "DIS.4200");
    }

    private static APIGatewayV2HTTPEvent with(APIGatewayV2HTTPEvent event, String header, String value) {
        event.getHeaders().put(header, value);
        return event;
    }

    @Test
    void whatIsAsLargeAsItMayBeIsLookedAt() throws Exception {
        isError(at("/v2/" + "a".repeat(8 * 1024 - 4)), 400, "DIS.4117");
        isError(Events.event("GET", "a=" + "b".repeat(16 * 1024 - 2), null), 400, "DIS.4200");
        String body = mapper.writeValueAsString(submission(app, "2"));
        String padding = " ".repeat(16 * 1024 - body.length());
        assertThat(handle(Events.event("POST", "", body + padding)).getStatusCode(), is(201));
        APIGatewayV2HTTPEvent event = Events.event(
                "POST", "", Base64.getEncoder().encodeToString((body + padding).getBytes(StandardCharsets.UTF_8)));
        event.setIsBase64Encoded(true);
        assertThat(handle(event).getStatusCode(), is(201));
    }

    @Test
    void moreThan64ParametersAreRefusedAndNothingIsDeleted() throws Exception {
        store("5");
        isError(deletion(all() + "&a".repeat(1_021) + "&partition_id=7"), 400, "DIS.4200");
        isError(deletion(all() + "&a".repeat(62) + "&partition_id=7"), 400, "DIS.4200");
        assertThat(handle(deletion(all() + "&partition_id=7" + "&a".repeat(61))).getStatusCode(), is(204));
        assertThat(Api.storedSequenceNumber(app), is("5"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Partition_ID",
                "PARTITION_ID",
                "+partition_id",
                "partition_id%20",
                "partition-id",
                "partitionId",
                "partition_id%00",
                "partition_id%zz",
                "partition_idx",
                "partitin_id",
                "%EF%BB%BFpartition_id",
                "partition_id[]",
                "%70artition_id%",
                "partition_id%",
                "partition",
                "partitions",
                "partition[]",
                "partition_count",
                "PARTITION",
                "shardId",
                "shard_id",
                "shard"
            })
    void aDeletionWhosePartitionIsMisspelledDeletesNothing(String name) throws Exception {
        store("5");
        isError(deletion(all() + "&" + name + "=7"), 400, "DIS.4201");
        assertThat(Api.storedSequenceNumber(app), is("5"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "stream_id", "version", "part", "app_names"})
    void aDeletionIgnoresOtherParameters(String name) {
        store("5");
        assertThat(handle(deletion(all() + "&" + name + "=7")).getStatusCode(), is(204));
        assertThat(Api.storedSequenceNumber(app), is("-1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"partition_id\":\"7\"}",
                "{\"a\":1,\"\\u0070artition_id\":7}",
                "[{\"partitionId\":7}]",
                "{\"shardId\":7",
                "partition_id=7",
                "\u00ef\u00bb\u00bf partition=7"
            })
    void aDeletionWhosePartitionIsInItsBodyDeletesNothing(String body) throws Exception {
        store("5");
        isError(Events.event("DELETE", all(), body), 400, "DIS.4201");
        assertThat(Api.storedSequenceNumber(app), is("5"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{}", "[]", "{\"app_name\":\"my-partition\"}", "null", "x"})
    void aDeletionIgnoresAnyOtherBody(String body) {
        store("5");
        assertThat(handle(Events.event("DELETE", all(), body)).getStatusCode(), is(204));
        assertThat(Api.storedSequenceNumber(app), is("-1"));
    }

    @Test
    void aDeletionOfOnePartitionMayHaveItInItsBodyToo() {
        store("5");
        APIGatewayV2HTTPEvent event = Events.event("DELETE", all() + "&partition_id=7", "{\"partition_id\":\"0\"}");
        assertThat(handle(event).getStatusCode(), is(204));
        assertThat(Api.storedSequenceNumber(app), is("5"));
    }

    @Test
    void aParameterThatIsGivenEmptyIsGiven() throws Exception {
        store("5");
        isError(deletion(all() + "&checkpoint_type="), 400, "DIS.4200");
        isError(deletion(all() + "&checkpoint_type"), 400, "DIS.4200");
        isError(deletion(all() + "&partition_id="), 400, "DIS.4201");
        isError(deletion(all() + "&partition_id"), 400, "DIS.4201");
        assertThat(Api.storedSequenceNumber(app), is("5"));
        assertThat(handle(deletion(all())).getStatusCode(), is(204));
        assertThat(Api.storedSequenceNumber(app), is("-1"));
    }

    /** RFC 9110 lets blanks be around a semicolon. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json ; charset=utf-8",
                "application/json;charset=utf-8",
                "application/json\t;\tcharset=utf-8"
            })
    void blanksAroundTheSemicolonOfAMediaTypeAreNoDifference(String type) {
        APIGatewayV2HTTPEvent event = with(Events.post(submission(app, "2")), "content-type", type);
        assertThat(handle(with(event, "accept", "*/* ; q=0.5")).getStatusCode(), is(201));
        event = with(Events.event("GET", query(app, "0")), "accept", type.replace("utf-8", "utf-8 ; q=0.1"));
        assertThat(handle(event).getStatusCode(), is(200));
    }

    @Test
    void aByteOrderMarkBeforeABodyIsSkippedOnce() throws Exception {
        String body = mapper.writeValueAsString(submission(app, "2"));
        assertThat(handle(Events.event("POST", "", "\uFEFF" + body)).getStatusCode(), is(201));
        isError(Events.event("POST", "", "\uFEFF\uFEFF" + body), 400, "DIS.4300");
        isError(Events.event("POST", "", "\uFEFF"), 400, "DIS.4202");
    }

    /** The sign of the unit kelvin, which Unicode lowers to a k. */
    @Test
    void aHeaderIsKnownByItsNameInAsciiAlone() throws Exception {
        APIGatewayV2HTTPEvent event = anonymous(at(Api.path()));
        event.getHeaders().put("x-auth-to\u212Aen", Api.TOKEN);
        isError(event, 401, "DIS.4113");
        event.getHeaders().put("X-AUTH-TOKEN", Api.TOKEN);
        assertThat(handle(event).getStatusCode(), is(200));
    }

    @Test
    void aBodyThatCannotBeReadIsToldWhy() {
        APIGatewayV2HTTPEvent event = Events.event("POST", "", "e30=\r\ne30=");
        event.setIsBase64Encoded(true);
        assertThat(handle(event).getBody(), containsString("DIS.4300"));
        assertThat(handle(event).getBody(), containsString("without line breaks"));
        byte[] latin1 = "{\"metadata\":\"\u00fc\"}".getBytes(StandardCharsets.ISO_8859_1);
        event = Events.event("POST", "", Base64.getEncoder().encodeToString(latin1));
        event.setIsBase64Encoded(true);
        assertThat(handle(event).getBody(), containsString("the body must be UTF-8, and holds bytes that are not"));
    }

    @Test
    void aStreamOfAnotherAccountIsNotSupportedAndSaysSo() {
        Map<String, Object> submission = submission(app, "2");
        submission.remove("stream_name");
        submission.put("stream_id", "9Xk");
        APIGatewayV2HTTPResponse refused = handle(Events.post(submission));
        assertThat(refused.getStatusCode(), is(400));
        assertThat(
                refused.getBody(),
                containsString("stream_id alone, for a stream of another account, is not supported"));
        Map<String, Object> query = query(app, "0");
        query.remove("stream_name");
        query.put("stream_id", "9Xk");
        for (String method : new String[] {"GET", "DELETE"}) {
            APIGatewayV2HTTPResponse answer = handle(Events.event(method, query));
            assertThat(answer.getStatusCode(), is(400));
            assertThat(answer.getBody(), containsString("DIS.4200"));
            assertThat(answer.getBody(), containsString("is not supported"));
        }
    }

    @Test
    void aStreamIdBesideAStreamNameIsIgnored() {
        for (Object id : new Object[] {"9Xk", 7, Map.of("a", 1), "x".repeat(2_000)}) {
            Map<String, Object> submission = submission(app, "2");
            submission.put("stream_id", id);
            assertThat(handle(Events.post(submission)).getStatusCode(), is(201));
        }
    }

    @Test
    void anUnpairedSurrogateIsRefusedAndNotStoredAsAnotherText() throws Exception {
        String body = mapper.writeValueAsString(submission(app, "2")).replaceFirst("}$", ",\"metadata\":\"\ud83d\"}");
        isError(Events.event("POST", "", body), 400, "DIS.4300");
        assertThat(Api.storedSequenceNumber(app), is("-1"));
    }

    @Test
    void aNumberThatIsTooLongIsSaidToBeThat() throws Exception {
        String body = mapper.writeValueAsString(submission(app, "2"));
        for (String field : new String[] {"unknown", "generation_id"}) {
            APIGatewayV2HTTPResponse refused = handle(Events.event(
                    "POST", "", body.replaceFirst("}$", ",\"" + field + "\":" + "7".repeat(15_000) + "}")));
            assertThat(refused.getStatusCode(), is(400));
            assertThat(refused.getBody(), containsString("numbers of over 1000 digits"));
            assertThat(refused.getBody(), not(containsString("repeated")));
        }
    }

    /** The Kafka adapter, once it has left its group. */
    @Test
    void aGenerationOfNoneIsLowerThanAnyAndIsNotStored() throws Exception {
        Map<String, Object> left = submission(app, "5");
        left.put("generation_id", -1);
        assertThat(handle(Events.post(left)).getStatusCode(), is(201));
        left.put("sequence_number", "6");
        assertThat(handle(Events.post(left)).getStatusCode(), is(201));
        Map<String, Object> member = submission(app, "7");
        member.put("generation_id", 0);
        assertThat(handle(Events.post(member)).getStatusCode(), is(201));
        left.put("sequence_number", "8");
        isError(Events.post(left), 400, "DIS.4703");
        assertThat(Api.storedSequenceNumber(app), is("7"));
    }

    @Test
    void whoeverSignsIsToldThatSignaturesAreNotEnabled() {
        APIGatewayV2HTTPEvent event = anonymous(at(Api.path()));
        event.getHeaders().put("authorization", "SDK-HMAC-SHA256 Access=AK, SignedHeaders=host, Signature=00");
        assertThat(handle(event).getBody(), containsString("AK/SK signatures are not enabled"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json, text/plain",
                "text/plain, application/json",
                "application/json\r\nx: y",
                "\u0000"
            })
    void aMediaTypeThatIsNoneIsRefusedAsOne(String type) throws Exception {
        APIGatewayV2HTTPEvent event = Events.post(submission(app, "2"));
        event.getHeaders().put("content-type", type);
        isError(event, 415, "DIS.4200");
        assertThat(Api.storedSequenceNumber(app), is("-1"));
    }

    @Test
    void headAndOptionsAreNoMethodsOfThePath() throws Exception {
        for (String method : new String[] {"HEAD", "OPTIONS"}) {
            APIGatewayV2HTTPEvent event = Events.event(method, query(app, "0"));
            isError(event, 405, "DIS.4200");
            assertThat(handle(event).getHeaders().get("Allow"), is("DELETE, GET, POST"));
        }
    }

    @Test
    void whatIsRefusedBeforeTheCallsHasItsLineInTheLogWithoutAValueOfTheCaller() {
        try (CapturedLog log = new CapturedLog()) {
            APIGatewayV2HTTPEvent event = at("/v2/s3cret!/\"s3cret");
            event.getHeaders().put("host", "s3cret:s3cret");
            event.getHeaders().put("x-auth-token", "s3cret");
            assertThat(handle(event).getStatusCode(), is(401));
            assertThat(
                    log.messages(),
                    hasItem(containsString(event.getRequestContext().getRequestId())));
            assertThat(log.messages(), not(hasItem(containsString("s3cret"))));
        }
    }
}
