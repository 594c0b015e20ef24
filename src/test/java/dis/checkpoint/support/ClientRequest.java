package dis.checkpoint.support;

import dis.checkpoint.request.Body;
import dis.checkpoint.request.ReceivedRequest;
import java.util.Map;

/**
 * A request as a client sends it.
 *
 * @param query as it is spelled
 * @param headers by their names in lower case
 */
public record ClientRequest(String method, String path, String query, Map<String, String> headers, byte[] body) {

    public ReceivedRequest received() {
        return ReceivedRequest.of(method, path, query, headers, Body.of(body));
    }
}
