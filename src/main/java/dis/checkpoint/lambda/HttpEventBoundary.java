package dis.checkpoint.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dis.checkpoint.domain.Deadline;
import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import dis.checkpoint.error.ErrorBody;
import dis.checkpoint.http.RequestContext;
import dis.checkpoint.http.RequestFactory;
import dis.checkpoint.http.RequestPath;
import dis.checkpoint.iam.Authenticator;
import dis.checkpoint.iam.Grant;
import dis.checkpoint.iam.ReceivedRequest;
import io.quarkus.runtime.LaunchMode;
import jakarta.annotation.Priority;
import jakarta.decorator.Decorator;
import jakarta.decorator.Delegate;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * Where events come in and answers go out, around the whole HTTP stack. The stack gets a request only once its caller has
 * been let in, and then one made anew of what the calls read. Its answer is made anew as well, so that every error, from
 * whichever layer, leaves in the one format.
 *
 * <p>It takes the place of the handler of Quarkus, which is left the pages of development.
 */
@Decorator
@Priority(1)
public class HttpEventBoundary implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> {

    /** A caller is answered within 5 seconds. */
    private static final Duration TIME = Duration.ofMillis(4_900);

    /** From the end of the last wait to the end of {@link #TIME}. */
    private static final Duration TIME_TO_ANSWER = Duration.ofMillis(100);

    /** API Gateway takes 10,240 bytes; other servers let larger tokens pass. */
    private static final int MAX_HEADER_LENGTH = 64 * 1024;

    private static final int MAX_METHOD_LENGTH = 20;

    /** Stands for a body that cannot be decoded or encoded: no text in UTF-8 either. */
    private static final byte[] UNREADABLE = {(byte) 0xFF};

    private static final byte[] NONE = {};

    private final RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> quarkus;
    private final HttpServer server;
    private final Authenticator authenticator;
    private final ObjectMapper mapper;
    private final RequestLog log;

    @Inject
    HttpEventBoundary(
            @Delegate RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> quarkus,
            HttpServer server,
            Authenticator authenticator,
            ObjectMapper mapper,
            RequestLog log) {
        this.quarkus = quarkus;
        this.server = server;
        this.authenticator = authenticator;
        this.mapper = mapper;
        this.log = log;
    }

    @Override
    public APIGatewayV2HTTPResponse handleRequest(APIGatewayV2HTTPEvent event, Context lambda) {
        if (isForDevelopment(event)) {
            // An event has one answer. A WebSocket, which the Dev UI asks for, would keep the loop from the next event.
            event.getHeaders().keySet().removeIf("upgrade"::equalsIgnoreCase);
            return quarkus.handleRequest(event, lambda);
        }
        Deadline deadline = Deadline.in(TIME);
        RequestContext context = context(event, deadline.minus(TIME_TO_ANSWER));
        APIGatewayV2HTTPResponse answer;
        try {
            answer = answer(event, context, deadline);
        } catch (DisException refusal) {
            answer = error(refusal, context);
        } catch (RuntimeException bug) {
            answer = error(DisError.bug(bug), context);
        }
        log.write(answer.getStatusCode(), context);
        return answer;
    }

    /** The pages that Quarkus serves in development alone. */
    private static boolean isForDevelopment(APIGatewayV2HTTPEvent event) {
        return LaunchMode.current() == LaunchMode.DEVELOPMENT
                && event.getRawPath() != null
                && event.getRawPath().startsWith("/q/");
    }

    private static RequestContext context(APIGatewayV2HTTPEvent event, Deadline deadline) {
        String requestId = null;
        String method = null;
        if (event != null && event.getRequestContext() != null) {
            requestId = event.getRequestContext().getRequestId();
            if (event.getRequestContext().getHttp() != null) {
                method = event.getRequestContext().getHttp().getMethod();
            }
        }
        return new RequestContext(
                requestId == null ? UUID.randomUUID().toString() : requestId,
                isMethod(method) ? method : null,
                deadline);
    }

    private static boolean isMethod(String text) {
        return text != null
                && !text.isEmpty()
                && text.length() <= MAX_METHOD_LENGTH
                && text.chars().allMatch(c -> 'A' <= c && c <= 'Z');
    }

    private APIGatewayV2HTTPResponse answer(APIGatewayV2HTTPEvent event, RequestContext context, Deadline deadline) {
        ReceivedRequest received = received(event, context);
        RequestPath path = RequestPath.parse(received.path());
        Grant grant = authenticator.authenticate(received, context.deadline(), context::iamIsAsked);
        ProjectId project = path.project();
        authenticator.authorize(grant, project);
        context.admit(project);
        return answer(server.exchange(RequestFactory.make(received, path, context), deadline), context);
    }

    private static ReceivedRequest received(APIGatewayV2HTTPEvent event, RequestContext context) {
        if (event == null || event.getRawPath() == null || context.method().isEmpty()) {
            throw DisError.INVALID_REQUEST.because(
                    event != null && EventReader.PAYLOAD_FORMAT_1.equals(event.getVersion())
                            ? "the event is of payload format 1.0: the integration must use 2.0"
                            : "the event is not an HTTP request");
        }
        return new ReceivedRequest(
                context.method().get(),
                event.getRawPath(),
                event.getRawQueryString() == null ? "" : event.getRawQueryString(),
                headers(event),
                body(event));
    }

    private static Map<String, String> headers(APIGatewayV2HTTPEvent event) {
        Map<String, String> headers = new HashMap<>();
        if (event.getHeaders() != null) {
            long length = 0;
            for (Map.Entry<String, String> header : event.getHeaders().entrySet()) {
                if (header.getValue() != null) {
                    length += header.getKey().length() + header.getValue().length();
                    if (length > MAX_HEADER_LENGTH) {
                        throw DisError.INVALID_REQUEST.because("the headers must be at most 64 KiB");
                    }
                    headers.merge(
                            header.getKey().toLowerCase(Locale.ROOT),
                            header.getValue(),
                            (one, other) -> one + ',' + other);
                }
            }
        }
        return headers;
    }

    private static byte[] body(APIGatewayV2HTTPEvent event) {
        String body = event.getBody();
        if (body == null) {
            return NONE;
        }
        if (event.getIsBase64Encoded()) {
            try {
                return Base64.getDecoder().decode(body);
            } catch (IllegalArgumentException e) {
                return UNREADABLE;
            }
        }
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        // An unpaired surrogate becomes a question mark on its way.
        return body.equals(new String(bytes, StandardCharsets.UTF_8)) ? bytes : UNREADABLE;
    }

    /** Makes an answer anew of the one of the HTTP server: with its length, and without a header of the connection. */
    private APIGatewayV2HTTPResponse answer(HttpServer.Response response, RequestContext context) {
        int status = response.status();
        if (status >= 400) {
            DisException refusal =
                    context.refusal().orElseGet(() -> DisError.of(status).because("not an acceptable HTTP request"));
            return error(refusal, context);
        }
        if (!response.body().isEmpty()) {
            return withBody(status, new HashMap<>(), response.body());
        }
        return APIGatewayV2HTTPResponse.builder()
                .withStatusCode(status)
                // The official Java client takes an empty answer for none where its length is not said.
                .withHeaders(status == 204 ? Map.of() : Map.of("Content-Length", "0"))
                .build();
    }

    private APIGatewayV2HTTPResponse error(DisException refusal, RequestContext context) {
        context.refuse(refusal);
        try {
            return withBody(
                    refusal.error().status(),
                    new HashMap<>(refusal.headers()),
                    mapper.writeValueAsString(ErrorBody.of(refusal, context.requestId())));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("An error body is always JSON", e);
        }
    }

    private static APIGatewayV2HTTPResponse withBody(int status, Map<String, String> headers, String body) {
        headers.put("Content-Type", ErrorBody.MEDIA_TYPE);
        headers.put("Content-Length", Integer.toString(body.getBytes(StandardCharsets.UTF_8).length));
        return APIGatewayV2HTTPResponse.builder()
                .withStatusCode(status)
                .withHeaders(headers)
                .withBody(body)
                .build();
    }
}
