package dis.checkpoint.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext.Http;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dis.checkpoint.auth.Authenticator;
import dis.checkpoint.auth.Grant;
import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import dis.checkpoint.http.Call;
import dis.checkpoint.http.ErrorBody;
import dis.checkpoint.http.ErrorMapper;
import dis.checkpoint.http.InProcessClient;
import dis.checkpoint.http.Outcome;
import dis.checkpoint.http.RequestFactory;
import dis.checkpoint.request.Body;
import dis.checkpoint.request.Deadline;
import dis.checkpoint.request.ReceivedRequest;
import dis.checkpoint.request.RequestPath;
import io.quarkus.runtime.LaunchMode;
import jakarta.annotation.Priority;
import jakarta.decorator.Decorator;
import jakarta.decorator.Delegate;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Where events come in and answers go out, around the whole HTTP stack. The stack gets a request only once its caller has
 * been let in, and then one made anew of what the calls read. The answer and the log line are made here, of the one outcome:
 * every error, from whichever layer, leaves in the one format.
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

    private static final int NO_CONTENT = 204;
    private static final int NOT_FOUND = 404;

    private final RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> quarkus;
    private final InProcessClient client;
    private final Authenticator authenticator;
    private final ObjectMapper mapper;
    private final RequestLog log;

    @Inject
    HttpEventBoundary(
            @Delegate RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> quarkus,
            InProcessClient client,
            Authenticator authenticator,
            ObjectMapper mapper,
            RequestLog log) {
        this.quarkus = quarkus;
        this.client = client;
        this.authenticator = authenticator;
        this.mapper = mapper;
        this.log = log;
    }

    @Override
    public APIGatewayV2HTTPResponse handleRequest(APIGatewayV2HTTPEvent event, Context lambda) {
        if (isForDevelopment(event)) {
            return page(event, lambda);
        }
        Deadline deadline = Deadline.in(TIME);
        RequestRecord record = record(event);
        Outcome outcome;
        try {
            outcome = outcome(event, record, deadline);
        } catch (DisException refusal) {
            outcome = Outcome.of(refusal);
        } catch (RuntimeException bug) {
            outcome = Outcome.of(DisError.bug(bug));
        }
        log.write(record, outcome);
        return answer(outcome, record.requestId());
    }

    private Outcome outcome(APIGatewayV2HTTPEvent event, RequestRecord record, Deadline deadline) {
        Deadline endOfWaiting = deadline.minus(TIME_TO_ANSWER);
        ReceivedRequest received = received(event);
        RequestPath path = RequestPath.parse(received.path());
        record.setProject(path.validProject());
        Grant grant = authenticator.authenticate(received, endOfWaiting, record::setAskedIam);
        record.setCaller(grant.caller());
        ProjectId project = path.project();
        authenticator.authorize(grant, project);
        record.setAdmitted();
        Call call = new Call(project, endOfWaiting);
        return client.exchange(RequestFactory.make(received, path, call), call, deadline);
    }

    /** The pages that Quarkus serves in development alone. */
    private static boolean isForDevelopment(APIGatewayV2HTTPEvent event) {
        return LaunchMode.current() == LaunchMode.DEVELOPMENT
                && event.getRawPath() != null
                && event.getRawPath().startsWith("/q/");
    }

    private APIGatewayV2HTTPResponse page(APIGatewayV2HTTPEvent event, Context lambda) {
        // An event has one answer. A WebSocket, which the Dev UI asks for, would keep the loop from the next event.
        event.getHeaders().keySet().removeIf("upgrade"::equalsIgnoreCase);
        APIGatewayV2HTTPResponse page = quarkus.handleRequest(event, lambda);
        return page.getStatusCode() == NOT_FOUND
                ? answer(
                        Outcome.of(ErrorMapper.ofStatus(NOT_FOUND)),
                        record(event).requestId())
                : page;
    }

    private static RequestRecord record(APIGatewayV2HTTPEvent event) {
        String requestId = context(event)
                .map(RequestContext::getRequestId)
                .orElseGet(() -> UUID.randomUUID().toString());
        Optional<Http> http = context(event).map(RequestContext::getHttp);
        return new RequestRecord(requestId, http.map(Http::getMethod), http.map(Http::getSourceIp));
    }

    private static Optional<RequestContext> context(APIGatewayV2HTTPEvent event) {
        return Optional.ofNullable(event).map(APIGatewayV2HTTPEvent::getRequestContext);
    }

    private static ReceivedRequest received(APIGatewayV2HTTPEvent event) {
        Optional<String> method = context(event).map(RequestContext::getHttp).map(Http::getMethod);
        if (method.isEmpty() || event.getRawPath() == null) {
            throw DisError.INVALID_REQUEST.because(
                    event != null && EventReader.PAYLOAD_FORMAT_1.equals(event.getVersion())
                            ? "the event is of payload format 1.0: the integration must use 2.0"
                            : "the event is not an HTTP request");
        }
        return ReceivedRequest.of(
                method.get(),
                event.getRawPath(),
                event.getRawQueryString() == null ? "" : event.getRawQueryString(),
                event.getHeaders() == null ? Map.of() : event.getHeaders(),
                body(event));
    }

    private static Body body(APIGatewayV2HTTPEvent event) {
        if (event.getBody() == null) {
            return Body.NONE;
        }
        return event.getIsBase64Encoded() ? Body.ofBase64(event.getBody()) : Body.ofText(event.getBody());
    }

    /** With the length of a body in bytes, and without a header of the connection. */
    private APIGatewayV2HTTPResponse answer(Outcome outcome, String requestId) {
        Map<String, String> headers = new HashMap<>();
        headers.put("X-Request-Id", requestId);
        String body = null;
        if (outcome instanceof Outcome.NotDone notDone) {
            headers.putAll(notDone.error().headers());
            body = json(ErrorBody.of(notDone.error(), requestId));
        } else if (outcome instanceof Outcome.Found found) {
            body = json(found.answer());
        }
        if (body != null) {
            headers.put("Content-Type", ErrorBody.MEDIA_TYPE);
            headers.put("Content-Length", Integer.toString(body.getBytes(StandardCharsets.UTF_8).length));
        } else if (outcome.status() != NO_CONTENT) {
            // The official Java client takes an empty answer for none where its length is not said.
            headers.put("Content-Length", "0");
        }
        return APIGatewayV2HTTPResponse.builder()
                .withStatusCode(outcome.status())
                .withHeaders(headers)
                .withBody(body)
                .build();
    }

    private String json(Object body) {
        try {
            return mapper.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The bodies of answers are always JSON", e);
        }
    }
}
