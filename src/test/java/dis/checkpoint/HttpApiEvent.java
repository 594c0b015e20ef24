package dis.checkpoint;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;

/** What an API Gateway HTTP API makes of a request, and takes for an answer (payload version 2.0). */
public final class HttpApiEvent {

    private static final ObjectMapper MAPPER =
            new ObjectMapper().setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);

    private HttpApiEvent() {}

    /** The event of a POST as the clients of the service send it. */
    public static String post(String path, String token, String body) {
        String host = "checkpoints.execute-api.eu-central-1.amazonaws.com";
        return write(APIGatewayV2HTTPEvent.builder()
                .withVersion("2.0")
                .withRouteKey("POST /v2/{project_id}/checkpoints")
                .withRawPath(path)
                .withRawQueryString("")
                .withHeaders(Map.of(
                        "accept", "*/*; charset=utf-8",
                        "content-length", Integer.toString(body.getBytes(StandardCharsets.UTF_8).length),
                        "content-type", "application/json; charset=utf-8",
                        "host", host,
                        "user-agent", "test",
                        "x-amzn-trace-id", "Root=1-00000000-000000000000000000000000",
                        "x-auth-token", token,
                        "x-forwarded-for", "192.0.2.1",
                        "x-forwarded-port", "443",
                        "x-forwarded-proto", "https"))
                .withRequestContext(RequestContext.builder()
                        .withAccountId("000000000000")
                        .withApiId("checkpoints")
                        .withDomainName(host)
                        .withDomainPrefix("checkpoints")
                        .withHttp(RequestContext.Http.builder()
                                .withMethod("POST")
                                .withPath(path)
                                .withProtocol("HTTP/1.1")
                                .withSourceIp("192.0.2.1")
                                .withUserAgent("test")
                                .build())
                        .withRequestId(UUID.randomUUID().toString())
                        .withRouteKey("POST /v2/{project_id}/checkpoints")
                        .withStage("$default")
                        .withTimeEpoch(System.currentTimeMillis())
                        .build())
                .withBody(body)
                .build());
    }

    /** Reads what the function answered. */
    public static APIGatewayV2HTTPResponse response(String payload) {
        try {
            return MAPPER.readValue(payload, APIGatewayV2HTTPResponse.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("The answer is no HTTP response: " + payload, e);
        }
    }

    private static String write(APIGatewayV2HTTPEvent event) {
        try {
            return MAPPER.writeValueAsString(event);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("An event is always JSON", e);
        }
    }
}
