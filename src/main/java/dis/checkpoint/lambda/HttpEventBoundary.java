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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Takes each event and answers it, around the whole HTTP stack. Only authenticated requests reach the HTTP stack. They are
 * rebuilt from the fields that the calls use. The answer and the log line are made here from the one outcome of the call, so
 * that every error, from whichever layer, has the same format.
 *
 * <p>It replaces the handler of Quarkus, which only answers the pages of development.
 */
@Decorator
@Priority(1)
public class HttpEventBoundary implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> {

    /** A caller is answered within 5 seconds. */
    private static final Duration TIME = Duration.ofMillis(4_900);

    /** The part of {@link #TIME} in which the function no longer waits for IAM or the table. */
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
        return answer(event, outcome, record.requestId());
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

    /** Whether the event asks for a page that Quarkus serves in development only, such as the Swagger UI. */
    private static boolean isForDevelopment(APIGatewayV2HTTPEvent event) {
        return LaunchMode.current() == LaunchMode.DEVELOPMENT
                && event.getRawPath() != null
                && event.getRawPath().startsWith("/q/");
    }

    private APIGatewayV2HTTPResponse page(APIGatewayV2HTTPEvent event, Context lambda) {
        // The Dev UI asks for a WebSocket, which would keep the poll loop from the next event.
        event.getHeaders().keySet().removeIf("upgrade"::equalsIgnoreCase);
        APIGatewayV2HTTPResponse page = quarkus.handleRequest(event, lambda);
        return page.getStatusCode() == NOT_FOUND
                ? answer(
                        event,
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

    static ReceivedRequest received(APIGatewayV2HTTPEvent event) {
        Optional<Http> http = context(event).map(RequestContext::getHttp);
        if (http.map(Http::getMethod).isEmpty() || event.getRawPath() == null) {
            throw DisError.INVALID_REQUEST.because(
                    "the event is not an HTTP request of an API Gateway, a function URL or a load balancer");
        }
        ReceivedRequest received = ReceivedRequest.of(
                http.get().getMethod(),
                event.getRawPath(),
                event.getRawQueryString() == null ? "" : event.getRawQueryString(),
                event.getHeaders() == null ? Map.of() : event.getHeaders(),
                body(event));
        return http.map(Http::getPath).map(received::calledAt).orElse(received);
    }

    private static Body body(APIGatewayV2HTTPEvent event) {
        if (event.getBody() == null) {
            return Body.NONE;
        }
        return event.getIsBase64Encoded() ? Body.ofBase64(event.getBody()) : Body.ofText(event.getBody());
    }

    /** States the length of the body in bytes, because the official Java client fails where an empty body has no length. */
    private APIGatewayV2HTTPResponse answer(APIGatewayV2HTTPEvent event, Outcome outcome, String requestId) {
        Map<String, String> headers = new HashMap<>();
        headers.put("X-Request-Id", requestId);
        String body = null;
        if (outcome instanceof Outcome.NotDone notDone) {
            headers.putAll(notDone.error().headers());
            body = json(ErrorBody.of(notDone.error(), requestId));
        } else if (outcome instanceof Outcome.Done done && done.body().isPresent()) {
            body = json(done.body().get());
        }
        if (body != null) {
            headers.put("Content-Type", ErrorBody.MEDIA_TYPE);
            headers.put("Content-Length", Integer.toString(body.getBytes(StandardCharsets.UTF_8).length));
        } else if (outcome.status() != NO_CONTENT) {
            headers.put("Content-Length", "0");
        }
        APIGatewayV2HTTPResponse answer = answerInFormOf(event, headers);
        answer.setStatusCode(outcome.status());
        answer.setBody(body);
        return answer;
    }

    static APIGatewayV2HTTPResponse answerInFormOf(APIGatewayV2HTTPEvent event, Map<String, String> headers) {
        String version = event == null ? null : event.getVersion();
        boolean hasSeveralValues = EventReader.MULTI_VALUE_LOAD_BALANCER.equals(version);
        APIGatewayV2HTTPResponse answer = hasSeveralValues || EventReader.LOAD_BALANCER.equals(version)
                ? new AnswerWriter.LoadBalancerAnswer()
                : new APIGatewayV2HTTPResponse();
        if (hasSeveralValues) {
            Map<String, List<String>> lists = new HashMap<>();
            headers.forEach((name, value) -> lists.put(name, List.of(value)));
            answer.setMultiValueHeaders(lists);
        } else {
            answer.setHeaders(headers);
        }
        return answer;
    }

    private String json(Object body) {
        try {
            return mapper.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The bodies of answers are always JSON", e);
        }
    }
}
