package dis.checkpoint.request;

import dis.checkpoint.error.DisError;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * A request as the gateway or load balancer handed it over, within the limits of size. The caller is authenticated by it.
 *
 * @param method any text
 * @param basePath the stage or base path that the client called the path below, such as {@code /prod}; mostly empty, at
 *     most 8 KiB
 * @param path at most 8 KiB; neither decoded nor resolved
 * @param headers at most 64 KiB, by their names in lower case. Several values of a name are joined by commas
 */
public record ReceivedRequest(
        String method, String basePath, String path, Query query, Map<String, String> headers, Body body) {

    /** The most bytes that the names and values of all headers may have together. */
    public static final int MAX_HEADERS_LENGTH = 64 * 1024;

    private static final int MAX_PATH_LENGTH = 8 * 1024;

    /**
     * Reads the parts of a request.
     *
     * @param query without the question mark, not decoded
     * @param headers by their names in any case; headers without a value are left out
     * @throws dis.checkpoint.error.DisException {@link DisError#INVALID_REQUEST} where path, query or headers are too large
     */
    public static ReceivedRequest of(String method, String path, String query, Map<String, String> headers, Body body) {
        requireMaxPathLength(path);
        return new ReceivedRequest(method, "", path, Query.parse(query), inLowerCase(headers), body);
    }

    /**
     * This request with the base path of the path that the client called.
     *
     * @param calledPath ends in {@link #path()}, else it is ignored
     * @throws dis.checkpoint.error.DisException {@link DisError#INVALID_REQUEST} where the base path is too large
     */
    public ReceivedRequest calledAt(String calledPath) {
        if (!calledPath.endsWith(path)) {
            return this;
        }
        String before = calledPath.substring(0, calledPath.length() - path.length());
        requireMaxPathLength(before);
        return new ReceivedRequest(method, before, path, query, headers, body);
    }

    /** The paths that a client may have signed: the path that it called, and the path without the base path. */
    public Set<String> signedPaths() {
        return basePath.isEmpty() ? Set.of(path) : Set.of(basePath + path, path);
    }

    private static void requireMaxPathLength(String path) {
        if (utf8Length(path) > MAX_PATH_LENGTH) {
            throw DisError.INVALID_REQUEST.because("the path must be at most 8 KiB");
        }
    }

    private static Map<String, String> inLowerCase(Map<String, String> sent) {
        Map<String, String> headers = new HashMap<>();
        long length = 0;
        for (Map.Entry<String, String> header : sent.entrySet()) {
            if (header.getValue() != null) {
                length += utf8Length(header.getKey()) + utf8Length(header.getValue());
                if (length > MAX_HEADERS_LENGTH) {
                    throw DisError.INVALID_REQUEST.because("the headers must be at most 64 KiB");
                }
                headers.merge(lowerCase(header.getKey()), header.getValue(), (one, other) -> one + ',' + other);
            }
        }
        return Collections.unmodifiableMap(headers);
    }

    /** Lowers ASCII letters alone, because Unicode also lowers the sign of the unit kelvin to a k. */
    private static String lowerCase(String name) {
        StringBuilder lower = new StringBuilder(name);
        for (int i = 0; i < lower.length(); i++) {
            char c = lower.charAt(i);
            if ('A' <= c && c <= 'Z') {
                lower.setCharAt(i, (char) (c - 'A' + 'a'));
            }
        }
        return lower.toString();
    }

    static long utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
