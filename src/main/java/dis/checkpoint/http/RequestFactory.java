package dis.checkpoint.http;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import dis.checkpoint.error.DisError;
import dis.checkpoint.iam.ReceivedRequest;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Makes a request anew of what the calls read, once its caller has been let in. What else it held cannot harm the HTTP stack,
 * which would split, decode, match and log it.
 */
public final class RequestFactory {

    private static final List<String> METHODS = List.of(HttpMethod.DELETE, HttpMethod.GET, HttpMethod.POST);
    private static final int MAX_BODY_BYTES = 16 * 1024;
    private static final int MAX_MEDIA_TYPE_LENGTH = 1024;

    private RequestFactory() {}

    /**
     * The event for the HTTP stack.
     *
     * @param context of a caller who has been let in to a project
     * @throws dis.checkpoint.error.DisException if it is none of the calls, or larger than one may be
     */
    public static APIGatewayV2HTTPEvent make(ReceivedRequest received, RequestPath path, RequestContext context) {
        path.requireCheckpoints();
        String method = received.method();
        if (!METHODS.contains(method)) {
            throw DisError.METHOD_NOT_ALLOWED
                    .because("the path has other methods")
                    .with(HttpHeaders.ALLOW, String.join(", ", METHODS));
        }
        Parameters parameters = new Parameters(received.query());
        APIGatewayV2HTTPEvent event = new RequestEvent(context);
        event.setRawPath(RequestPath.ofCheckpoints(context.project()));
        Map<String, String> headers = new HashMap<>();
        copyMediaType(HttpHeaders.ACCEPT, true, received, headers);
        if (method.equals(HttpMethod.POST)) {
            copyMediaType(HttpHeaders.CONTENT_TYPE, false, received, headers);
            setBody(event, received.body());
        } else {
            if (method.equals(HttpMethod.DELETE)) {
                parameters.requirePartitionIdInItsSpelling();
            }
            event.setRawQueryString(parameters.query());
        }
        event.setHeaders(headers);
        event.setRequestContext(APIGatewayV2HTTPEvent.RequestContext.builder()
                .withHttp(APIGatewayV2HTTPEvent.RequestContext.Http.builder()
                        .withMethod(method)
                        .build())
                .build());
        return event;
    }

    /**
     * What cannot be a media type is handed on as one that nothing takes or makes, so that it is refused as such. Of a list
     * the stack would take the first where there must be one.
     */
    private static void copyMediaType(
            String header, boolean mayBeList, ReceivedRequest received, Map<String, String> headers) {
        String value = received.headers().get(header.toLowerCase(Locale.ROOT));
        if (value != null) {
            boolean isValid = value.length() <= MAX_MEDIA_TYPE_LENGTH
                    && value.chars().allMatch(c -> ' ' <= c && c <= '~' && (mayBeList || c != ','));
            headers.put(header, isValid ? value : MediaType.APPLICATION_OCTET_STREAM);
        }
    }

    private static void setBody(APIGatewayV2HTTPEvent event, byte[] body) {
        if (body.length > MAX_BODY_BYTES) {
            throw DisError.TOO_LARGE.because("the body must be at most 16 KiB");
        }
        if (body.length > 0) {
            event.setBody(Base64.getEncoder().encodeToString(body));
            event.setIsBase64Encoded(true);
        }
    }
}
