package dis.checkpoint.auth;

import static dis.checkpoint.support.Configurations.config;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import dis.checkpoint.config.CheckpointConfig;
import dis.checkpoint.dev.FakeKeystone;
import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import dis.checkpoint.request.Deadline;
import dis.checkpoint.support.Tls;
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
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How IAM is asked, and how its answers are understood, over real HTTP and TLS. */
@Timeout(30)
class KeystoneTest {

    private static final String PROJECT = FakeKeystone.PROJECTS.get(0);
    private static final String TOKEN_BODY = "{\"token\":{\"expires_at\":\"2999-01-01T00:00:00Z\"%s}}";

    private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(4);
    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicInteger questions = new AtomicInteger();
    private final Token token = new Token(UUID.randomUUID().toString());

    @TempDir
    Path directory;

    private FakeKeystone iam;
    private Keystone keystone;

    @BeforeEach
    void start() throws IOException {
        iam = new FakeKeystone(0);
        iam.issue(token.secret(), PROJECT, FakeKeystone.ROLE, Instant.now().plus(Duration.ofHours(1)));
        keystone = keystone(iam.endpoint().toString());
    }

    @AfterEach
    void stop() {
        over.countDown();
        iam.close();
        executor.shutdownNow();
    }

    private Keystone keystone(String endpoint, String... properties) {
        Map<String, String> all = new ConcurrentHashMap<>(Map.of("checkpoint.iam.endpoint", endpoint));
        for (int i = 0; i < properties.length; i += 2) {
            all.put(properties[i], properties[i + 1]);
        }
        return new Keystone(config(all), executor, "1.2.3");
    }

    private static Deadline deadline() {
        return Deadline.in(Duration.ofSeconds(5));
    }

    private Grant validate() {
        return keystone.validate(token, deadline());
    }

    private String unavailable() {
        DisException outage = assertThrows(DisException.class, this::validate);
        assertThat(outage.error(), is(DisError.UNAVAILABLE));
        return outage.diagnosis().orElseThrow();
    }

    private DisError refusal() {
        return assertThrows(DisException.class, this::validate).error();
    }

    private void isOverAfter(Duration time) {
        try {
            over.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static HttpHandler answer(int status, String body, String... headers) {
        return exchange -> {
            try (exchange) {
                byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                for (int i = 0; i < headers.length; i += 2) {
                    exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
                }
                exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        };
    }

    private static String body(String... fields) {
        return TOKEN_BODY.formatted(String.join("", fields));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/v3", "/v3/", "//v3//", "/identity", "/identity/v3/"})
    void endpointMayEndInVersionAndSlashes(String ending) {
        Queue<String> asked = new ConcurrentLinkedQueue<>();
        HttpHandler handler = exchange -> {
            asked.add(exchange.getRequestURI().toString());
            asked.add(exchange.getRequestHeaders().getFirst("User-Agent"));
            asked.add(exchange.getRequestHeaders().getFirst("Accept"));
            iam.handle(exchange);
        };
        iam.answerWith(handler);
        iam.answerAt("/identity/v3/auth/tokens", handler);
        keystone(iam.endpoint() + ending).validate(token, deadline());
        // Some deployments leave the catalogue out only where the parameter has a value.
        String path = ending.startsWith("/identity") ? "/identity" : "";
        assertThat(
                List.copyOf(asked),
                is(List.of(path + "/v3/auth/tokens?nocatalog=true", "checkpoint-function/1.2.3", "application/json")));
    }

    @Test
    void connectAcceptsKeystoneV3() {
        keystone.connect(deadline());
    }

    @ParameterizedTest
    @CsvSource({
        "404, {}",
        "200, ''",
        "200, <html>",
        "200, []",
        "200, {}",
        "200, '{\"version\":{\"id\":\"v2.0\"}}'",
        "200, '{\"version\":3}'"
    })
    void connectSaysWhichAnswerIsNotThatOfKeystoneV3(int status, String body) {
        String other = iam.endpoint() + "/other";
        iam.answerAt("/other/v3", answer(status, body));
        DisException outage =
                assertThrows(DisException.class, () -> keystone(other).connect(deadline()));
        assertThat(
                outage.diagnosis().orElseThrow(),
                startsWith("IAM at %1$s answered %2$d to GET %1$s/v3".formatted(other, status)));
    }

    @ParameterizedTest
    @CsvSource({
        "200, garbage",
        "200, ''",
        "200, []",
        "200, {}",
        "200, {\"token\":{}}",
        "200, '{\"token\":{\"project\":{\"id\":\"project-1\"},\"expires_at\":\"tomorrow\"}}'",
        "204, ''",
        "302, ''",
        "399, ''",
        "408, ''",
        "429, ''",
        "500, ''"
    })
    void unclearAnswerIsAnOutage(int status, String body) {
        iam.answerWith(answer(status, body, "Location", "/v3/auth/elsewhere"));
        assertThat(unavailable(), startsWith("IAM at " + iam.endpoint() + " answered " + status));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 402, 404, 405, 410, 413, 414, 421, 422, 431, 451, 499})
    void otherClientErrorsMeanThatIamDoesNotKnowTheToken(int status) {
        iam.answerWith(answer(status, "no"));
        assertThat(refusal(), is(DisError.INVALID_TOKEN));
    }

    @Test
    void status403MeansForbidden() {
        iam.answerWith(answer(403, ""));
        assertThat(refusal(), is(DisError.FORBIDDEN));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                ",\"project\":{\"id\":\"project-1\"} | project-1",
                " | ",
                ",\"project\":null,\"roles\":null | ",
                ",\"project\":{},\"roles\":[null,{}] | ",
                ",\"project\":{\"id\":null},\"roles\":7 | ",
                ",\"project\":{\"id\":\"a/b\"} | ",
                ",\"project\":{\"id\":\"01234567890123456789012345678901234567890123456789012345678901234\"} | "
            })
    void projectIsThatOfTheTokenWhereItsIdIsWellFormed(String fields, String project) {
        iam.answerWith(answer(200, body(fields == null ? "" : fields)));
        assertThat(validate().project(), is(Optional.ofNullable(project).map(ProjectId::new)));
    }

    @ParameterizedTest
    @CsvSource({"abc-123_Z, user:abc-123_Z", "'a b', ", "'', ", "<b>, "})
    void callerIsTheUserWhereTheIdIsWellFormed(String id, String caller) {
        iam.answerWith(answer(200, body(",\"user\":{\"id\":\"" + id + "\"}")));
        assertThat(validate().caller(), is(Optional.ofNullable(caller)));
    }

    @ParameterizedTest
    @CsvSource({"member, true", "Member, true", "READER, true", "'reader ', false", "members, false", "other, false"})
    void roleIsComparedWithoutRegardToCase(String role, boolean hasRequiredRole) {
        iam.answerWith(answer(200, body(",\"roles\":[{\"name\":\"x\"},{\"name\":\"" + role + "\"}]")));
        keystone = keystone(iam.endpoint().toString(), "checkpoint.iam.required-roles", "member,Reader");
        assertThat(validate().hasRequiredRole(), is(hasRequiredRole));
    }

    @Test
    void withoutRequiredRolesNoRoleIsNeeded() {
        iam.answerWith(answer(200, body()));
        assertThat(validate().hasRequiredRole(), is(true));
    }

    @Test
    void catalogueInTheAnswerIsSkipped() {
        iam.answerWith(
                answer(200, body(",\"catalog\":[\"", "x".repeat(300_000), "\"],\"project\":{\"id\":\"project-1\"}")));
        assertThat(validate().project(), is(Optional.of(new ProjectId("project-1"))));
    }

    @Test
    void answerOfMoreThanOneMebibyteIsAnOutage() {
        String largest = body() + " ".repeat(1_048_576 - body().length());
        iam.answerWith(answer(200, largest));
        validate();
        iam.answerWith(answer(200, largest + ' '));
        assertThat(unavailable(), containsString("it answered more than 1048576 bytes"));
    }

    @ParameterizedTest
    @CsvSource({"gzip, gzip", "GZIP, gzip", "br, other than identity"})
    void encodedAnswerIsAnOutageThatNamesTheEncoding(String encoding, String named) {
        iam.answerWith(answer(200, body(), "Content-Encoding", encoding));
        assertThat(unavailable(), containsString("answered with Content-Encoding " + named));
        iam.answerWith(answer(401, "compressed", "Content-Encoding", encoding));
        assertThat(refusal(), is(DisError.INVALID_TOKEN));
        iam.answerWith(answer(200, body(), "Content-Encoding", "identity"));
        validate();
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 401, 403})
    void answerForAnotherTokenIsAnOutage(int status) {
        iam.answerWith(answer(status, body(), "X-Subject-Token", "another"));
        assertThat(unavailable(), is("IAM at " + iam.endpoint() + " answered for another token"));
        iam.answerWith(answer(200, body(), "X-Subject-Token", token.secret()));
        validate();
    }

    /** As a balancer writes 408 to an idle connection, or as an answer to another question that came late. */
    @ParameterizedTest
    @CsvSource({
        "'Content-Length: 2\r\n\r\nno', 200",
        "'Content-Length: 2\r\nConnection: keep-alive\r\n\r\nno', 200",
        "'Content-Length: 2\r\nConnection: keep-alive\r\nKeep-Alive: timeout=60\r\n\r\nno', 408",
        "'Content-Length: 0\r\n\r\n', 200",
        "'Content-Length: 0\r\nConnection: keep-alive\r\n\r\n', 200",
        "'Content-Length: 0\r\nConnection: keep-alive\r\n\r\n', 400",
        "'Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n2\r\nno\r\n0\r\n\r\n', 200"
    })
    void answerThatNobodyAskedForIsIgnored(String headersAndBody, int unasked) throws IOException {
        String grant = body(",\"project\":{\"id\":\"project-1\"}");
        String first = "HTTP/1.1 404 Not Found\r\n" + headersAndBody;
        String second = "HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s".formatted(unasked, grant.length(), grant);
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            executor.submit(() -> {
                while (true) {
                    Socket connection = server.accept();
                    questions.incrementAndGet();
                    connection.getInputStream().read(new byte[8 * 1024]);
                    connection.getOutputStream().write((first + second).getBytes(StandardCharsets.US_ASCII));
                }
            });
            keystone = keystone("http://127.0.0.1:" + server.getLocalPort());
            for (int question = 1; question <= 3; question++) {
                assertThat(refusal(), is(DisError.INVALID_TOKEN));
                assertThat("connections", questions.get(), is(question));
            }
        }
    }

    private static final String CA_BUNDLE = "checkpoint.iam.ca-bundle";

    private HttpsServer tlsServer(HttpHandler handler) throws IOException {
        HttpsServer server = Tls.server("127.0.0.1", 0);
        server.createContext("/v3/auth/tokens", handler);
        server.start();
        return server;
    }

    private Map<String, String> tls(HttpsServer server) throws IOException {
        Path bundle = Files.writeString(directory.resolve("bundle.pem"), Tls.CERTIFICATE);
        return Map.of(
                "checkpoint.iam.endpoint",
                "https://localhost:" + server.getAddress().getPort(),
                CA_BUNDLE,
                bundle.toString());
    }

    @Test
    void eachQuestionOverTlsHasItsOwnConnectionAndResumesTheSession() throws IOException {
        Set<InetSocketAddress> connections = ConcurrentHashMap.newKeySet();
        Set<Long> sessions = ConcurrentHashMap.newKeySet();
        HttpsServer server = tlsServer(exchange -> {
            connections.add(exchange.getRemoteAddress());
            // A resumed session keeps the time at which it was made.
            sessions.add(((HttpsExchange) exchange).getSSLSession().getCreationTime());
            exchange.getResponseHeaders().set("Connection", "keep-alive");
            iam.handle(exchange);
        });
        try {
            keystone = new Keystone(config(tls(server)), executor, "1.2.3");
            for (int question = 1; question <= 3; question++) {
                validate();
            }
            assertThat(connections, hasSize(3));
            assertThat(sessions, hasSize(1));
        } finally {
            server.stop(0);
        }
    }

    @Test
    void certificateOfAnUnknownAuthorityIsNotTrusted() throws IOException {
        HttpsServer server = tlsServer(iam::handle);
        try {
            keystone = keystone(tls(server).get("checkpoint.iam.endpoint"));
            assertThat(unavailable(), containsString("could not be asked: javax.net.ssl.SSLHandshakeException"));
        } finally {
            server.stop(0);
        }
    }

    /** 127.0.0.2 refuses, or accepts and stays silent. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nextAddressIsAskedWhereTheFirstFails(boolean silent) throws IOException {
        HttpsServer server = tlsServer(iam::handle);
        int port = server.getAddress().getPort();
        InetAddress[] addresses = {InetAddress.getByName("127.0.0.2"), InetAddress.getByName("127.0.0.1")};
        try (ServerSocket first = new ServerSocket()) {
            if (silent) {
                first.bind(new InetSocketAddress("127.0.0.2", port));
            }
            keystone = new Keystone(config(tls(server)), executor, "1.2.3", host -> addresses);
            assertThat(validate().project(), is(Optional.of(new ProjectId(PROJECT))));
            server.stop(0);
            unavailable();
        } finally {
            server.stop(0);
        }
    }

    @Test
    void stoppedIamIsAnOutage() {
        iam.close();
        assertThat(unavailable(), startsWith("IAM at " + iam.endpoint() + " could not be asked: java.net.Connect"));
    }

    @ParameterizedTest
    @CsvSource({"1, true, 2", "2, false, 2"})
    void connectionThatClosesWithoutAnAnswerIsReplacedOnce(int closed, boolean answers, int connections) {
        iam.answerWith(exchange -> {
            if (questions.incrementAndGet() <= closed) {
                exchange.close();
            } else {
                iam.handle(exchange);
            }
        });
        if (answers) {
            validate();
        } else {
            unavailable();
        }
        assertThat(questions.get(), is(connections));
    }

    @Test
    void silentIamIsAskedOnceAndLeavesTimeForTheAnswer() {
        iam.answerWith(exchange -> {
            questions.incrementAndGet();
            isOverAfter(Duration.ofSeconds(10));
        });
        Deadline deadline = deadline();
        assertThat(
                assertThrows(DisException.class, () -> keystone.validate(token, deadline))
                        .diagnosis(),
                is(Optional.of("IAM at " + iam.endpoint() + " did not answer in time")));
        assertThat(questions.get(), is(1));
        assertThat(deadline.remaining().compareTo(Duration.ofSeconds(1)) > 0, is(true));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 500})
    void noQuestionGoesBeyondTheDeadline(long milliseconds) {
        iam.answerWith(exchange -> {
            exchange.sendResponseHeaders(200, 1_000_000);
            while (over.getCount() > 0) {
                exchange.getResponseBody().write(' ');
                exchange.getResponseBody().flush();
                isOverAfter(Duration.ofMillis(50));
            }
        });
        DisException outage = assertThrows(
                DisException.class, () -> keystone.validate(token, Deadline.in(Duration.ofMillis(milliseconds))));
        assertThat(outage.error(), is(DisError.UNAVAILABLE));
    }

    @Test
    void answerThatStopsIsAnOutage() {
        iam.answerWith(exchange -> {
            exchange.sendResponseHeaders(200, 1_000);
            exchange.getResponseBody().write(' ');
            exchange.getResponseBody().flush();
            isOverAfter(Duration.ofSeconds(10));
        });
        assertThat(unavailable(), is("IAM at " + iam.endpoint() + " stopped in the midst of an answer"));
    }

    /** The JDK reads each of these heads one call deeper, until its stack overflows. */
    @Test
    void endlessInterimAnswersAreAnOutage() throws IOException {
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
            unavailable();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a,b", "a\r\nX-Injected: 1", "a\0", "ä", "a\u007F"})
    void textThatCouldForgeAHeaderIsNoToken(String text) {
        assertThrows(IllegalArgumentException.class, () -> new Token(text));
    }

    @Test
    void tokenAndFingerprintDoNotShowTheSecret() {
        assertThat(token.toString(), not(containsString(token.secret())));
        assertThat(token.fingerprint(), not(containsString(token.secret())));
    }

    @ParameterizedTest
    @CsvSource({"'', the file has no line -----BEGIN", ", /no/such/file"})
    void unusableCaBundleStopsTheStart(String content, String reason) throws IOException {
        Path bundle = content == null
                ? Path.of("/no/such/file")
                : Files.writeString(directory.resolve("bundle.pem"), content);
        CheckpointConfig config = config(Map.of(CA_BUNDLE, bundle.toString()));
        String message = assertThrows(ConfigurationException.class, () -> new Keystone(config, executor, "1.2.3"))
                .getMessage();
        assertThat(message, startsWith("checkpoint.iam.ca-bundle (CHECKPOINT_IAM_CA_BUNDLE) must be "));
        assertThat(message, containsString(reason));
    }
}
