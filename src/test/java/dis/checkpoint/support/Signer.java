package dis.checkpoint.support;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import dis.checkpoint.auth.AccessKey;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests as a client does.
 *
 * @param form the form of the DIS SDKs, with the secret itself or with a derived secret, or the form of the v3 SDKs
 */
public record Signer(Form form, String accessKey, String secret) {

    public enum Form {
        DIS,
        DERIVED,
        V3
    }

    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    /** The time in the form of {@code X-Sdk-Date}. */
    public static String date(Instant time) {
        return DATE.format(time);
    }

    /** A client with the key. */
    public static Signer with(AccessKey key, Form form) {
        return new Signer(form, key.id(), key.secret());
    }

    /** Replaces the event's token by a signature of its host, media types and body. */
    public APIGatewayV2HTTPEvent sign(APIGatewayV2HTTPEvent event) {
        Map<String, String> headers = new TreeMap<>();
        for (String name : List.of("accept", "content-type", "host")) {
            headers.put(name, event.getHeaders().get(name));
        }
        event.getHeaders().remove("x-auth-token");
        event.getHeaders()
                .putAll(sign(
                        Instant.now(),
                        event.getRequestContext().getHttp().getMethod(),
                        event.getRawPath(),
                        event.getRawQueryString(),
                        headers,
                        event.getBody() == null ? new byte[0] : event.getBody().getBytes(StandardCharsets.UTF_8)));
        return event;
    }

    /** Returns the headers of the request, all of them signed, with the headers of the signature. */
    public Map<String, String> sign(
            Instant now, String method, String path, String query, Map<String, String> headers, byte[] body) {
        Map<String, String> signed = new TreeMap<>(headers);
        signed.put("x-sdk-date", date(now));
        String scope = date(now).substring(0, 8) + "/eu-de/dis";
        List<String> names = List.copyOf(signed.keySet());
        signed.put("authorization", authorization(scope, method, path, query, signed, names, body));
        return signed;
    }

    /**
     * @param scope day, region and service, separated by slashes
     * @param headers must contain {@code x-sdk-date}
     * @param names the names of the signed headers, in their order
     */
    public String authorization(
            String scope,
            String method,
            String path,
            String query,
            Map<String, String> headers,
            List<String> names,
            byte[] body) {
        String date = headers.get("x-sdk-date");
        StringBuilder request = new StringBuilder();
        request.append(method).append('\n');
        request.append(path).append(path.endsWith("/") ? "\n" : "/\n");
        request.append(query(query)).append('\n');
        names.forEach(name ->
                request.append(name).append(':').append(headers.get(name)).append('\n'));
        request.append('\n').append(String.join(";", names)).append('\n').append(sha256(body));
        String hash = sha256(request.toString().getBytes(StandardCharsets.UTF_8));
        String rest = ", SignedHeaders=" + String.join(";", names) + ", Signature=";
        if (form == Form.V3) {
            String text = "SDK-HMAC-SHA256\n" + date + '\n' + hash;
            return "SDK-HMAC-SHA256 Access=" + accessKey + rest
                    + HexFormat.of().formatHex(hmac(secret.getBytes(StandardCharsets.UTF_8), text));
        }
        String algorithm = form == Form.DERIVED ? "V11-HMAC-SHA256" : "SDK-HMAC-SHA256";
        String whole = scope + "/sdk_request";
        byte[] key = ("SDK" + (form == Form.DERIVED ? derived(scope) : secret)).getBytes(StandardCharsets.UTF_8);
        for (String part : whole.split("/")) {
            key = hmac(key, part);
        }
        String text = algorithm + '\n' + date + '\n' + whole + '\n' + hash;
        return algorithm + " Credential=" + accessKey + '/' + whole + rest
                + HexFormat.of().formatHex(hmac(key, text));
    }

    private String derived(String scope) {
        byte[] extracted = hmac(accessKey.getBytes(StandardCharsets.UTF_8), secret);
        return HexFormat.of().formatHex(hmac(extracted, scope + '\u0001'));
    }

    /** The canonical form of a query that is not percent-encoded. */
    private static String query(String query) {
        return Arrays.stream(query.split("&"))
                .filter(parameter -> !parameter.isEmpty())
                .map(parameter -> parameter.split("=", 2))
                .map(parameter -> List.of(encode(parameter[0]), encode(parameter[1])))
                .sorted(Comparator.comparing((List<String> parameter) -> parameter.get(0))
                        .thenComparing(parameter -> parameter.get(1)))
                .map(parameter -> String.join("=", parameter))
                .collect(Collectors.joining("&"));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
