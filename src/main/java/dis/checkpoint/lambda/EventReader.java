package dis.checkpoint.lambda;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import dis.checkpoint.request.ReceivedRequest;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads of an event what the function uses, and skips the rest. Of an event that is no JSON object, or has a field of another
 * type than payload format 2.0 says, there is nothing to read: an empty event comes of it, which the
 * {@link HttpEventBoundary} refuses.
 */
final class EventReader extends StdDeserializer<APIGatewayV2HTTPEvent> {

    /** What {@link APIGatewayV2HTTPEvent#getVersion()} says of an event as REST APIs and load balancers make them. */
    static final String PAYLOAD_FORMAT_1 = "1.0";

    private static final long serialVersionUID = 1;

    EventReader() {
        super(APIGatewayV2HTTPEvent.class);
    }

    @Override
    public APIGatewayV2HTTPEvent deserialize(JsonParser json, DeserializationContext context) throws IOException {
        try {
            return event(json);
        } catch (JsonProcessingException | UnexpectedType e) {
            return new APIGatewayV2HTTPEvent();
        }
    }

    /** {@code null} is an event without anything, too. */
    @Override
    public APIGatewayV2HTTPEvent getNullValue(DeserializationContext context) {
        return new APIGatewayV2HTTPEvent();
    }

    private static APIGatewayV2HTTPEvent event(JsonParser json) throws IOException, UnexpectedType {
        APIGatewayV2HTTPEvent event = new APIGatewayV2HTTPEvent();
        require(json, JsonToken.START_OBJECT);
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "rawPath" -> event.setRawPath(text(json));
                case "rawQueryString" -> event.setRawQueryString(text(json));
                case "headers" -> event.setHeaders(headers(json));
                case "requestContext" -> event.setRequestContext(requestContext(json));
                case "body" -> event.setBody(text(json));
                case "isBase64Encoded" -> event.setIsBase64Encoded(json.getBooleanValue());
                case "httpMethod" -> {
                    event.setVersion(PAYLOAD_FORMAT_1);
                    json.skipChildren();
                }
                default -> json.skipChildren();
            }
        }
        return event;
    }

    private static RequestContext requestContext(JsonParser json) throws IOException, UnexpectedType {
        RequestContext context = new RequestContext();
        if (isNull(json)) {
            return context;
        }
        require(json, JsonToken.START_OBJECT);
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "requestId" -> context.setRequestId(text(json));
                case "http" -> context.setHttp(http(json));
                default -> json.skipChildren();
            }
        }
        return context;
    }

    private static RequestContext.Http http(JsonParser json) throws IOException, UnexpectedType {
        RequestContext.Http http = new RequestContext.Http();
        if (isNull(json)) {
            return http;
        }
        require(json, JsonToken.START_OBJECT);
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "method" -> http.setMethod(text(json));
                case "sourceIp" -> http.setSourceIp(text(json));
                default -> json.skipChildren();
            }
        }
        return http;
    }

    /** Not many more than a request may have: a request with more is refused. */
    private static Map<String, String> headers(JsonParser json) throws IOException, UnexpectedType {
        Map<String, String> headers = new LinkedHashMap<>();
        if (isNull(json)) {
            return headers;
        }
        require(json, JsonToken.START_OBJECT);
        int length = 0;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            String value = text(json);
            if (value != null && length <= ReceivedRequest.MAX_HEADERS_LENGTH) {
                length += name.length() + value.length();
                headers.merge(name, value, (one, other) -> one + ',' + other);
            }
        }
        return headers;
    }

    private static String text(JsonParser json) throws IOException, UnexpectedType {
        if (isNull(json)) {
            return null;
        }
        require(json, JsonToken.VALUE_STRING);
        return json.getText();
    }

    private static boolean isNull(JsonParser json) {
        return json.currentToken() == JsonToken.VALUE_NULL;
    }

    private static void require(JsonParser json, JsonToken type) throws UnexpectedType {
        if (json.currentToken() != type) {
            throw new UnexpectedType();
        }
    }

    /** Says nothing: the value is the caller's. */
    private static final class UnexpectedType extends Exception {

        private static final long serialVersionUID = 1;

        UnexpectedType() {
            super(null, null, false, false);
        }
    }
}
