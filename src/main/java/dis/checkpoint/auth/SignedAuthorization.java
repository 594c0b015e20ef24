package dis.checkpoint.auth;

import dis.checkpoint.error.DisException;
import dis.checkpoint.request.ReceivedRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
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
 * @param scope the scope that a DIS SDK signs for; empty in the form of the v3 SDKs
 * @param signedHeaders names in lower case, at least one, none twice
 * @param signature 64 hex digits in lower case
 */
record SignedAuthorization(
        Algorithm algorithm, String accessKey, Optional<Scope> scope, List<String> signedHeaders, String signature) {

    /** The header that the forms with a scope must sign. */
    static final String HOST = "host";

    /** Clients send up to a few hundred characters. */
    private static final int MAX_LENGTH = 4_096;

    private static final Pattern ACCESS_KEY = Pattern.compile(AccessKey.ID_FORMAT);
    private static final Pattern DAY = Pattern.compile("[0-9]{8}");
    private static final Pattern HEADER = Pattern.compile("[a-z0-9!#$%&'*+.^_`|~-]+");
    private static final Pattern SIGNATURE = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern PORT = Pattern.compile(":[0-9]+$");

    /** How the signing key is made. */
    enum Algorithm {
        /** From the secret itself. */
        PLAIN("SDK-HMAC-SHA256"),

        /** From a secret that is derived for the day, region and service of the scope. */
        DERIVED("V11-HMAC-SHA256");

        private final String name;

        Algorithm(String name) {
            this.name = name;
        }

        static Optional<Algorithm> of(String name) {
            return Arrays.stream(values())
                    .filter(algorithm -> algorithm.name.equals(name))
                    .findFirst();
        }
    }

    /**
     * @param day {@code yyyyMMdd}
     * @param region any text without a slash, also the empty one
     * @param service any text without a slash, also the empty one
     */
    record Scope(String day, String region, String service) {

        static final String TERMINATOR = "sdk_request";

        /** The input from which a secret is derived. */
        String info() {
            return String.join("/", day, region, service);
        }

        @Override
        public String toString() {
            return info() + '/' + TERMINATOR;
        }
    }

    /**
     * Whether the header has a signature. Other schemes, such as {@code Bearer}, are not an attempt to sign. API Gateway joins
     * several headers by commas, and each of them may be a signature.
     */
    static boolean isSignature(String header) {
        return Arrays.stream(header.split(","))
                .anyMatch(part -> Algorithm.of(scheme(part.strip())).isPresent());
    }

    private static String scheme(String header) {
        int blank = header.indexOf(' ');
        return blank < 0 ? header : header.substring(0, blank);
    }

    /**
     * Reads the header.
     *
     * @throws DisException where it is not of the form, with a diagnosis that says why; also for two headers, which API Gateway
     *     joins by a comma
     */
    static SignedAuthorization parse(String header) {
        if (header.length() > MAX_LENGTH) {
            throw malformed("it is longer than " + MAX_LENGTH + " characters");
        }
        String scheme = scheme(header);
        Algorithm algorithm = Algorithm.of(scheme)
                .orElseThrow(() -> malformed(
                        "the algorithm is neither " + Algorithm.PLAIN.name + " nor " + Algorithm.DERIVED.name));
        String[] parts = header.substring(scheme.length()).split(",", -1);
        if (parts.length != 3) {
            throw malformed("it does not have three parts behind the algorithm");
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
        if (algorithm == Algorithm.PLAIN && parts[0].stripLeading().startsWith("Access=")) {
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

    private static String value(String name, String part) {
        String text = part.stripLeading();
        if (!text.startsWith(name + '=')) {
            throw malformed("there is no " + name + " in its place");
        }
        return text.substring(name.length() + 1);
    }

    private static String accessKey(String id) {
        if (!ACCESS_KEY.matcher(id).matches()) {
            throw malformed("the access key's id is not 10 to 40 of A-Z 0-9");
        }
        return id;
    }

    private static DisException malformed(String what) {
        return Signatures.refused("Authorization is not of a signature's form: " + what);
    }

    /**
     * Whether this is the signature of the request with the secret, compared in constant time. Where the host has a port, a
     * signature over the host without it holds as well, because the Python DIS SDK leaves the port out. Behind a stage or a base
     * path, the signature over the path as the client called it holds, and the signature over the path without it.
     *
     * @param request has all signed headers
     * @param date {@code X-Sdk-Date} as the client signed it
     */
    boolean verifies(ReceivedRequest request, String date, String secret) {
        byte[] key = signingKey(secret);
        String host = request.headers().getOrDefault(HOST, "");
        String nameAlone = PORT.matcher(host).replaceFirst("");
        return request.signedPaths().stream()
                .anyMatch(path -> matches(request, path, host, date, key)
                        || signedHeaders.contains(HOST)
                                && !nameAlone.equals(host)
                                && matches(request, path, nameAlone, date, key));
    }

    private boolean matches(ReceivedRequest request, String path, String host, String date, byte[] key) {
        String hash = Sha256.hex(bytes(canonical(request, path, host)));
        String text = scope.map(signedScope -> String.join("\n", algorithm.name, date, signedScope.toString(), hash))
                .orElseGet(() -> String.join("\n", algorithm.name, date, hash));
        String expected = HexFormat.of().formatHex(hmac(key, text));
        return MessageDigest.isEqual(bytes(expected), bytes(signature));
    }

    /** The canonical request. Its path ends in a slash, which all clients sign and some do not send. */
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
        Scope signed = scope.get();
        String scopeSecret = algorithm == Algorithm.DERIVED ? derived(secret, signed) : secret;
        byte[] dayKey = hmac(bytes("SDK" + scopeSecret), signed.day());
        return hmac(hmac(hmac(dayKey, signed.region()), signed.service()), Scope.TERMINATOR);
    }

    /** HKDF (RFC 5869) of one block, with the access key as the salt. */
    private String derived(String secret, Scope signed) {
        return HexFormat.of().formatHex(hmac(hmac(bytes(accessKey), secret), signed.info() + '\u0001'));
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

    /** Leaves the signature out. */
    @Override
    public String toString() {
        return "SignedAuthorization of " + accessKey;
    }
}
