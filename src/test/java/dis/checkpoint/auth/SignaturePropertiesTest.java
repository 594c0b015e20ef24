package dis.checkpoint.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dis.checkpoint.support.ClientRequest;
import dis.checkpoint.support.HostileAuthorizations;
import dis.checkpoint.support.Signer;
import dis.checkpoint.support.Signer.Form;
import java.security.SignatureException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** For any signed request: it holds as it is, and with any one change it does not. */
class SignaturePropertiesTest {

    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");

    private static final Signatures SIGNATURES = new Signatures(Clock.fixed(NOW, ZoneOffset.UTC));

    private static boolean holds(ClientRequest request) {
        try {
            SIGNATURES.check(
                    request.received(),
                    id -> Optional.of(SignaturesTest.KEY).filter(key -> key.id().equals(id)));
            return true;
        } catch (SignatureException e) {
            return false;
        }
    }

    @Property
    void itHoldsAsItIs(@ForAll("requests") ClientRequest request) {
        assertEquals(true, holds(request));
    }

    @Property
    void itHoldsOnlyWithItsMethod(@ForAll("requests") ClientRequest r, @ForAll("methods") String method) {
        isBoundTo(r.method(), method, new ClientRequest(method, r.path(), r.query(), r.headers(), r.body()));
    }

    /** But for the slash at its end, which all sign and some do not send. */
    @Property
    void itHoldsOnlyWithItsPath(@ForAll("requests") ClientRequest r, @ForAll("edits") Edit edit) {
        String path = edit.of(r.path());
        isBoundTo(
                r.path().replaceFirst("/$", ""),
                path.replaceFirst("/$", ""),
                new ClientRequest(r.method(), path, r.query(), r.headers(), r.body()));
    }

    /** But for the order of its parameters, which no client keeps. */
    @Property
    void itHoldsOnlyWithItsQuery(@ForAll("requests") ClientRequest r, @ForAll("edits") Edit edit) {
        String query = edit.of(r.query());
        isBoundTo(
                parameters(r.query()),
                parameters(query),
                new ClientRequest(r.method(), r.path(), query, r.headers(), r.body()));
    }

    private static List<String> parameters(String query) {
        return Arrays.stream(query.split("&"))
                .filter(parameter -> !parameter.isEmpty())
                .map(parameter -> parameter.contains("=") ? parameter : parameter + '=')
                .sorted()
                .toList();
    }

    @Property
    void itHoldsOnlyWithItsSignedHeadersAndSignature(
            @ForAll("requests") ClientRequest r, @ForAll int header, @ForAll("edits") Edit edit) {
        List<String> names = List.copyOf(new TreeMap<>(r.headers()).keySet());
        String name = names.get(Math.floorMod(header, names.size()));
        Map<String, String> headers = new HashMap<>(r.headers());
        headers.compute(name, (its, value) -> edit.of(value));
        isBoundTo(
                spelling(r.headers().get(name)),
                spelling(headers.get(name)),
                new ClientRequest(r.method(), r.path(), r.query(), headers, r.body()));
    }

    /** The blank after a comma of Authorization may be missing. */
    private static String spelling(String value) {
        return value.replace(", S", ",S");
    }

    @Property
    void itHoldsOnlyWithItsDate(@ForAll("requests") ClientRequest r, @ForAll("seconds") int seconds) {
        Map<String, String> headers = new HashMap<>(r.headers());
        headers.put("x-sdk-date", Signer.date(NOW.plusSeconds(seconds)));
        isBoundTo(
                r.headers().get("x-sdk-date"),
                headers.get("x-sdk-date"),
                new ClientRequest(r.method(), r.path(), r.query(), headers, r.body()));
    }

    @Property
    void itHoldsOnlyWithItsBody(@ForAll("requests") ClientRequest r, @ForAll("bodies") byte[] body) {
        isBoundTo(
                Arrays.toString(r.body()),
                Arrays.toString(body),
                new ClientRequest(r.method(), r.path(), r.query(), r.headers(), body));
    }

    @Property
    void itHoldsOnlyWithAllDigitsOfItsSignature(
            @ForAll("requests") ClientRequest r, @ForAll("positions") int position, @ForAll("digits") char digit) {
        StringBuilder authorization = new StringBuilder(r.headers().get("authorization"));
        int index = authorization.length() - 1 - position;
        authorization.setCharAt(index, digit);
        Map<String, String> headers = new HashMap<>(r.headers());
        headers.put("authorization", authorization.toString());
        isBoundTo(
                r.headers().get("authorization"),
                headers.get("authorization"),
                new ClientRequest(r.method(), r.path(), r.query(), headers, r.body()));
    }

    @Property
    void itHoldsOnlyWithItsAlgorithmKeyAndScope(
            @ForAll("requests") ClientRequest r,
            @ForAll("authorizationParts") String part,
            @ForAll("edits") Edit edit) {
        String authorization = r.headers().get("authorization");
        Assume.that(authorization.contains(part));
        String changed = authorization.replace(part, edit.of(part));
        Map<String, String> headers = new HashMap<>(r.headers());
        headers.put("authorization", changed);
        isBoundTo(authorization, changed, new ClientRequest(r.method(), r.path(), r.query(), headers, r.body()));
    }

    @Provide
    Arbitrary<String> authorizationParts() {
        return Arbitraries.of(
                "SDK-HMAC-SHA256",
                "V11-HMAC-SHA256",
                "Access=",
                "Credential=",
                SignaturesTest.KEY.id(),
                "/20261125/",
                "/eu-de/",
                "/dis/",
                "/sdk_request");
    }

    private static <T> void isBoundTo(T signed, T changed, ClientRequest request) {
        Assume.that(!signed.equals(changed));
        assertEquals(false, holds(request));
    }

    @Property
    void whateverAuthorizationSaysIsNoSignature(@ForAll("authorizations") String authorization) {
        ClientRequest request = new ClientRequest(
                "GET",
                "/v2/project-1/checkpoints",
                "",
                Map.of("host", "h", "x-sdk-date", Signer.date(NOW), "authorization", authorization),
                new byte[0]);
        assertEquals(false, holds(request));
    }

    /** A character put in place of another, added or removed. */
    private record Edit(int position, String replaced, int length) {

        String of(String text) {
            int from = Math.floorMod(position, text.length() + 1);
            return text.substring(0, from) + replaced + text.substring(Math.min(text.length(), from + length));
        }
    }

    @Provide
    Arbitrary<Edit> edits() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 300),
                        Arbitraries.chars().range('&', '~').map(String::valueOf).injectNull(0.2),
                        Arbitraries.integers().between(0, 1))
                .as((position, character, length) ->
                        new Edit(position, character == null ? "" : character, character == null ? 1 : length));
    }

    @Provide
    Arbitrary<String> methods() {
        return Arbitraries.of("GET", "POST", "DELETE", "PUT", "HEAD");
    }

    @Provide
    Arbitrary<Integer> seconds() {
        return Arbitraries.integers().between(-900, 900);
    }

    @Provide
    Arbitrary<Integer> positions() {
        return Arbitraries.integers().between(0, 63);
    }

    @Provide
    Arbitrary<Character> digits() {
        return Arbitraries.of(
                "0123456789abcdefABCDEF".chars().mapToObj(c -> (char) c).toList());
    }

    @Provide
    Arbitrary<byte[]> bodies() {
        return Arbitraries.bytes().array(byte[].class).ofMaxSize(40);
    }

    @Provide
    Arbitrary<ClientRequest> requests() {
        Arbitrary<String> words = Arbitraries.strings()
                .withCharRange('a', 'z')
                .withChars("0123456789-._~*")
                .ofMaxLength(8);
        Arbitrary<String> values = Arbitraries.strings()
                .withCharRange('!', '~')
                .excludeChars('%', '&', '#')
                .ofMaxLength(8);
        Arbitrary<String> paths = words.list().ofMaxSize(4).map(parts -> '/' + String.join("/", parts));
        Arbitrary<String> queries = Combinators.combine(words.filter(word -> !word.isEmpty()), values)
                .as((name, value) -> name + '=' + value)
                .list()
                .ofMaxSize(4)
                .map(parameters -> String.join("&", parameters));
        Arbitrary<Map<String, String>> headers =
                Arbitraries.maps(words.map(word -> "x-" + word), values).ofMaxSize(4);
        return Combinators.combine(Arbitraries.of(Form.class), methods(), paths, queries, headers, bodies(), seconds())
                .as((form, method, path, query, others, body, seconds) -> {
                    Map<String, String> signed = new HashMap<>(others);
                    signed.put("host", "checkpoints.example.com");
                    return new ClientRequest(
                            method,
                            path,
                            query,
                            new Signer(form, SignaturesTest.KEY.id(), SignaturesTest.KEY.secret())
                                    .sign(NOW.plusSeconds(seconds), method, path, query, signed, body),
                            body);
                });
    }

    @Provide
    Arbitrary<String> authorizations() {
        return HostileAuthorizations.of(SignaturesTest.KEY);
    }
}
