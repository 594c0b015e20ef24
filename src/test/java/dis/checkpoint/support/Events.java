package dis.checkpoint.support;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Events as an API Gateway HTTP API makes them of the calls of a member of {@link Api#PROJECT} (payload format 2.0), and its
 * answers. Tests hand events to the function directly, because no HTTP client would send some of them.
 */
public final class Events {

    private static final ObjectMapper MAPPER =
            new ObjectMapper().setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);

    private static final String HOST = "checkpoints.execute-api.eu-central-1.amazonaws.com";

    private Events() {}

    public static APIGatewayV2HTTPEvent post(Map<String, ?> submission) {
        try {
            return event("POST", "", MAPPER.writeValueAsString(submission));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** A GET or DELETE. */
    public static APIGatewayV2HTTPEvent event(String method, Map<String, ?> query) {
        return event(
                method,
                query.entrySet().stream()
                        .map(parameter -> parameter.getKey() + '=' + parameter.getValue())
                        .collect(Collectors.joining("&")),
                null);
    }

    /** An event whose headers can be changed. */
    public static APIGatewayV2HTTPEvent event(String method, String query, String body) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("accept", "*/*; charset=utf-8");
        headers.put("content-type", Api.MEDIA_TYPE);
        headers.put("host", HOST);
        headers.put("user-agent", "test");
        headers.put("x-amzn-trace-id", "Root=1-00000000-000000000000000000000000");
        headers.put("x-auth-token", Api.TOKEN);
        headers.put("x-forwarded-for", "192.0.2.1");
        headers.put("x-forwarded-port", "443");
        headers.put("x-forwarded-proto", "https");
        return APIGatewayV2HTTPEvent.builder()
                .withVersion("2.0")
                .withRouteKey("$default")
                .withRawPath(Api.path())
                .withRawQueryString(query)
                .withHeaders(headers)
                .withRequestContext(RequestContext.builder()
                        .withAccountId("000000000000")
                        .withApiId("checkpoints")
                        .withDomainName(HOST)
                        .withDomainPrefix("checkpoints")
                        .withHttp(RequestContext.Http.builder()
                                .withMethod(method)
                                .withPath(Api.path())
                                .withProtocol("HTTP/1.1")
                                .withSourceIp("192.0.2.1")
                                .withUserAgent("test")
                                .build())
                        .withRequestId(UUID.randomUUID().toString())
                        .withRouteKey("$default")
                        .withStage("$default")
                        .withTimeEpoch(System.currentTimeMillis())
                        .build())
                .withBody(body)
                .build();
    }

    /** The event as Lambda hands it over. */
    public static String json(APIGatewayV2HTTPEvent event) {
        try {
            return MAPPER.writeValueAsString(event);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("An event is always JSON", e);
        }
    }

    /** Reads an answer of the function. */
    public static APIGatewayV2HTTPResponse response(String payload) {
        try {
            return MAPPER.readValue(payload, APIGatewayV2HTTPResponse.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Not an HTTP response: " + payload, e);
        }
    }
}
