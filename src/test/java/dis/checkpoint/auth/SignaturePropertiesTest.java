package dis.checkpoint.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dis.checkpoint.error.DisException;
import dis.checkpoint.support.ClientRequest;
import dis.checkpoint.support.HostileAuthorizations;
import dis.checkpoint.support.Signer;
import dis.checkpoint.support.Signer.Form;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Any signed request is accepted as it is, and refused with any single change. */
class SignaturePropertiesTest {

    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
    private static final Signatures SIGNATURES = new Signatures(Clock.fixed(NOW, ZoneOffset.UTC));

    private static boolean holds(ClientRequest request) {
        try {
            SIGNATURES.check(request.received(), id -> {
                if (!SignaturesTest.KEY.id().equals(id)) {
                    throw Signatures.refused("unknown", id);
                }
                return SignaturesTest.KEY;
            });
            return true;
        } catch (DisException e) {
            return false;
        }
    }

    private enum Part {
        METHOD,
        PATH,
        QUERY,
        BODY,
        ANY_HEADER,
        AUTHORIZATION,
        DATE
    }

    @Property
    void signedRequestHolds(@ForAll("requests") ClientRequest request) {
        assertEquals(true, holds(request));
    }

    @Property(tries = 7_000)
    void changedRequestDoesNotHold(
            @ForAll("requests") ClientRequest request,
            @ForAll Part part,
            @ForAll("edits") Edit edit,
            @ForAll("seconds") int seconds) {
        ClientRequest changed = changed(request, part, edit, seconds);
        Assume.that(!withoutFreedoms(request).equals(withoutFreedoms(changed)));
        assertEquals(false, holds(changed));
    }

    private static ClientRequest changed(ClientRequest r, Part part, Edit edit, int seconds) {
        List<String> names = List.copyOf(new TreeMap<>(r.headers()).keySet());
        return switch (part) {
            case METHOD -> new ClientRequest(edit.of(r.method()), r.path(), r.query(), r.headers(), r.body());
            case PATH -> new ClientRequest(r.method(), edit.of(r.path()), r.query(), r.headers(), r.body());
            case QUERY -> new ClientRequest(r.method(), r.path(), edit.of(r.query()), r.headers(), r.body());
            case BODY -> {
                byte[] body = edit.of(latin1(r.body())).getBytes(StandardCharsets.ISO_8859_1);
                yield new ClientRequest(r.method(), r.path(), r.query(), r.headers(), body);
            }
            case ANY_HEADER -> withHeader(r, names.get(edit.position() % names.size()), edit);
            case AUTHORIZATION -> withHeader(r, Signatures.AUTHORIZATION, edit);
            case DATE -> withHeader(r, "x-sdk-date", new Edit(0, Signer.date(NOW.plusSeconds(seconds)), 16));
        };
    }

    private static ClientRequest withHeader(ClientRequest r, String name, Edit edit) {
        Map<String, String> headers = new HashMap<>(r.headers());
        headers.computeIfPresent(name, (header, value) -> edit.of(value));
        return new ClientRequest(r.method(), r.path(), r.query(), headers, r.body());
    }

    private static String latin1(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /**
     * The request without what clients may change after they have signed: the slash at the end of the path, the order of
     * parameters, and the blank after a comma of Authorization.
     */
    private static List<Object> withoutFreedoms(ClientRequest r) {
        Map<String, String> headers = new HashMap<>(r.headers());
        headers.computeIfPresent(Signatures.AUTHORIZATION, (header, value) -> value.replace(", S", ",S"));
        List<String> parameters = Arrays.stream(r.query().split("&"))
                .filter(parameter -> !parameter.isEmpty())
                .map(parameter -> parameter.contains("=") ? parameter : parameter + '=')
                .sorted()
                .toList();
        return List.of(r.method(), r.path().replaceFirst("/$", ""), parameters, headers, latin1(r.body()));
    }

    @Property
    void otherAuthorizationDoesNotHold(@ForAll("authorizations") String authorization) {
        ClientRequest request = new ClientRequest(
                "GET",
                "/v2/project-1/checkpoints",
                "",
                Map.of("host", "h", "x-sdk-date", Signer.date(NOW), "authorization", authorization),
                new byte[0]);
        assertEquals(false, holds(request));
    }

    /** Puts a text in place of as many characters, or inserts it. */
    private record Edit(int position, String text, int length) {

        String of(String original) {
            int from = position % (original.length() + 1);
            return original.substring(0, from) + text + original.substring(Math.min(original.length(), from + length));
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
