package dis.checkpoint.lambda;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dis.checkpoint.request.Query;
import dis.checkpoint.request.ReceivedRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The fields of an event that the function uses, whichever way it came. They come in any order, so {@link EventReader} decides
 * what they mean once all are read. A field that is absent or null is null, or empty where it is an object.
 */
final class EventFields {

    String version;
    String httpMethod;
    String path;
    String rawPath;
    String rawQueryString;
    String body;
    boolean isBase64Encoded;
    final Headers headers = new Headers();
    final Headers multiValueHeaders = new Headers();
    final Parameters parameters = new Parameters();
    final Parameters multiValueParameters = new Parameters();
    final Map<String, String> pathParameters = new HashMap<>();

    /** The fields of {@code requestContext}. */
    String requestId;

    String contextPath;
    String resourcePath;
    String stage;
    boolean hasIdentity;
    boolean hasLoadBalancer;

    /** The fields of {@code http} or {@code identity} in {@code requestContext}. */
    String method;

    String sourceIp;

    /** The headers of an event, by their names as they came. Several values of a name are joined by commas. */
    static final class Headers {

        boolean isGiven;
        private final Map<String, StringBuilder> values = new LinkedHashMap<>();
        private int length;

        Map<String, String> values() {
            Map<String, String> joined = new LinkedHashMap<>();
            values.forEach((name, value) -> joined.put(name, value.toString()));
            return joined;
        }

        /** Keeps little more than a request may have, because a request with more is refused. */
        private void add(String name, String value) {
            if (value == null || length > ReceivedRequest.MAX_HEADERS_LENGTH) {
                return;
            }
            StringBuilder known = values.get(name);
            if (known == null) {
                length += name.length() + value.length();
                values.put(name, new StringBuilder(value));
            } else {
                length += 1 + value.length();
                known.append(',').append(value);
            }
        }
    }

    /** The parameters of a query, in their order. */
    static final class Parameters {

        final List<Query.Named> values = new ArrayList<>();
        private int length;

        /** Keeps little more than a query may have. A parameter without a name and a value is the end of a query such as {@code a=1&}. */
        private void add(String name, String value) {
            String text = value == null ? "" : value;
            if (length <= Query.MAX_LENGTH && !(name.isEmpty() && text.isEmpty())) {
                length += name.length() + text.length() + 1;
                values.add(new Query.Named(name, text));
            }
        }
    }

    private interface FieldReader {
        void read(String name) throws IOException;
    }

    private interface ValueReader {
        void read(String name, String value);
    }

    private final JsonParser json;

    private EventFields(JsonParser json) {
        this.json = json;
    }

    /**
     * Reads an event.
     *
     * @throws com.fasterxml.jackson.core.JsonProcessingException if it is no JSON object, or if one of the fields has another type
     */
    static EventFields read(JsonParser json) throws IOException {
        EventFields fields = new EventFields(json);
        fields.readEvent();
        return fields;
    }

    private void readEvent() throws IOException {
        readObject(field -> {
            switch (field) {
                case "version" -> version = text();
                case "httpMethod" -> httpMethod = text();
                case "path" -> path = text();
                case "rawPath" -> rawPath = text();
                case "rawQueryString" -> rawQueryString = text();
                case "body" -> body = text();
                case "isBase64Encoded" -> isBase64Encoded = !isNull() && json.getBooleanValue();
                case "headers" -> readValues(headers::add);
                case "multiValueHeaders" -> {
                    multiValueHeaders.isGiven = !isNull();
                    readValues(multiValueHeaders::add);
                }
                case "queryStringParameters" -> readValues(parameters::add);
                case "multiValueQueryStringParameters" -> readValues(multiValueParameters::add);
                case "pathParameters" -> readObject(name -> pathParameters.put(name, text()));
                case "requestContext" -> readRequestContext();
                default -> json.skipChildren();
            }
        });
    }

    private void readRequestContext() throws IOException {
        readObject(field -> {
            switch (field) {
                case "requestId" -> requestId = text();
                case "path" -> contextPath = text();
                case "resourcePath" -> resourcePath = text();
                case "stage" -> stage = text();
                case "elb" -> {
                    hasLoadBalancer = !isNull();
                    json.skipChildren();
                }
                case "identity" -> {
                    hasIdentity = !isNull();
                    readCaller();
                }
                case "http" -> readCaller();
                default -> json.skipChildren();
            }
        });
    }

    private void readCaller() throws IOException {
        readObject(field -> {
            switch (field) {
                case "method" -> method = text();
                case "sourceIp" -> sourceIp = text();
                default -> json.skipChildren();
            }
        });
    }

    private void readObject(FieldReader reader) throws IOException {
        if (isNull()) {
            return;
        }
        require(JsonToken.START_OBJECT);
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            reader.read(name);
        }
    }

    /** Reads an object of which each field has a text or a list of texts. An empty list is given, as null is. */
    private void readValues(ValueReader reader) throws IOException {
        readObject(name -> {
            if (json.currentToken() != JsonToken.START_ARRAY) {
                reader.read(name, text());
            } else if (json.nextToken() == JsonToken.END_ARRAY) {
                reader.read(name, null);
            } else {
                do {
                    reader.read(name, text());
                } while (json.nextToken() != JsonToken.END_ARRAY);
            }
        });
    }

    private String text() throws IOException {
        if (isNull()) {
            return null;
        }
        require(JsonToken.VALUE_STRING);
        return json.getText();
    }

    private boolean isNull() {
        return json.currentToken() == JsonToken.VALUE_NULL;
    }

    /** The message has no value of the event, because a stranger chose them. */
    private void require(JsonToken type) throws IOException {
        if (json.currentToken() != type) {
            throw new JsonParseException(json, "A field of the event has another type");
        }
    }
}
