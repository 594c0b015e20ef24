package dis.checkpoint.request;

import dis.checkpoint.error.DisError;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/**
 * A request as API Gateway handed it over, and not larger than one may be: what its caller is judged by.
 *
 * @param method of HTTP; any text
 * @param path at most 8 KiB; neither decoded nor resolved in any way
 * @param headers at most 64 KiB; by their names in lower case. Where a name was sent several times, its values are joined by
 *     commas
 */
public record ReceivedRequest(String method, String path, Query query, Map<String, String> headers, Body body) {

    /** The most that the names and values of all headers may take together. */
    public static final int MAX_HEADERS_LENGTH = 64 * 1024;

    private static final int MAX_PATH_LENGTH = 8 * 1024;

    /**
     * Reads the parts of a request.
     *
     * @param query without the question mark, not decoded
     * @param headers by their names in any case; those without a value are left out
     * @throws dis.checkpoint.error.DisException {@link DisError#INVALID_REQUEST} where path, query or headers are larger than
     *     they may be
     */
    public static ReceivedRequest of(String method, String path, String query, Map<String, String> headers, Body body) {
        if (utf8Length(path) > MAX_PATH_LENGTH) {
            throw DisError.INVALID_REQUEST.because("the path must be at most 8 KiB");
        }
        return new ReceivedRequest(method, path, Query.parse(query), inLowerCase(headers), body);
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

    /** Of ASCII letters alone: in Unicode, the sign of the unit kelvin is a k as well. */
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
