package dis.checkpoint.iam;

import dis.checkpoint.domain.AccessKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The header {@code Authorization} of a signed request, in the form of the DIS SDKs or in that of the v3 SDKs (API
 * reference, "Access keys").
 *
 * @param accessKey text of {@link AccessKey#ID_FORMAT}
 * @param scope what the signature of a DIS SDK is for; empty in the form of the v3 SDKs
 * @param signedHeaders names in lower case, at least one, none twice
 * @param signature 64 hex digits in lower case
 */
record SignedAuthorization(String accessKey, Optional<Scope> scope, List<String> signedHeaders, String signature) {

    private static final String ALGORITHM = "SDK-HMAC-SHA256";
    private static final String SERVICE = "dis";
    private static final String TERMINATOR = "sdk_request";

    /** Clients send up to a few hundred characters. */
    private static final int MAX_LENGTH = 4_096;

    /** No two parts that repeat can match the same characters, so the time to match grows with the length alone. */
    private static final Pattern FORM = Pattern.compile(ALGORITHM
            + " (?:Access=(?<access>" + AccessKey.ID_FORMAT + ")"
            + "|Credential=(?<credential>" + AccessKey.ID_FORMAT + ")/(?<day>[0-9]{8})/(?<region>[A-Za-z0-9_-]{1,64})/"
            + SERVICE + '/' + TERMINATOR + ")"
            + ", *SignedHeaders=(?<headers>[a-z0-9!#$%&'*+.^_`|~;-]+)"
            + ", *Signature=(?<signature>[0-9a-f]{64})");

    /**
     * @param day {@code yyyyMMdd}
     */
    record Scope(String day, String region) {

        @Override
        public String toString() {
            return String.join("/", day, region, SERVICE, TERMINATOR);
        }
    }

    /** Empty for anything else than one of the two forms; so for two headers, which API Gateway joins by a comma. */
    static Optional<SignedAuthorization> parse(String header) {
        if (header.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        Matcher form = FORM.matcher(header);
        if (!form.matches()) {
            return Optional.empty();
        }
        List<String> signedHeaders = List.of(form.group("headers").split(";", -1));
        if (signedHeaders.stream().distinct().count() < signedHeaders.size()) {
            return Optional.empty();
        }
        Optional<Scope> scope = Optional.ofNullable(form.group("day")).map(day -> new Scope(day, form.group("region")));
        return Optional.of(new SignedAuthorization(
                form.group(scope.isPresent() ? "credential" : "access"),
                scope,
                signedHeaders,
                form.group("signature")));
    }

    /**
     * Whether it is the signature of this request, made with this secret; compared in constant time.
     *
     * @param request has all signed headers
     * @param date {@code X-Sdk-Date} as the client signed it
     */
    boolean isOf(ReceivedRequest request, String date, String secret) {
        String hash = CanonicalRequest.of(request, signedPath(request.path()), signedHeaders)
                .hash();
        String text = scope.map(its -> String.join("\n", ALGORITHM, date, its.toString(), hash))
                .orElseGet(() -> String.join("\n", ALGORITHM, date, hash));
        String expected = HexFormat.of().formatHex(hmac(signingKey(secret), text));
        return MessageDigest.isEqual(bytes(expected), bytes(signature));
    }

    /** The v3 SDKs sign a slash at the end of each path, and do not send it. */
    private String signedPath(String path) {
        return scope.isPresent() || path.endsWith("/") ? path : path + '/';
    }

    private byte[] signingKey(String secret) {
        if (scope.isEmpty()) {
            return bytes(secret);
        }
        byte[] ofDay = hmac(bytes("SDK" + secret), scope.get().day());
        return hmac(hmac(hmac(ofDay, scope.get().region()), SERVICE), TERMINATOR);
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, mac.getAlgorithm()));
            return mac.doFinal(bytes(text));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has HmacSHA256", e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Without the signature. */
    @Override
    public String toString() {
        return "SignedAuthorization of " + accessKey;
    }
}
