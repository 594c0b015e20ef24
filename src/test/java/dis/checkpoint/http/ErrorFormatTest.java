package dis.checkpoint.http;

import static dis.checkpoint.support.Api.anonymous;
import static dis.checkpoint.support.Api.isError;
import static dis.checkpoint.support.Api.member;
import static dis.checkpoint.support.Api.path;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dis.checkpoint.support.Api;
import dis.checkpoint.support.EmbeddedServices;
import dis.checkpoint.support.Events;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That every layer answers its errors in the one format. */
@QuarkusTest
@WithTestResource(EmbeddedServices.class)
class ErrorFormatTest {

    @Inject
    RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> function;

    @Inject
    ObjectMapper mapper;

    @ParameterizedTest
    @ValueSource(strings = {"/", "/v1/project-1/checkpoints", "/v3/project-1/checkpoints", "/q/health"})
    void pathOutsideV2IsAnswered404(String elsewhere) {
        isError(anonymous().get(elsewhere), 401, "DIS.4113", "Empty Token header.");
        isError(member().get(elsewhere), 404, "DIS.4200", "Invalid request.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v2/project-1", "/v2/project-1/", "/v2/project-1/streams", "/v2/project-1/checkpoints/0"})
    void unknownPathBelowV2IsAnswered404(String unknown) {
        isError(member().get(unknown), 404, "DIS.4200", "Invalid request.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "PATCH", "TRACE"})
    void unknownMethodIsAnswered405WithAllow(String method) {
        String allow = String.join(
                ",",
                isError(member().request(method, path()), 405, "DIS.4200", "Invalid request.")
                        .extract()
                        .headers()
                        .getValues("Allow"));
        for (String allowed : new String[] {"GET", "POST", "DELETE"}) {
            assertThat(allow, containsString(allowed));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/xml",
                "application/x-www-form-urlencoded",
                "application/*+json",
                "nonsense"
            })
    void otherContentTypeIsAnswered415(String contentType) throws Exception {
        APIGatewayV2HTTPEvent event = Events.event("POST", "", "{}");
        event.getHeaders().put("content-type", contentType);
        assertThat(code(415, event), is("DIS.4200"));
    }

    @Test
    void otherAcceptIsAnswered406() {
        isError(
                member().accept("text/html").queryParams(Api.query("app", "0")).get(path()),
                406,
                "DIS.4200",
                "Invalid request.");
    }

    @Test
    void size() {
        Map<String, Object> body = Api.submission(Api.newApp(), "2");
        body.put("ignored", "x".repeat(16 * 1024));
        isError(Api.post(body), 413, "DIS.4200", "Invalid request.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "nul",
                "null",
                "[]",
                "7",
                "\"text\"",
                "{}{}",
                "{} x",
                "{'a':1}",
                "{\"a\":1,}",
                "{\"a\":01}",
                "{\"a\":NaN}",
                "\uFEFF{",
                "// comment\n{}",
                " ",
                "{\"a\":1,\"a\":2}",
                "{\"app_name\":\"a\",\"app_name\":\"a\"}",
                "{\"nested\":{\"a\":1,\"a\":2}}",
                "{\"a\":\"\u0001\"}"
            })
    void malformedJsonIsAnswered400(String body) {
        isError(Api.post(body), 400, "DIS.4300", "Request error.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":"})
    void deeplyNestedJsonIsAnswered400(String level) {
        isError(Api.post(level.repeat(3_000)), 400, "DIS.4300", "Request error.");
    }

    @Test
    void missingBodyIsAnswered400() {
        isError(member().contentType("application/json").post(path()), 400, "DIS.4202", "Empty request.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"C0AF", "EDA0BD", "FF", "C380C3"})
    void invalidUtf8IsAnswered400(String hex) throws Exception {
        byte[] prefix = "{\"metadata\":\"".getBytes(StandardCharsets.UTF_8);
        byte[] bad = java.util.HexFormat.of().parseHex(hex);
        byte[] body = new byte[prefix.length + bad.length];
        System.arraycopy(prefix, 0, body, 0, prefix.length);
        System.arraycopy(bad, 0, body, prefix.length, bad.length);
        APIGatewayV2HTTPEvent event =
                Events.event("POST", "", Base64.getEncoder().encodeToString(body));
        event.setIsBase64Encoded(true);
        assertThat(code(400, event), is("DIS.4300"));
    }

    @Test
    void base64BodyIsDecoded() throws Exception {
        String app = Api.newApp();
        String body = mapper.writeValueAsString(Api.submission(app, "2"));
        APIGatewayV2HTTPEvent event =
                Events.event("POST", "", Base64.getEncoder().encodeToString(body.getBytes(StandardCharsets.UTF_8)));
        event.setIsBase64Encoded(true);
        assertThat(function.handleRequest(event, null).getStatusCode(), is(201));
        assertThat(Api.storedSequenceNumber(app), is("2"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"!", "{}", "abc=d"})
    void invalidBase64IsAnswered400(String body) throws Exception {
        APIGatewayV2HTTPEvent event = Events.event("POST", "", body);
        event.setIsBase64Encoded(true);
        assertThat(code(400, event), is("DIS.4300"));
        event = Events.event("POST", "", body);
        event.setIsBase64Encoded(true);
        event.getHeaders().remove("x-auth-token");
        assertThat(code(401, event), is("DIS.4113"));
    }

    @Test
    void eventWithoutRequestIsAnswered400() throws Exception {
        assertThat(code(400, new APIGatewayV2HTTPEvent()), is("DIS.4200"));
        assertThat(code(400, null), is("DIS.4200"));
        APIGatewayV2HTTPEvent event = Events.event("POST", "", "{}");
        event.setRawPath(null);
        assertThat(code(400, event), is("DIS.4200"));
        event = Events.event(null, "", "{}");
        assertThat(code(400, event), is("DIS.4200"));
        event = Events.event("POST", "", "{}");
        event.getHeaders().put("x-auth-token", "a\r\nb: c");
        assertThat(code(401, event), is("DIS.4114"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"get", "BAD METHOD", "", "PATCH", "\u0000"})
    void methodInAnotherSpellingIsAnswered405(String method) throws Exception {
        APIGatewayV2HTTPEvent event = Events.event(method, "", "{}");
        assertThat(code(405, event), is("DIS.4200"));
        event.getHeaders().remove("x-auth-token");
        assertThat(code(401, event), is("DIS.4113"));
    }

    @Test
    void requestIdOfTheGatewayIsAnswered() throws Exception {
        APIGatewayV2HTTPEvent event = Events.event("POST", "", "{}");
        event.getRequestContext().setRequestId("id-of-the-gateway");
        assertThat(error(400, event).path("request_id").asText(), is("id-of-the-gateway"));
    }

    @Test
    void messagesNeverRepeatCallerInput() {
        String echo = "DIS.4224";
        Map<String, Object> body = Api.submission(Api.newApp(), "2");
        body.replaceAll((field, value) -> echo);
        assertThat(Api.post(body).then().statusCode(400).extract().asString(), not(containsString(echo)));
        assertThat(Api.post("{\"" + echo + "\":1,\"" + echo + "\":1}").asString(), not(containsString(echo)));
        assertThat(Api.post("{" + echo).asString(), not(containsString(echo)));
        assertThat(member().get("/v2/" + echo + "/checkpoints").asString(), not(containsString(echo)));
    }

    private JsonNode error(int status, APIGatewayV2HTTPEvent event) throws Exception {
        APIGatewayV2HTTPResponse response = function.handleRequest(event, null);
        assertThat(response.getStatusCode(), is(status));
        assertThat(response.getHeaders().get("Content-Type"), is(Api.MEDIA_TYPE));
        assertThat(
                response.getHeaders().get("X-Request-Id"),
                is(mapper.readTree(response.getBody()).path("request_id").asText()));
        return mapper.readTree(response.getBody());
    }

    private String code(int status, APIGatewayV2HTTPEvent event) throws Exception {
        return error(status, event).path("errorCode").asText();
    }
}
