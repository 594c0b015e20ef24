package dis.checkpoint.lambda;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.ObjectMapper;
import dis.checkpoint.iam.Authenticator;
import dis.checkpoint.support.Api;
import dis.checkpoint.support.EmbeddedServices;
import dis.checkpoint.support.Events;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(EmbeddedServices.class)
class HttpEventBoundaryTest {

    @Inject
    Authenticator authenticator;

    @Inject
    ObjectMapper mapper;

    @Inject
    RequestLog log;

    @Inject
    ScheduledExecutorService executor;

    @Test
    void answersARequestThatGotLostOnItsWayToTheHttpServer() {
        HttpEventBoundary boundary =
                new HttpEventBoundary((event, context) -> waitInVain(), authenticator, mapper, log, executor);

        APIGatewayV2HTTPResponse answer =
                boundary.handleRequest(Events.event("GET", Api.query(Api.newApp(), "0")), null);

        assertThat(answer.getStatusCode(), is(503));
        assertThat(answer.getHeaders().get("Retry-After"), is("1"));
        assertThat(answer.getHeaders().get("Content-Type"), is(Api.MEDIA_TYPE));
        assertThat(answer.getBody(), containsString("DIS.5000"));
        assertThat("the next event would be interrupted", Thread.interrupted(), is(false));
    }

    /** As Quarkus does: until it is interrupted, and then it answers 500. */
    private static APIGatewayV2HTTPResponse waitInVain() {
        try {
            new CountDownLatch(1).await();
            throw new AssertionError("nobody counts it down");
        } catch (InterruptedException e) {
            return APIGatewayV2HTTPResponse.builder().withStatusCode(500).build();
        }
    }
}
