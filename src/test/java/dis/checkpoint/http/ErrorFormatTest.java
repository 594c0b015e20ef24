package dis.checkpoint.http;

import static dis.checkpoint.support.Api.anonymous;
import static dis.checkpoint.support.Api.isError;
import static dis.checkpoint.support.Api.member;
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

/** Every layer answers its errors in one format. OpenApiTest has one call for each error of the catalogue. */
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
    @ValueSource(strings = {"application/xml", "application/x-www-form-urlencoded", "application/*+json", "nonsense"})
    void otherContentTypeIsAnswered415(String contentType) throws Exception {
        APIGatewayV2HTTPEvent event = Events.event("POST", "", "{}");
        event.getHeaders().put("content-type", contentType);
        assertThat(code(415, event), is("DIS.4200"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":"})
    void deeplyNestedJsonIsAnswered400(String level) {
        isError(Api.post(level.repeat(3_000)), 400, "DIS.4300", "Request error.");
    }

    @Test
    void base64BodyIsDecoded() throws Exception {
        String app = Api.newApp();
        byte[] body = mapper.writeValueAsBytes(Api.submission(app, "2"));
        assertThat(function.handleRequest(base64(body), null).getStatusCode(), is(201));
        assertThat(Api.storedSequenceNumber(app), is("2"));
    }

    private static APIGatewayV2HTTPEvent base64(byte[] body) {
        APIGatewayV2HTTPEvent event =
                Events.event("POST", "", Base64.getEncoder().encodeToString(body));
        event.setIsBase64Encoded(true);
        return event;
    }

    @Test
    void invalidUtf8IsAnswered400() throws Exception {
        assertThat(code(400, base64("{\"metadata\":\"ä".getBytes(StandardCharsets.ISO_8859_1))), is("DIS.4300"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"!", "{}", "abc=d"})
    void invalidBase64IsAnswered400(String body) throws Exception {
        APIGatewayV2HTTPEvent event = base64(new byte[0]);
        event.setBody(body);
        assertThat(code(400, event), is("DIS.4300"));
        event.getHeaders().remove("x-auth-token");
        assertThat(code(401, event), is("DIS.4113"));
    }

    @Test
    void eventWithoutRequestIsAnswered400() throws Exception {
        APIGatewayV2HTTPEvent withoutPath = Events.event("POST", "", "{}");
        withoutPath.setRawPath(null);
        assertThat(code(400, null), is("DIS.4200"));
        assertThat(code(400, new APIGatewayV2HTTPEvent()), is("DIS.4200"));
        assertThat(code(400, withoutPath), is("DIS.4200"));
        assertThat(code(400, Events.event(null, "", "{}")), is("DIS.4200"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"get", "BAD METHOD", "", "PATCH", "TRACE", "\u0000"})
    void methodInAnotherSpellingIsAnswered405(String method) throws Exception {
        APIGatewayV2HTTPEvent event = Events.event(method, "", "{}");
        assertThat(code(405, event), is("DIS.4200"));
        event.getHeaders().put("x-auth-token", "a\r\nb: c");
        assertThat(code(401, event), is("DIS.4114"));
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
        JsonNode error = mapper.readTree(response.getBody());
        assertThat(
                response.getHeaders().get("X-Request-Id"),
                is(error.path("request_id").asText()));
        return error;
    }

    private String code(int status, APIGatewayV2HTTPEvent event) throws Exception {
        return error(status, event).path("errorCode").asText();
    }
}
