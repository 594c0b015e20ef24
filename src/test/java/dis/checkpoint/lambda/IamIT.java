package dis.checkpoint.lambda;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.sun.net.httpserver.HttpServer;
import dis.checkpoint.dev.DynamoDbLocal;
import dis.checkpoint.dev.FakeKeystone;
import dis.checkpoint.support.Backends;
import dis.checkpoint.support.EmbeddedServices;
import dis.checkpoint.support.Events;
import dis.checkpoint.support.PackagedFunction;
import dis.checkpoint.support.RuntimeApi;
import dis.checkpoint.support.Signer;
import dis.checkpoint.support.Signer.Form;
import dis.checkpoint.support.TlsCertificates;
import dis.checkpoint.support.TlsProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How the packaged function reaches IAM, with a process, addresses and certificates as in production. */
@Tag("package")
class IamIT {

    private static final String PROJECT = FakeKeystone.PROJECTS.get(0);
    private static final long SECONDS_TO_ANSWER = 30;

    /** Starts a command that sees the file of the first argument as {@code /etc/hosts}; other processes do not. */
    private static final List<String> WITH_HOSTS = List.of(
            "unshare",
            "--user",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            "mount --bind \"$0\" /etc/hosts && exec \"$@\"");

    private static final Path HOSTS = Path.of("target/hosts").toAbsolutePath();
    private static final String TABLE_ENDPOINT = "QUARKUS_DYNAMODB_ENDPOINT_OVERRIDE";

    private static PackagedFunction function;
    private static Backends backends;

    private final RuntimeApi runtime = new RuntimeApi();
    private final Path log = Path.of("target/function-and-iam.log");
    private FakeKeystone iam;
    private Process process;

    @BeforeAll
    static void unpack() throws Exception {
        function = PackagedFunction.unpack(Path.of("target/function-and-iam"));
        backends = new Backends();
    }

    @AfterAll
    static void close() {
        backends.close();
    }

    @BeforeEach
    void startIam() throws Exception {
        iam = new FakeKeystone(0);
    }

    @AfterEach
    void stop() {
        if (process != null) {
            process.destroyForcibly().onExit().join();
        }
        runtime.close();
        iam.close();
    }

    private void start(Map<String, String> changes) throws Exception {
        start(function, changes);
    }

    private void start(PackagedFunction function, Map<String, String> changes) throws Exception {
        Map<String, String> environment = new HashMap<>(backends.environment());
        environment.put("CHECKPOINT_IAM_ENDPOINT", iam.endpoint().toString());
        environment.putAll(changes);
        process = function.start(runtime, environment, log);
    }

    /** The function with a hosts file of its own, which the test may change while it runs. */
    private static PackagedFunction withHosts(String... options) throws Exception {
        List<String> command = new ArrayList<>(WITH_HOSTS);
        command.add(HOSTS.toString());
        command.add("true");
        assumeTrue(
                new ProcessBuilder(command).start().waitFor() == 0,
                "a process may not have its own /etc/hosts on this machine");
        command.remove(command.size() - 1);
        command.addAll(function.command());
        command.addAll(command.size() - function.command().size() + 1, List.of(options));
        return new PackagedFunction(command);
    }

    private static APIGatewayV2HTTPEvent event() {
        return Events.event("POST", "", """
                {"stream_name":"newstream","app_name":"newapp","partition_id":"0","sequence_number":"1",
                 "checkpoint_type":"LAST_READ"}""");
    }

    private int status(APIGatewayV2HTTPEvent event) throws Exception {
        String answer = runtime.submit(Events.json(event))
                .get(SECONDS_TO_ANSWER, TimeUnit.SECONDS)
                .payload();
        return Events.response(answer).getStatusCode();
    }

    /** The status of a submission with a new token, about which IAM has to be asked. */
    private int submit() throws Exception {
        String token = UUID.randomUUID().toString();
        iam.issue(token, PROJECT, FakeKeystone.ROLE, Instant.now().plusSeconds(3_600));
        APIGatewayV2HTTPEvent event = event();
        event.getHeaders().put("x-auth-token", token);
        return status(event);
    }

    @Test
    void endpointThatIsNotKeystoneIsNamedInOneLineAtTheStart() throws Exception {
        start(Map.of("CHECKPOINT_IAM_ENDPOINT", iam.endpoint() + "/elsewhere/v3/"));
        submit();
        String warning = "IAM at %1$s answered 404 to GET %1$s/v3".formatted(iam.endpoint() + "/elsewhere");
        assertThat(
                Files.readAllLines(log).stream()
                        .filter(line -> line.startsWith("{") && line.contains(warning))
                        .toList(),
                hasSize(1));
    }

    @Test
    void withoutIamASignatureLetsIn() throws Exception {
        start(Map.of("CHECKPOINT_IAM_ENDPOINT", "", "CHECKPOINT_ACCESS_KEYS_TABLE", EmbeddedServices.ACCESS_KEYS));
        assertThat(
                status(Signer.with(DynamoDbLocal.accessKeyOf(PROJECT), Form.DERIVED)
                        .sign(event())),
                is(201));
    }

    /** As a balancer does that answers 408 to an idle connection, or answers late. */
    @Test
    void answerThatNobodyAskedForLetsNobodyIn() throws Exception {
        String grant = "{\"token\":{\"expires_at\":\"2999-01-01T00:00:00Z\",\"project\":{\"id\":\"project-1\"}}}";
        String answers = "HTTP/1.1 404 Not Found\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nContent-Length: " + grant.length() + "\r\n\r\n" + grant;
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread answering = new Thread(() -> {
                try {
                    while (true) {
                        Socket connection = server.accept();
                        connection.getInputStream().read(new byte[8 * 1024]);
                        connection.getOutputStream().write(answers.getBytes(StandardCharsets.US_ASCII));
                    }
                } catch (IOException closed) {
                    // The test is over.
                }
            });
            answering.start();
            start(Map.of("CHECKPOINT_IAM_ENDPOINT", "http://127.0.0.1:" + server.getLocalPort()));
            for (int stranger = 1; stranger <= 3; stranger++) {
                assertThat(submit(), is(401));
            }
        }
    }

    /** At once, and so within the five seconds. */
    @Test
    void nameThatGetsAnotherAddressIsFollowed() throws Exception {
        Files.writeString(HOSTS, "127.0.0.1 iam.test\n");
        int port = iam.endpoint().getPort();
        start(withHosts(), Map.of("CHECKPOINT_IAM_ENDPOINT", "http://iam.test:" + port));
        assertThat(submit(), is(201));

        iam.close();
        HttpServer moved = HttpServer.create(new InetSocketAddress("127.0.0.2", port), 0);
        moved.createContext("/v3/auth/tokens", iam::handle);
        moved.start();
        try {
            Files.writeString(HOSTS, "127.0.0.2 iam.test\n");
            assertThat(submit(), is(201));
        } finally {
            moved.stop(0);
        }
    }

    /** Nothing listens at 127.0.0.2. */
    @Test
    void everyAddressOfIamAndOfTheTableIsTried() throws Exception {
        Files.writeString(HOSTS, "127.0.0.2 localhost\n127.0.0.1 localhost\n");
        TlsCertificates certificates = new TlsCertificates(Path.of("target/iam-certificates"));
        String table = backends.environment().get(TABLE_ENDPOINT);
        try (TlsProxy tlsTable = new TlsProxy(certificates, URI.create(table));
                TlsProxy tlsIam = new TlsProxy(certificates, iam.endpoint())) {
            start(
                    withHosts("-Djavax.net.ssl.trustStore=" + certificates.trustStore()),
                    Map.of(
                            "CHECKPOINT_IAM_ENDPOINT",
                            "https://localhost:" + tlsIam.endpoint().getPort(),
                            "CHECKPOINT_IAM_CA_BUNDLE",
                            certificates.bundle().toString(),
                            TABLE_ENDPOINT,
                            "https://localhost:" + tlsTable.endpoint().getPort()));
            assertThat(submit(), is(201));
        }
    }
}
