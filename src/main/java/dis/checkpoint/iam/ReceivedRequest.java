package dis.checkpoint.iam;

import java.util.Map;

/**
 * A request exactly as API Gateway handed it over: what its caller is judged by.
 *
 * @param method of HTTP
 * @param path not decoded, nor resolved in any way
 * @param query without the question mark, not decoded; empty where there is none
 * @param headers by their names in lower case; where a name was sent several times, its values joined by commas
 * @param body its bytes; empty where there is none
 */
public record ReceivedRequest(String method, String path, String query, Map<String, String> headers, byte[] body) {}
