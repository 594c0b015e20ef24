package dis.checkpoint.auth;

import dis.checkpoint.request.ReceivedRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SignatureException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The header {@code Authorization} of a signed request, in one of the three forms of the clients (API reference, "Access
 * keys").
 *
 * @param accessKey text of {@link AccessKey#ID_FORMAT}
 * @param scope what the signature of a DIS SDK is for; empty in the form of the v3 SDKs
 * @param signedHeaders names in lower case, at least one, none twice
 * @param signature 64 hex digits in lower case
 */
record SignedAuthorization(
        Algorithm algorithm, String accessKey, Optional<Scope> scope, List<String> signedHeaders, String signature) {

    /** The name of a header that the forms with a scope have to sign. */
    static final String HOST = "host";

    /** Clients send up to a few hundred characters. */
    private static final int MAX_LENGTH = 4_096;

    private static final Pattern ACCESS_KEY = Pattern.compile(AccessKey.ID_FORMAT);
    private static final Pattern DAY = Pattern.compile("[0-9]{8}");
    private static final Pattern HEADER = Pattern.compile("[a-z0-9!#$%&'*+.^_`|~-]+");
    private static final Pattern SIGNATURE = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern PORT = Pattern.compile(":[0-9]+$");

    /** How the key is made that signs. */
    enum Algorithm {
        /** Of the secret itself. */
        PLAIN("SDK-HMAC-SHA256"),

        /** Of a secret that is derived for the day, region and service of the scope. */
        DERIVED("V11-HMAC-SHA256");

        private final String name;

        Algorithm(String name) {
            this.name = name;
        }

        static Algorithm of(String name) throws SignatureException {
            for (Algorithm algorithm : values()) {
                if (algorithm.name.equals(name)) {
                    return algorithm;
                }
            }
            throw malformed("the algorithm is neither " + PLAIN.name + " nor " + DERIVED.name);
        }
    }

    /**
     * @param day {@code yyyyMMdd}
     * @param region any text without a slash, such as none
     * @param service as the region
     */
    record Scope(String day, String region, String service) {

        static final String TERMINATOR = "sdk_request";

        /** What a derived secret is for. */
        String purpose() {
            return String.join("/", day, region, service);
        }

        @Override
        public String toString() {
            return purpose() + '/' + TERMINATOR;
        }
    }

    /**
     * Reads the header.
     *
     * @throws SignatureException which says what is not of a form; so for two headers, which API Gateway joins by a comma
     */
    static SignedAuthorization parse(String header) throws SignatureException {
        if (header.length() > MAX_LENGTH) {
            throw malformed("it is longer than " + MAX_LENGTH + " characters");
        }
        int blank = header.indexOf(' ');
        Algorithm algorithm = Algorithm.of(blank < 0 ? header : header.substring(0, blank));
        String[] parts = header.substring(blank + 1).split(",", -1);
        if (blank < 0 || parts.length != 3) {
            throw malformed("it has not three parts behind the algorithm");
        }
        List<String> signedHeaders = List.of(value("SignedHeaders", parts[1]).split(";", -1));
        if (!signedHeaders.stream().allMatch(name -> HEADER.matcher(name).matches())
                || Set.copyOf(signedHeaders).size() < signedHeaders.size()) {
            throw malformed("SignedHeaders are not names in lower case, each once");
        }
        String signature = value("Signature", parts[2]);
        if (!SIGNATURE.matcher(signature).matches()) {
            throw malformed("Signature is not 64 hex digits in lower case");
        }
        if (algorithm == Algorithm.PLAIN && parts[0].startsWith("Access=")) {
            String id = accessKey(value("Access", parts[0]));
            return new SignedAuthorization(algorithm, id, Optional.empty(), signedHeaders, signature);
        }
        String[] credential = value("Credential", parts[0]).split("/", -1);
        if (credential.length != 5
                || !DAY.matcher(credential[1]).matches()
                || !credential[4].equals(Scope.TERMINATOR)) {
            throw malformed("Credential is not AK/yyyyMMdd/region/service/" + Scope.TERMINATOR);
        }
        return new SignedAuthorization(
                algorithm,
                accessKey(credential[0]),
                Optional.of(new Scope(credential[1], credential[2], credential[3])),
                signedHeaders,
                signature);
    }

    private static String value(String name, String part) throws SignatureException {
        String text = part.stripLeading();
        if (!text.startsWith(name + '=')) {
            throw malformed("there is no " + name + " where one belongs");
        }
        return text.substring(name.length() + 1);
    }

    private static String accessKey(String id) throws SignatureException {
        if (!ACCESS_KEY.matcher(id).matches()) {
            throw malformed("the access key's id is not 10 to 40 of A-Z 0-9");
        }
        return id;
    }

    private static SignatureException malformed(String what) {
        return new SignatureException("Authorization is not of a signature's form: " + what);
    }

    /**
     * Whether it is the signature of this request, made with this secret; compared in constant time. Where the host has a
     * port, the signature over its name alone holds, too: the Python DIS SDK leaves the port out. Behind a stage or base path,
     * the signature over the path as the client called it holds, and the signature over the path without it.
     *
     * @param request has all signed headers
     * @param date {@code X-Sdk-Date} as the client signed it
     */
    boolean isOf(ReceivedRequest request, String date, String secret) {
        byte[] key = signingKey(secret);
        String host = request.headers().getOrDefault(HOST, "");
        String nameAlone = PORT.matcher(host).replaceFirst("");
        return request.signedPaths().stream()
                .anyMatch(path -> isSignature(request, path, host, date, key)
                        || signedHeaders.contains(HOST)
                                && !nameAlone.equals(host)
                                && isSignature(request, path, nameAlone, date, key));
    }

    private boolean isSignature(ReceivedRequest request, String path, String host, String date, byte[] key) {
        String hash = Sha256.hex(bytes(canonical(request, path, host)));
        String text = scope.map(its -> String.join("\n", algorithm.name, date, its.toString(), hash))
                .orElseGet(() -> String.join("\n", algorithm.name, date, hash));
        String expected = HexFormat.of().formatHex(hmac(key, text));
        return MessageDigest.isEqual(bytes(expected), bytes(signature));
    }

    /** The request in the one spelling that clients sign: with a slash behind its path, which some do not send. */
    private String canonical(ReceivedRequest request, String path, String host) {
        String headers = signedHeaders.stream()
                .map(name -> name
                        + ':'
                        + (name.equals(HOST) ? host : request.headers().get(name)).strip()
                        + '\n')
                .collect(Collectors.joining());
        return String.join(
                "\n",
                request.method(),
                path.endsWith("/") ? path : path + '/',
                request.query().canonical(),
                headers,
                String.join(";", signedHeaders),
                Sha256.hex(request.body().bytes()));
    }

    private byte[] signingKey(String secret) {
        if (scope.isEmpty()) {
            return bytes(secret);
        }
        Scope its = scope.get();
        String ofScope = algorithm == Algorithm.DERIVED ? derived(secret, its) : secret;
        byte[] ofDay = hmac(bytes("SDK" + ofScope), its.day());
        return hmac(hmac(hmac(ofDay, its.region()), its.service()), Scope.TERMINATOR);
    }

    /** HKDF (RFC 5869) of one block: the access key is the salt. */
    private String derived(String secret, Scope its) {
        return HexFormat.of().formatHex(hmac(hmac(bytes(accessKey), secret), its.purpose() + '\u0001'));
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
