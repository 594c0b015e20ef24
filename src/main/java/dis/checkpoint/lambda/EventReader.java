package dis.checkpoint.lambda;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import dis.checkpoint.request.Query;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Reads an event of each of the ways in (API reference, "Ways in") into the fields of payload format 2.0, so that the function
 * knows one kind of request:
 *
 * <ul>
 *   <li>HTTP API or function URL: as it is.
 *   <li>REST API, or HTTP API with payload format 1.0: the query comes decoded, and is encoded again. The path loses the stage or
 *       base path; the path as the client called it is in {@link RequestContext.Http#getPath()}.
 *   <li>Load balancer: the query comes as it was sent. The address of the client is the last of {@code X-Forwarded-For}.
 * </ul>
 *
 * <p>Anything else becomes an event without a request, which {@link HttpEventBoundary} refuses: a scheduled event, JSON that is
 * no object, or a field of the wrong type.
 */
final class EventReader extends StdDeserializer<APIGatewayV2HTTPEvent> {

    /** The {@link APIGatewayV2HTTPEvent#getVersion() version} of an event of a load balancer. */
    static final String LOAD_BALANCER = "elb";

    /** The version of an event of a load balancer whose target group has multi-value headers. */
    static final String MULTI_VALUE_LOAD_BALANCER = "elb-multi-value";

    private static final long serialVersionUID = 1;

    EventReader() {
        super(APIGatewayV2HTTPEvent.class);
    }

    @Override
    public APIGatewayV2HTTPEvent deserialize(JsonParser json, DeserializationContext context) throws IOException {
        try {
            return event(EventFields.read(json));
        } catch (JsonProcessingException e) {
            return new APIGatewayV2HTTPEvent();
        }
    }

    @Override
    public APIGatewayV2HTTPEvent getNullValue(DeserializationContext context) {
        return new APIGatewayV2HTTPEvent();
    }

    private static APIGatewayV2HTTPEvent event(EventFields fields) {
        RequestContext.Http http = new RequestContext.Http();
        RequestContext context = new RequestContext();
        context.setRequestId(fields.requestId);
        context.setHttp(http);
        APIGatewayV2HTTPEvent event = new APIGatewayV2HTTPEvent();
        event.setRequestContext(context);
        event.setBody(fields.body);
        event.setIsBase64Encoded(fields.isBase64Encoded);
        // The event server that Quarkus has for development and tests leaves the version out.
        if (fields.version == null ? fields.httpMethod == null : fields.version.equals("2.0")) {
            event.setRawPath(fields.rawPath);
            event.setRawQueryString(fields.rawQueryString);
            event.setHeaders(fields.headers.values());
            http.setMethod(fields.method);
            http.setSourceIp(fields.sourceIp);
        } else if (fields.hasLoadBalancer) {
            event.setVersion(fields.multiValueHeaders.isGiven ? MULTI_VALUE_LOAD_BALANCER : LOAD_BALANCER);
            event.setRawPath(fields.path);
            event.setRawQueryString(query(fields, UnaryOperator.identity()));
            event.setHeaders(headers(fields));
            http.setMethod(fields.httpMethod);
            http.setSourceIp(lastForwardedAddress(event.getHeaders()));
        } else if (fields.hasIdentity) {
            event.setRawPath(pathBelowBase(fields));
            event.setRawQueryString(query(fields, EventReader::encoded));
            event.setHeaders(headers(fields));
            http.setMethod(fields.httpMethod);
            http.setSourceIp(fields.sourceIp);
            http.setPath(fields.contextPath);
        }
        return event;
    }

    private static Map<String, String> headers(EventFields fields) {
        Map<String, String> several = fields.multiValueHeaders.values();
        return several.isEmpty() ? fields.headers.values() : several;
    }

    private static String query(EventFields fields, UnaryOperator<String> encoding) {
        List<Query.Named> several = fields.multiValueParameters.values;
        return (several.isEmpty() ? fields.parameters.values : several)
                .stream()
                        .map(parameter -> encoding.apply(parameter.name()) + '=' + encoding.apply(parameter.value()))
                        .collect(Collectors.joining("&"));
    }

    /** Encodes the characters by which {@link Query} would take a decoded text apart. */
    private static String encoded(String text) {
        return text.replace("%", "%25").replace("&", "%26").replace("=", "%3D");
    }

    private static String lastForwardedAddress(Map<String, String> headers) {
        return headers.entrySet().stream()
                .filter(header -> header.getKey().equalsIgnoreCase("X-Forwarded-For"))
                .map(header -> header.getValue()
                        .substring(header.getValue().lastIndexOf(',') + 1)
                        .strip())
                .reduce((first, last) -> last)
                .orElse(null);
    }

    /**
     * The path without a stage or base path before it. The resource that the gateway matched, such as
     * {@code /v2/{project_id}/checkpoints} or {@code /{proxy+}}, says how many segments at the end of the path are the API's own.
     */
    private static String pathBelowBase(EventFields fields) {
        String path = fields.path;
        if (path == null) {
            return null;
        }
        int segments = segmentsOfResource(fields);
        if (segments == 0) {
            String stage = '/' + fields.stage + '/';
            return path.startsWith(stage) ? path.substring(stage.length() - 1) : path;
        }
        int start = lengthWithoutTrailingSlashes(path);
        for (int segment = 0; segment < segments && start > 0; segment++) {
            start = path.lastIndexOf('/', start - 1);
        }
        return path.substring(Math.max(start, 0));
    }

    /** 0 where the event does not say it, such as with the route {@code $default} of an HTTP API. */
    private static int segmentsOfResource(EventFields fields) {
        String resource = fields.resourcePath;
        if (resource == null || !resource.startsWith("/")) {
            return 0;
        }
        if (!resource.endsWith("+}")) {
            return slashes(resource);
        }
        String name = resource.substring(resource.lastIndexOf('{') + 1, resource.length() - "+}".length());
        String rest = fields.pathParameters.get(name);
        return rest == null ? 0 : slashes(resource) + slashes(rest.substring(0, lengthWithoutTrailingSlashes(rest)));
    }

    private static int lengthWithoutTrailingSlashes(String path) {
        int length = path.length();
        while (length > 0 && path.charAt(length - 1) == '/') {
            length--;
        }
        return length;
    }

    private static int slashes(String path) {
        return (int) path.chars().filter(c -> c == '/').count();
    }
}
