package dis.checkpoint.auth;

import static dis.checkpoint.support.Configurations.config;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpHandler;
import dis.checkpoint.config.CheckpointConfig;
import dis.checkpoint.error.DisException;
import dis.checkpoint.request.Deadline;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What IAM is asked, and what is made of its answers, over real HTTP. */
class KeystoneTest extends KeystoneStub {

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/v3", "/v3/", "//v3//", "/identity", "/identity/v3/"})
    void theEndpointIsTheSameWithVersionAndSlashesOrWithout(String ending) {
        issue();
        Queue<String> asked = new ConcurrentLinkedQueue<>();
        HttpHandler handler = exchange -> {
            asked.add(exchange.getRequestURI().toString());
            iam.handle(exchange);
        };
        iam.answerWith(handler);
        iam.answerAt("/identity/v3/auth/tokens", handler);
        TokenAnswer answer = keystone(iam.endpoint() + ending).validate(token, Deadline.in(TIME));
        assertThat(answer, is(instanceOf(Grant.class)));
        // Some deployments leave the catalogue out only where the parameter has a value.
        String path = ending.startsWith("/identity") ? "/identity" : "";
        assertThat(asked.poll(), is(path + "/v3/auth/tokens?nocatalog=true"));
    }

    @Test
    void keystoneOfVersion3IsRecognized() {
        keystone.connect(Deadline.in(TIME));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/elsewhere", "/v2.0"})
    void anEndpointThatIsNotKeystoneIsSaidToBeNone(String path) {
        String cause = assertThrows(
                        DisException.class,
                        () -> keystone(iam.endpoint() + path).connect(Deadline.in(TIME)))
                .diagnosis()
                .orElseThrow();
        assertThat(
                cause,
                startsWith("IAM at " + iam.endpoint() + path.replaceFirst("/v3$", "") + " answered 404 to GET "
                        + iam.endpoint() + path + "/v3"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html>", "[]", "{}", "{\"version\":{\"id\":\"v2.0\"}}", "{\"version\":3}"})
    void anAnswerWithoutTheVersionIsSaidToBeNone(String body) {
        iam.answerAt("/other/v3", status(200, body));
        String cause = assertThrows(
                        DisException.class,
                        () -> keystone(iam.endpoint() + "/other").connect(Deadline.in(TIME)))
                .diagnosis()
                .orElseThrow();
        assertThat(
                cause,
                startsWith("IAM at " + iam.endpoint() + "/other answered 200 to GET " + iam.endpoint() + "/other/v3"));
    }

    static Stream<HttpHandler> outages() {
        return Stream.of(
                status(200, "garbage"),
                status(200, ""),
                status(200, "null"),
                status(200, "[]"),
                status(200, "{}"),
                status(200, "{\"token\":{}}"),
                status(200, "{\"token\":{\"project\":{\"id\":\"project-1\"},\"expires_at\":\"tomorrow\"}}"),
                status(204, ""),
                status(301, ""),
                status(302, ""),
                status(408, ""),
                status(429, ""),
                status(500, ""),
                status(502, ""),
                status(503, ""),
                exchange -> exchange.close());
    }

    private static HttpHandler status(int status, String body) {
        return exchange -> {
            try (exchange) {
                byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("Location", "/v3/auth/elsewhere");
                exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        };
    }

    @ParameterizedTest
    @MethodSource("outages")
    void anythingButAClearAnswerIsAnOutage(HttpHandler answer) {
        iam.answerWith(answer);
        outage();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"token\":{\"expires_at\":\"2999-01-01T00:00:00.000000Z\"}}",
                "{\"token\":{\"expires_at\":\"2999-01-01T00:00:00.000000Z\",\"project\":null,\"roles\":null}}",
                "{\"token\":{\"expires_at\":\"2999-01-01T00:00:00.000000Z\",\"project\":{},\"roles\":[null,{}]}}",
                "{\"token\":{\"expires_at\":\"2999-01-01T00:00:00.000000Z\",\"project\":{\"id\":null},\"roles\":7}}"
            })
    void aTokenWithoutAProjectIsOneAllTheSame(String body) {
        iam.answerWith(status(200, body));
        assertThat(((Grant) validate()).project(), is(Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 402, 404, 405, 410, 413, 414, 421, 422, 431, 451, 499})
    void anyOtherRefusalMeansThatIamDoesNotTakeTheToken(int status) {
        iam.answerWith(status(status, "no"));
        assertThat(validate(), is(TokenAnswer.No.UNKNOWN));
    }

    @Test
    void aTokenThatIamForbidsIsForbidden() {
        iam.answerWith(status(403, ""));
        assertThat(validate(), is(TokenAnswer.No.FORBIDDEN));
    }

    @Test
    void anAnswerWithACatalogueIsTaken() {
        iam.answerWith(status(200, """
                {"token":{"catalog":["%s"],"expires_at":"2999-01-01T00:00:00.000000Z","project":{"id":"project-1"}}}""".formatted("x".repeat(300_000))));
        assertThat(((Grant) validate()).project(), is(Optional.of("project-1")));
    }

    @Test
    void anAnswerThatIsTooLargeIsSaidToBe() {
        String token = "{\"token\":{\"expires_at\":\"2999-01-01T00:00:00.000000Z\",\"roles\":[{\"name\":\"reader\"}]}}";
        String largest = token + " ".repeat(1_048_576 - token.length());
        iam.answerWith(status(200, largest));
        assertThat(((Grant) validate()).roles(), is(Set.of("reader")));
        iam.answerWith(status(200, largest + ' '));
        assertThat(outage(), containsString("it answered more than 1048576 bytes"));
    }

    @Test
    void aStoppedIamIsAnOutage() {
        iam.close();
        outage();
    }

    @Test
    void aConnectionThatDropsIsTriedOnceMore() {
        issue();
        AtomicInteger attempts = new AtomicInteger();
        iam.answerWith(exchange -> {
            if (attempts.incrementAndGet() == 1) {
                exchange.close();
            } else {
                iam.handle(exchange);
            }
        });
        assertThat(validate(), is(instanceOf(Grant.class)));
        assertThat(attempts.get(), is(2));
    }

    /** Also one that does not say for how long. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aConnectionIsKept(boolean saysThatItIsKept) {
        issue();
        Set<InetSocketAddress> connections = ConcurrentHashMap.newKeySet();
        iam.answerWith(exchange -> {
            if (saysThatItIsKept) {
                exchange.getResponseHeaders().set("Connection", "keep-alive");
            }
            connections.add(exchange.getRemoteAddress());
            iam.handle(exchange);
        });
        for (int i = 0; i < 3; i++) {
            assertThat(validate(), is(instanceOf(Grant.class)));
        }
        assertThat(connections.size(), is(1));
    }

    /** Each of them, the JDK reads one call deeper. */
    @Test
    @Timeout(30)
    void anAnswerThatNeverBeginsIsAnOutage() throws IOException {
        try (ServerSocket endless = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            executor.submit(() -> {
                byte[] head = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
                try (Socket connection = endless.accept()) {
                    for (int i = 0; i < 100_000; i++) {
                        connection.getOutputStream().write(head);
                    }
                }
                return null;
            });
            keystone = keystone("http://127.0.0.1:" + endless.getLocalPort());
            outage();
        }
    }

    @Test
    void iamIsToldWhoAsksAndInWhichVersion() {
        issue();
        Queue<String> askers = new ConcurrentLinkedQueue<>();
        iam.answerWith(exchange -> {
            askers.add(exchange.getRequestHeaders().getFirst("User-Agent"));
            askers.add(exchange.getRequestHeaders().getFirst("Accept"));
            iam.handle(exchange);
        });
        validate();
        assertThat(askers.poll(), is("checkpoint-function/1.2.3"));
        assertThat(askers.poll(), is("application/json"));
    }

    @ParameterizedTest
    @CsvSource({"abc-123_Z, user:abc-123_Z", "'a b', ", "'', ", "<b>, "})
    void theCallerIsTheUserWhereItsIdIsOne(String id, String caller) {
        iam.answerWith(status(200, """
                {"token":{"user":{"id":"%s"},"expires_at":"2999-01-01T00:00:00.000000Z"}}""".formatted(id)));
        assertThat(((Grant) validate()).caller(), is(Optional.ofNullable(caller)));
    }

    @Test
    @Timeout(30)
    void noQuestionGoesBeyondTheDeadline() {
        iam.answerWith(exchange -> isOverAfter(TIME));
        assertThat(
                assertThrows(DisException.class, () -> keystone.validate(token, Deadline.in(Duration.ZERO)))
                        .diagnosis(),
                is(Optional.of("IAM at " + iam.endpoint() + " did not answer in time")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a\r\nX-Injected: 1", "a\0", "ä", "a\u007F"})
    void aTextThatCouldForgeAHeaderIsNoToken(String text) {
        assertThrows(IllegalArgumentException.class, () -> new Token(text));
    }

    @Test
    void aTokenPrintsAsNothing() {
        assertThat(token.toString(), not(containsString(token.secret())));
        assertThat(token.fingerprint(), not(containsString(token.secret())));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no certificate"})
    void aCaBundleThatHoldsNoCertificateStopsTheStart(String content, @TempDir Path directory) throws IOException {
        Path bundle = Files.writeString(directory.resolve("bundle.pem"), content);
        isRefusedAsCaBundle(bundle);
    }

    @Test
    void aCaBundleThatIsNotThereStopsTheStart() {
        isRefusedAsCaBundle(Path.of("/no/such/file"));
    }

    private void isRefusedAsCaBundle(Path bundle) {
        CheckpointConfig config = config(Map.of("checkpoint.iam.ca-bundle", bundle.toString()));
        assertThat(
                assertThrows(ConfigurationException.class, () -> new Keystone(config, executor, "1.2.3"))
                        .getMessage(),
                startsWith("checkpoint.iam.ca-bundle (CHECKPOINT_IAM_CA_BUNDLE) must be "));
    }
}
