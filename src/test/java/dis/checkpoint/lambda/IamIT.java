package dis.checkpoint.lambda;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.sun.net.httpserver.HttpServer;
import dis.checkpoint.dev.FakeKeystone;
import dis.checkpoint.support.Backends;
import dis.checkpoint.support.Events;
import dis.checkpoint.support.PackagedFunction;
import dis.checkpoint.support.RuntimeApi;
import java.net.InetSocketAddress;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the packaged function finds IAM, and what it says where it does not. */
@Tag("package")
class IamIT {

    private static final String PROJECT = FakeKeystone.PROJECTS.get(0);
    private static final long SECONDS_TO_ANSWER = 30;

    /** Starts a command that sees the first argument in place of {@code /etc/hosts}; nobody else does. */
    private static final List<String> WITH_HOSTS = List.of(
            "unshare",
            "--user",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            "mount --bind \"$0\" /etc/hosts && exec \"$@\"");

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

    private void start(PackagedFunction function, Map<String, String> changes) throws Exception {
        Map<String, String> environment = new HashMap<>(backends.environment());
        environment.putAll(changes);
        process = function.start(runtime, environment, log);
    }

    private int submit() throws Exception {
        String token = UUID.randomUUID().toString();
        iam.issue(token, PROJECT, FakeKeystone.ROLE, Instant.now().plusSeconds(3_600));
        String body = """
                {"stream_name":"newstream","app_name":"newapp","partition_id":"0","sequence_number":"1",
                 "checkpoint_type":"LAST_READ"}""";
        APIGatewayV2HTTPEvent event = Events.event("POST", "", body);
        event.getHeaders().put("x-auth-token", token);
        String answer = runtime.submit(Events.json(event))
                .get(SECONDS_TO_ANSWER, TimeUnit.SECONDS)
                .payload();
        return Events.response(answer).getStatusCode();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/v3", "/v3/"})
    void theEndpointIsTheSameWithVersionAndSlashesOrWithout(String ending) throws Exception {
        start(function, Map.of("CHECKPOINT_IAM_ENDPOINT", iam.endpoint() + ending));
        assertThat(submit(), is(201));
    }

    @Test
    void anEndpointThatIsNotKeystoneIsSaidInOneLineAtTheStart() throws Exception {
        start(function, Map.of("CHECKPOINT_IAM_ENDPOINT", iam.endpoint() + "/elsewhere"));
        submit();
        String warning = "IAM at %1$s answered 404 to GET %1$s/v3".formatted(iam.endpoint() + "/elsewhere");
        assertThat(
                Files.readAllLines(log).stream()
                        .filter(line -> line.startsWith("{") && line.contains(warning))
                        .toList(),
                hasSize(1));
    }

    @ParameterizedTest
    @CsvSource({
        "CHECKPOINT_IAM_CACHE_SIZE, 0",
        "CHECKPOINT_IAM_CACHE_TIME, PT0S",
        "CHECKPOINT_IAM_ENDPOINT, https:///v3"
    })
    void aValueOutOfItsRangeStopsTheStartWithASentence(String variable, String value) throws Exception {
        start(function, Map.of(variable, value));
        assertThat("it has stopped", process.waitFor(SECONDS_TO_ANSWER, TimeUnit.SECONDS), is(true));
        assertThat(process.exitValue(), is(not(0)));
        assertThat(Files.readString(log), containsString(variable + " must be "));
    }

    /** At once, and so within the five seconds. */
    @Test
    void aNameThatGetsAnotherAddressIsFollowed() throws Exception {
        Path hosts = Path.of("target/hosts").toAbsolutePath();
        Files.writeString(hosts, "127.0.0.1 iam.test\n");
        List<String> command = new ArrayList<>(WITH_HOSTS);
        command.add(hosts.toString());
        command.add("true");
        assumeTrue(
                new ProcessBuilder(command).start().waitFor() == 0,
                "a process may not have its own /etc/hosts on this machine");

        command.remove(command.size() - 1);
        command.addAll(function.command());
        int port = iam.endpoint().getPort();
        start(new PackagedFunction(command), Map.of("CHECKPOINT_IAM_ENDPOINT", "http://iam.test:" + port));
        assertThat(submit(), is(201));

        iam.close();
        HttpServer moved = HttpServer.create(new InetSocketAddress("127.0.0.2", port), 0);
        moved.createContext("/v3/auth/tokens", iam::handle);
        moved.start();
        try {
            Files.writeString(hosts, "127.0.0.2 iam.test\n");
            assertThat(submit(), is(201));
        } finally {
            moved.stop(0);
        }
    }
}
