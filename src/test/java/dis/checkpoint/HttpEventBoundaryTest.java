package dis.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpEventBoundaryTest {

    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void shutDown() {
        executor.shutdownNow();
    }

    @Test
    void answersARequestThatGotLostOnItsWayToTheHttpServer() {
        ObjectMapper mapper = new ObjectMapper();
        HttpEventBoundary boundary = new HttpEventBoundary(
                (event, context) -> waitInVain(), mapper, new RequestLog(new Call(), mapper), executor);

        APIGatewayV2HTTPResponse answer = boundary.handleRequest(request(), null);

        assertEquals(503, answer.getStatusCode());
        assertEquals("1", answer.getHeaders().get("Retry-After"));
        assertEquals(Api.MEDIA_TYPE, answer.getHeaders().get("Content-Type"));
        assertTrue(answer.getBody().contains("DIS.5000"));
        assertFalse(Thread.interrupted(), "the next event would be interrupted");
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

    private static APIGatewayV2HTTPEvent request() {
        return APIGatewayV2HTTPEvent.builder()
                .withRawPath("/v2/project-1/checkpoints")
                .withRequestContext(RequestContext.builder()
                        .withHttp(
                                RequestContext.Http.builder().withMethod("GET").build())
                        .build())
                .build();
    }
}
