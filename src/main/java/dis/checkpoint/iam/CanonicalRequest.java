package dis.checkpoint.iam;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A request in the one spelling that a client signs and the function checks (API reference, "Access keys").
 *
 * @param text method, path, query, a line for each signed header, their names, SHA-256 of the body
 */
record CanonicalRequest(String text) {

    private static final Pattern AMPERSAND = Pattern.compile("&");

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    /**
     * @param path that of the request, or what the client signs in its place
     * @param signedHeaders names of headers that the request has, in lower case, in the order in which they are signed
     */
    static CanonicalRequest of(ReceivedRequest request, String path, List<String> signedHeaders) {
        String headers = signedHeaders.stream()
                .map(name -> name + ':' + request.headers().get(name).strip() + '\n')
                .collect(Collectors.joining());
        return new CanonicalRequest(String.join(
                "\n",
                request.method(),
                path,
                canonicalQuery(request.query()),
                headers,
                String.join(";", signedHeaders),
                Sha256.hex(request.body())));
    }

    String hash() {
        return Sha256.hex(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String canonicalQuery(String query) {
        return AMPERSAND
                .splitAsStream(query)
                .filter(parameter -> !parameter.isEmpty())
                .map(Parameter::parse)
                .sorted(Comparator.comparing(Parameter::name).thenComparing(Parameter::value))
                .map(parameter -> parameter.name() + '=' + parameter.value())
                .collect(Collectors.joining("&"));
    }

    /** A parameter of the query, percent-encoded after RFC 3986. */
    private record Parameter(String name, String value) {

        static Parameter parse(String text) {
            int equals = text.indexOf('=');
            return equals < 0
                    ? new Parameter(encode(decode(text)), "")
                    : new Parameter(
                            encode(decode(text.substring(0, equals))), encode(decode(text.substring(equals + 1))));
        }
    }

    /** A plus is one, and not a blank: so all clients sign it. A percent sign without two hex digits is one, too. */
    private static byte[] decode(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream decoded = new ByteArrayOutputStream(encoded.length);
        for (int i = 0; i < encoded.length; i++) {
            if (encoded[i] == '%'
                    && i + 2 < encoded.length
                    && HexFormat.isHexDigit(encoded[i + 1])
                    && HexFormat.isHexDigit(encoded[i + 2])) {
                decoded.write(HexFormat.fromHexDigit(encoded[i + 1]) << 4 | HexFormat.fromHexDigit(encoded[i + 2]));
                i += 2;
            } else {
                decoded.write(encoded[i]);
            }
        }
        return decoded.toByteArray();
    }

    private static String encode(byte[] bytes) {
        StringBuilder encoded = new StringBuilder(bytes.length);
        for (byte b : bytes) {
            if (isUnreserved(b)) {
                encoded.append((char) b);
            } else {
                encoded.append('%').append(HEX.toHexDigits(b));
            }
        }
        return encoded.toString();
    }

    /** RFC 3986, section 2.3. */
    private static boolean isUnreserved(byte b) {
        return b >= 'a' && b <= 'z'
                || b >= 'A' && b <= 'Z'
                || b >= '0' && b <= '9'
                || b == '-'
                || b == '.'
                || b == '_'
                || b == '~';
    }
}
