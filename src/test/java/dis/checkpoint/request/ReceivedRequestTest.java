package dis.checkpoint.request;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import dis.checkpoint.request.Query.Named;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The parts of a request, on both sides of each rule. */
class ReceivedRequestTest {

    private static final int KIB = 1024;

    private static ReceivedRequest request(String path, Map<String, String> headers) {
        return ReceivedRequest.of("GET", path, "", headers, Body.NONE);
    }

    private static void isRefused(DisError error, Executable reading) {
        assertThat(assertThrows(DisException.class, reading).error(), is(error));
    }

    @Test
    void pathHasAtMost8KiB() {
        String longest = "ä".repeat(4 * KIB);
        assertThat(request(longest, Map.of()).path(), is(longest));
        isRefused(DisError.INVALID_REQUEST, () -> request(longest + 'a', Map.of()));
    }

    @Test
    void headersHaveAtMost64KiBInTotal() {
        Map<String, String> headers = new HashMap<>();
        headers.put("a", "ä".repeat(16 * KIB - 1));
        headers.put("b", "x".repeat(32 * KIB));
        assertDoesNotThrow(() -> request("/", headers));
        headers.put("b", "x".repeat(32 * KIB + 1));
        isRefused(DisError.INVALID_REQUEST, () -> request("/", headers));
    }

    @Test
    void headerNamesAreLowercasedInAsciiOnly() {
        Map<String, String> headers = new HashMap<>();
        headers.put("X-Auth-TOKEN", "1");
        headers.put("@AZ[az`{", "2");
        headers.put("\u212a", "3");
        headers.put("empty", null);
        assertThat(request("/", headers).headers(), is(Map.of("x-auth-token", "1", "@az[az`{", "2", "\u212a", "3")));
    }

    @Test
    void headersThatDifferInCaseAreJoined() {
        String joined = request("/", Map.of("a", "1", "A", "1")).headers().get("a");
        assertThat(joined, is("1,1"));
    }

    @Test
    void clientMaySignThePathWithOrWithoutTheBasePath() {
        ReceivedRequest request = request("/v2/p/checkpoints", Map.of());
        assertThat(request.signedPaths(), is(Set.of("/v2/p/checkpoints")));
        assertThat(
                request.calledAt("/prod/v2/p/checkpoints").signedPaths(),
                is(Set.of("/v2/p/checkpoints", "/prod/v2/p/checkpoints")));
        for (String same : List.of("/v2/p/checkpoints", "/prod/v2/q/checkpoints", "/prod/v2/p/checkpoints/", "")) {
            assertThat(request.calledAt(same).signedPaths(), is(Set.of("/v2/p/checkpoints")));
        }
    }

    @Test
    void basePathHasAtMost8KiB() {
        String longest = "ä".repeat(4 * KIB);
        assertThat(request("/", Map.of()).calledAt(longest + '/').basePath(), is(longest));
        isRefused(DisError.INVALID_REQUEST, () -> request("/", Map.of()).calledAt(longest + "a/"));
    }

    @Test
    void queryHasAtMost16KiB() {
        String longest = "ä".repeat(8 * KIB);
        assertThat(Query.parse(longest).parameters(), is(List.of(new Named(longest, ""))));
        isRefused(DisError.INVALID_REQUEST, () -> Query.parse(longest + 'a'));
    }

    @ParameterizedTest
    @CsvSource({
        "'', ''",
        "&&, ''",
        "a, a:",
        "a=, a:",
        "=b, :b",
        "a=b=c, a:b=c",
        "&a=1&&b=2&, a:1 b:2",
        "b=2&a=1, b:2 a:1",
        "%61=%2F%2f, a://",
        "a=%, a:%",
        "a=%4, a:%4",
        "a=%zz, a:%zz",
        "a=%4z, a:%4z",
        "a=%z4, a:%z4",
        "a=%41, a:A",
        "a=x%41y, a:xAy",
        "a+b=c+d, a+b:c+d",
        "a=%ff, a:\ufffd"
    })
    void queryIsSplitAndDecodedOnce(String text, String expected) {
        String read = Query.parse(text).parameters().stream()
                .map(parameter -> parameter.name() + ':' + parameter.value())
                .reduce((one, other) -> one + ' ' + other)
                .orElse("");
        assertThat(read, is(expected));
    }

    @ParameterizedTest
    @CsvSource({
        "b=2&a=2&a=1, a=1&a=2&b=2",
        "a, a=",
        "a=%7e%41, a=~A",
        "a=azAZ09-._~, a=azAZ09-._~",
        "a=`{@[/:!, a=%60%7B%40%5B%2F%3A%21",
        "a=%ff+, a=%FF%2B",
        "ä=1, %C3%A4=1"
    })
    void canonicalQueryIsSortedAndEncoded(String text, String canonical) {
        assertThat(Query.parse(text).canonical(), is(canonical));
    }

    @Test
    void bodyHasAtMost16KiB() {
        byte[] longest = new byte[16 * KIB];
        byte[] longer = new byte[16 * KIB + 1];
        assertThat(Body.of(longest).bytes().length, is(longest.length));
        assertThat(Body.ofText("a".repeat(longest.length)).bytes().length, is(longest.length));
        assertThat(Body.ofBase64(base64(longest)).bytes().length, is(longest.length));
        isRefused(DisError.TOO_LARGE, () -> Body.of(longer));
        isRefused(DisError.TOO_LARGE, () -> Body.ofText("a".repeat(longer.length)));
        isRefused(DisError.TOO_LARGE, () -> Body.ofText("ä".repeat(8 * KIB + 1)));
        isRefused(DisError.TOO_LARGE, () -> Body.ofBase64(base64(longer)));
        isRefused(DisError.TOO_LARGE, () -> Body.ofBase64("!".repeat(22 * KIB)));
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    @Test
    void bodyBytesAreKept() {
        assertThat(new String(Body.ofText("ä\ud83d\ude00").bytes(), StandardCharsets.UTF_8), is("ä\ud83d\ude00"));
        assertThat(Body.ofText("ä").fault(), is(Optional.empty()));
        assertThat(Body.ofBase64("AP8=").bytes(), is(new byte[] {0, -1}));
        assertThat(Body.NONE.bytes().length, is(0));
        assertThat(Body.NONE.fault(), is(Optional.empty()));
    }

    @Test
    void unreadableBodyHasAFault() {
        assertThat(Body.ofText("\ud83d").fault(), is(Optional.of("the body must not hold unpaired surrogates")));
        assertThat(Body.ofText("\ud83d").bytes().length, is(0));
        assertThat(Body.ofBase64("A===").fault().isPresent(), is(true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v2/p/checkpoints", "//v2/p/checkpoints", "/v2/p/checkpoints/"})
    void checkpointPathIsAcceptedInAllSpellings(String text) {
        RequestPath path = RequestPath.parse(text);
        assertThat(path.project(), is(new ProjectId("p")));
        assertThat(path.validProject(), is(Optional.of(new ProjectId("p"))));
        assertThat(path.resource(), is(RequestPath.Resource.CHECKPOINTS));
        assertThat(path.uri(), is("/v2/p/checkpoints"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/p",
                "/v2/p/",
                "/v2/p/checkpoint",
                "/v2/p/checkpoints//",
                "/v2/p/checkpointsx",
                "/v2/p/checkpoints/x",
                "/v2/p/x/checkpoints",
                "/v2/p/apps",
                "/v2/p/apps/a",
                "/v2/p/apps/a/streams",
                "/v2/p/apps/a/streams/",
                "/v2/p/apps/a/streams/s/x",
                "/v2/p/apps/a/b/streams/s",
                "/v2/p/app/a/streams/s",
                "/v2/p/apps/a/stream/s",
                "/v2/p/checkpoints/apps/a/streams/s"
            })
    void otherPathOfAProjectIsNotFound(String text) {
        RequestPath path = RequestPath.parse(text);
        assertThat(path.project(), is(new ProjectId("p")));
        isRefused(DisError.NOT_FOUND, path::resource);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/v2", "/v3/p/checkpoints", "///v2/p/checkpoints", "x/v2/p/checkpoints"})
    void pathWithoutAProjectIsNotFound(String text) {
        RequestPath path = RequestPath.parse(text);
        isRefused(DisError.NOT_FOUND, path::project);
        isRefused(DisError.NOT_FOUND, path::resource);
        assertThat(path.validProject(), is(Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v2//checkpoints", "/v2/a.b/checkpoints", "/v2/%70/checkpoints"})
    void malformedProjectIsInvalid(String text) {
        RequestPath path = RequestPath.parse(text);
        isRefused(DisError.INVALID_PROJECT_ID, path::project);
        assertThat(path.validProject(), is(Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({
        "/v2/p/apps/a/streams/s, /v2/p/apps/a/streams/s",
        "//v2/p/apps/a/streams/s/, /v2/p/apps/a/streams/s",
        "/v2/p/apps/apps/streams/streams, /v2/p/apps/apps/streams/streams",
        "/v2/p/apps/../streams/s, /v2/p/apps/!!/streams/s",
        "/v2/p/apps/%2e/streams/a b?c;d#e, /v2/p/apps/!2e/streams/a!b!c!d!e",
        "/v2/p/apps//streams/ä, /v2/p/apps/!/streams/!",
        "/v2/p/apps/a/streams//, /v2/p/apps/a/streams/!"
    })
    void appOnStreamKeepsValidNamesAndMakesOthersHarmless(String text, String uri) {
        RequestPath path = RequestPath.parse(text);
        assertThat(path.resource(), is(RequestPath.Resource.APP_ON_STREAM));
        assertThat(path.uri(), is(uri));
    }
}
