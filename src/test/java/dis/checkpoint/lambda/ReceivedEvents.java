package dis.checkpoint.lambda;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dis.checkpoint.request.ReceivedRequest;

/** Events as the function reads them. */
public final class ReceivedEvents {

    private static final ObjectMapper MAPPER = new EventFormat().mapper();

    private ReceivedEvents() {}

    public static ReceivedRequest read(String event) {
        try {
            return HttpEventBoundary.received(MAPPER.readValue(event, APIGatewayV2HTTPEvent.class));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
