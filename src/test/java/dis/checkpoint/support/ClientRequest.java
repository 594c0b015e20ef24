package dis.checkpoint.support;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import dis.checkpoint.lambda.ReceivedEvents;
import dis.checkpoint.request.Body;
import dis.checkpoint.request.ReceivedRequest;
import java.util.Base64;
import java.util.Map;

/**
 * A request as a client sends it.
 *
 * @param query as the client spells it
 * @param headers with names in lower case
 */
public record ClientRequest(String method, String path, String query, Map<String, String> headers, byte[] body) {

    /** The request as the function reads it from the event that the way makes of it. */
    public ReceivedRequest received(Way way) {
        APIGatewayV2HTTPEvent call =
                Events.event(method, query, Base64.getEncoder().encodeToString(body));
        call.setIsBase64Encoded(true);
        call.setRawPath(path);
        call.setHeaders(headers);
        return ReceivedEvents.read(way.json(call));
    }

    public ReceivedRequest received() {
        return ReceivedRequest.of(method, path, query, headers, Body.of(body));
    }
}
