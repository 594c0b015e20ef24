package dis.checkpoint;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import dis.checkpoint.error.ErrorBody;
import jakarta.annotation.Priority;
import jakarta.decorator.Decorator;
import jakarta.decorator.Delegate;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;

/**
 * Stands around the whole HTTP stack, where events come in and answers go out: an event that is no HTTP request does not
 * get past it, and an error that was answered below JAX-RS leaves in the one format.
 */
@Decorator
@Priority(1)
public class HttpEventBoundary implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> {

    private static final Pattern METHOD = Pattern.compile("[A-Z]{1,20}");
    private static final Pattern PATH = Pattern.compile("/[\\x21-\\x7E&&[^#?]]*");
    private static final Pattern QUERY = Pattern.compile("[\\x21-\\x7E&&[^#]]*");
    private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");

    /** Between the caller and API Gateway: an event holds the body as a whole. */
    private static final Set<String> OF_THE_CONNECTION =
            Set.of("connection", "content-length", "expect", "te", "trailer", "transfer-encoding", "upgrade");

    private static final char DELETE = 0x7F;

    private static final String CONTENT_TYPE = "Content-Type";

    /** Longer than any {@link Call}, and still within the 5 seconds that a caller is promised. */
    private static final long PATIENCE_MILLIS = 4_900;

    private final RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> http;
    private final ObjectMapper mapper;
    private final RequestLog log;
    private final ScheduledExecutorService executor;

    @Inject
    HttpEventBoundary(
            @Delegate RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> http,
            ObjectMapper mapper,
            RequestLog log,
            ScheduledExecutorService executor) {
        this.http = http;
        this.mapper = mapper;
        this.log = log;
        this.executor = executor;
    }

    @Override
    public APIGatewayV2HTTPResponse handleRequest(APIGatewayV2HTTPEvent event, Context context) {
        long start = System.nanoTime();
        if (!isHttpRequest(event)) {
            return error(
                    DisError.INVALID_REQUEST.because("the event is not an HTTP request"),
                    UUID.randomUUID().toString(),
                    start);
        }
        APIGatewayV2HTTPEvent.RequestContext request = event.getRequestContext();
        if (request.getRequestId() == null) {
            request.setRequestId(UUID.randomUUID().toString());
        }
        removeWhatNobodyReads(event);
        if (event.getIsBase64Encoded() && !isBase64(event.getBody())) {
            // Refused as text that is not JSON, and not before the token has been looked at.
            event.setIsBase64Encoded(false);
            event.setBody("not base64");
        }
        AtomicBoolean late = new AtomicBoolean();
        APIGatewayV2HTTPResponse response = answer(event, context, late);
        if (response.getStatusCode() < 400 || isInFormat(response)) {
            return response;
        }
        return error(
                late.get()
                        ? DisError.UNAVAILABLE.tryAgainLater("The request got lost on its way to the HTTP server")
                        : DisError.of(response.getStatusCode()).because("not an acceptable HTTP request"),
                request.getRequestId(),
                start);
    }

    /**
     * Interrupts a wait that lasts too long. Quarkus hands a request to its HTTP server through a queue, and can lose the
     * signal that there is something in it: the channel finds the queue empty and only then notes that it waits, while the
     * request may arrive in between. Seen once in some sixty thousand calls on a busy machine; the executable mends it
     * ({@code graal.VirtualHttpSubstitutions}).
     */
    private APIGatewayV2HTTPResponse answer(APIGatewayV2HTTPEvent event, Context context, AtomicBoolean late) {
        Thread waiting = Thread.currentThread();
        Future<?> impatience = executor.schedule(
                () -> {
                    late.set(true);
                    waiting.interrupt();
                },
                PATIENCE_MILLIS,
                TimeUnit.MILLISECONDS);
        try {
            return http.handleRequest(event, context);
        } finally {
            impatience.cancel(false);
            Thread.interrupted();
        }
    }

    private static boolean isHttpRequest(APIGatewayV2HTTPEvent event) {
        return event != null
                && event.getRequestContext() != null
                && event.getRequestContext().getHttp() != null
                && matches(METHOD, event.getRequestContext().getHttp().getMethod())
                && matches(PATH, event.getRawPath())
                && (event.getRawQueryString() == null || matches(QUERY, event.getRawQueryString()))
                && (event.getHeaders() == null
                        || event.getHeaders().entrySet().stream()
                                .allMatch(header -> matches(HEADER_NAME, header.getKey())
                                        && (header.getValue() == null || isHeaderValue(header.getValue()))));
    }

    /** The HTTP stack would parse it all the same, and fail where it cannot; an address it would even look up. */
    private static void removeWhatNobodyReads(APIGatewayV2HTTPEvent event) {
        event.getRequestContext().getHttp().setSourceIp(null);
        event.setCookies(null);
        if (event.getHeaders() != null) {
            event.getHeaders().keySet().removeIf(name -> OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT)));
        }
    }

    private static boolean matches(Pattern pattern, String text) {
        return text != null && pattern.matcher(text).matches();
    }

    /** Not by a pattern, which takes far longer for the several KiB of a token. */
    private static boolean isHeaderValue(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' && c != '\t' || c == DELETE) {
                return false;
            }
        }
        return true;
    }

    private static boolean isBase64(String body) {
        try {
            return body == null || Base64.getDecoder().decode(body) != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Whether it was written by {@link dis.checkpoint.error.ErrorMapper}; nothing else answers with this media type. */
    private static boolean isInFormat(APIGatewayV2HTTPResponse response) {
        return response.getHeaders() != null
                && ErrorBody.MEDIA_TYPE.equals(response.getHeaders().get(CONTENT_TYPE));
    }

    private APIGatewayV2HTTPResponse error(DisException refusal, String requestId, long start) {
        log.refused(refusal, requestId, Duration.ofNanos(System.nanoTime() - start));
        Map<String, String> headers = new HashMap<>(refusal.headers());
        headers.put(CONTENT_TYPE, ErrorBody.MEDIA_TYPE);
        try {
            return APIGatewayV2HTTPResponse.builder()
                    .withStatusCode(refusal.error().status())
                    .withHeaders(headers)
                    .withBody(mapper.writeValueAsString(ErrorBody.of(refusal, requestId)))
                    .build();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("An error body is always JSON", e);
        }
    }
}
