package dis.checkpoint;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The events that API Gateway makes of calls by a member of {@link Api#PROJECT}. Handed to the function as they
 * are, they can hold what no HTTP client would send.
 */
final class Events {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Events() {}

    static APIGatewayV2HTTPEvent post(Map<String, ?> submission) {
        try {
            return event("POST", "", MAPPER.writeValueAsString(submission));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** A GET or DELETE. */
    static APIGatewayV2HTTPEvent event(String method, Map<String, ?> query) {
        return event(
                method,
                query.entrySet().stream()
                        .map(parameter -> parameter.getKey() + '=' + parameter.getValue())
                        .collect(Collectors.joining("&")),
                null);
    }

    /** Its headers can be changed. */
    static APIGatewayV2HTTPEvent event(String method, String query, String body) {
        return APIGatewayV2HTTPEvent.builder()
                .withRawPath(Api.path())
                .withRawQueryString(query)
                .withHeaders(new LinkedHashMap<>(Map.of("x-auth-token", Api.TOKEN, "content-type", "application/json")))
                .withBody(body)
                .withRequestContext(APIGatewayV2HTTPEvent.RequestContext.builder()
                        .withHttp(APIGatewayV2HTTPEvent.RequestContext.Http.builder()
                                .withMethod(method)
                                .build())
                        .build())
                .build();
    }
}
