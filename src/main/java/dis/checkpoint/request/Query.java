package dis.checkpoint.request;

import dis.checkpoint.error.DisError;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The query of a request, split and decoded once. The signature and the call use the same parameters, so that no spelling
 * means one thing to the signature and another to the call.
 *
 * <p>A percent sign before two hex digits is decoded. Any other percent sign stands for itself, and so does a plus, because
 * some clients do not encode and no client signs a plus for a blank.
 */
public final class Query {

    /** The most bytes that a query may have. */
    public static final int MAX_LENGTH = 16 * 1024;

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private final List<Parameter> parameters;

    /** A decoded name and value, in bytes, because a signature also covers bytes that are no text. */
    private record Parameter(byte[] name, byte[] value) {

        static Parameter parse(String text) {
            int equals = text.indexOf('=');
            return equals < 0
                    ? new Parameter(decode(text), new byte[0])
                    : new Parameter(decode(text.substring(0, equals)), decode(text.substring(equals + 1)));
        }
    }

    /**
     * A parameter as text.
     *
     * @param value empty where it was given without one
     */
    public record Named(String name, String value) {}

    private Query(List<Parameter> parameters) {
        this.parameters = parameters;
    }

    /**
     * Reads any text of at most {@value #MAX_LENGTH} bytes. Empty parts are skipped: {@code a=1&&b=2}.
     *
     * @param text without the question mark
     * @throws dis.checkpoint.error.DisException {@link DisError#INVALID_REQUEST} if the query is longer
     */
    public static Query parse(String text) {
        if (ReceivedRequest.utf8Length(text) > MAX_LENGTH) {
            throw DisError.INVALID_REQUEST.because("the query must be at most 16 KiB");
        }
        List<Parameter> parameters = new ArrayList<>();
        for (int start = 0; start < text.length(); ) {
            int ampersand = text.indexOf('&', start);
            int end = ampersand < 0 ? text.length() : ampersand;
            if (end > start) {
                parameters.add(Parameter.parse(text.substring(start, end)));
            }
            start = end + 1;
        }
        return new Query(parameters);
    }

    /** The parameters in their order. Bytes that are no UTF-8 read as U+FFFD. */
    public List<Named> parameters() {
        return parameters.stream()
                .map(parameter -> new Named(text(parameter.name()), text(parameter.value())))
                .toList();
    }

    /** The parameters as a signature covers them: percent-encoded (RFC 3986), sorted by name and value. */
    public String canonical() {
        return parameters.stream()
                .map(parameter -> new Named(encode(parameter.name()), encode(parameter.value())))
                .sorted(Comparator.comparing(Named::name).thenComparing(Named::value))
                .map(parameter -> parameter.name() + '=' + parameter.value())
                .collect(Collectors.joining("&"));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

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
