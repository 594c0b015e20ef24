package dis.checkpoint.lambda;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import dis.checkpoint.support.Api;
import dis.checkpoint.support.Backends;
import dis.checkpoint.support.EmbeddedServices;
import dis.checkpoint.support.Events;
import dis.checkpoint.support.PackagedFunction;
import dis.checkpoint.support.Way;
import java.io.File;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The packaged function under AWS's emulator of Lambda. */
@EnabledIf(value = "emulatorIsOnPath", disabledReason = "AWS's emulator, aws-lambda-rie, is not on the PATH")
class RuntimeInterfaceEmulatorIT {

    private static final String EMULATOR = "aws-lambda-rie";
    private static final Duration TIME_TO_ANSWER = Duration.ofSeconds(30);

    private static PackagedFunction function;
    private static Backends backends;
    private static Emulator emulator;

    /** Starts the function with the first event. */
    private static final class Emulator implements AutoCloseable {

        private final HttpClient client = HttpClient.newHttpClient();
        private final int port = EmbeddedServices.freePort();
        private final Process process;

        Emulator(Map<String, String> configuration, Path log) throws IOException {
            List<String> command = new ArrayList<>(List.of(
                    EMULATOR,
                    "--runtime-interface-emulator-address",
                    "127.0.0.1:" + port,
                    "--runtime-api-address",
                    "127.0.0.1:" + EmbeddedServices.freePort()));
            command.addAll(function.command());
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
            builder.environment().keySet().retainAll(List.of("PATH"));
            builder.environment().putAll(configuration);
            process = builder.start();
        }

        HttpResponse<String> invoke(String event) throws Exception {
            HttpRequest invocation = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + port + "/2015-03-31/functions/function/invocations"))
                    .timeout(TIME_TO_ANSWER)
                    .POST(BodyPublishers.ofString(event))
                    .build();
            while (true) {
                try {
                    return client.send(invocation, BodyHandlers.ofString());
                } catch (ConnectException e) {
                    assertThat("the emulator runs", process.isAlive(), is(true));
                }
            }
        }

        APIGatewayV2HTTPResponse answer(APIGatewayV2HTTPEvent event) throws Exception {
            return Events.response(invoke(Events.json(event)).body());
        }

        /** Also ends the processes that the emulator has started. */
        @Override
        public void close() {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().onExit().join();
        }
    }

    static boolean emulatorIsOnPath() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(entry -> Files.isExecutable(Path.of(entry, EMULATOR)));
    }

    @BeforeAll
    static void start() throws Exception {
        function = PackagedFunction.unpack(Path.of("target/emulated-function"));
        backends = new Backends();
        emulator = new Emulator(backends.environment(), Path.of("target/emulated-function.log"));
    }

    @AfterAll
    static void stop() {
        emulator.close();
        backends.close();
    }

    @Test
    void firstSubmissionIsAnsweredByAColdStart() throws Exception {
        Path log = Path.of("target/cold-emulated-function.log");
        try (Emulator cold = new Emulator(backends.environment(), log)) {
            assertThat(cold.answer(Events.post(Api.submission("cold", "2"))).getStatusCode(), is(201));
        }
        assertThat(Files.readString(log), containsString("\"cold\":true"));
    }

    @Test
    void submittedCheckpointIsFound() throws Exception {
        assertThat(emulator.answer(Events.post(Api.submission("read", "42"))).getStatusCode(), is(201));

        APIGatewayV2HTTPResponse answer = emulator.answer(Events.event("GET", Api.query("read", "0")));

        assertThat(answer.getStatusCode(), is(200));
        assertThat(answer.getBody(), is("{\"sequence_number\":\"42\",\"metadata\":\"\"}"));
    }

    @ParameterizedTest
    @EnumSource
    void eventOfEachWayIsAnsweredInItsForm(Way way) throws Exception {
        String app = Api.newApp();
        String post = way.json(Events.post(Api.submission(app, "2")));
        assertThat(way.response(emulator.invoke(post).body()).getStatusCode(), is(201));

        String get = way.json(Events.event("GET", Api.query(app, "0")));
        assertThat(
                way.response(emulator.invoke(get).body()).getBody(),
                is("{\"sequence_number\":\"2\",\"metadata\":\"\"}"));
    }

    @Test
    void lowerSequenceNumberIsRefused() throws Exception {
        assertThat(emulator.answer(Events.post(Api.submission("refused", "42"))).getStatusCode(), is(201));

        APIGatewayV2HTTPResponse refusal = emulator.answer(Events.post(Api.submission("refused", "7")));

        assertThat(refusal.getStatusCode(), is(400));
        assertThat(refusal.getBody(), containsString("\"errorCode\":\"DIS.4224\""));
    }

    @Test
    void bodyOfFiveMegabytesIsTooLarge() throws Exception {
        Map<String, Object> submission = Api.submission("large", "1");
        submission.put("metadata", "x".repeat(5_000_000));

        assertThat(emulator.answer(Events.post(submission)).getStatusCode(), is(413));
        assertThat(emulator.answer(Events.post(Api.submission("alive", "1"))).getStatusCode(), is(201));
    }

    @ParameterizedTest
    @MethodSource("dis.checkpoint.lambda.LambdaFaultsIT#noRequests")
    void eventThatIsNoRequestIsNotStoredAndTheFunctionLivesOn(String event) throws Exception {
        assertThat(emulator.invoke(event).body(), not(containsString("\"statusCode\":2")));

        assertThat(emulator.answer(Events.post(Api.submission("alive", "1"))).getStatusCode(), is(201));
    }

    @Test
    void startWithoutAnIamEndpointFailsAndSaysSo() throws Exception {
        Map<String, String> environment = new HashMap<>(backends.environment());
        environment.remove("CHECKPOINT_IAM_ENDPOINT");
        Path log = Path.of("target/misconfigured-emulated-function.log");
        try (Emulator misconfigured = new Emulator(environment, log)) {
            HttpResponse<String> answer = misconfigured.invoke(Events.json(Events.post(Api.submission("never", "1"))));

            // The emulator sends an error, or nothing at all where the process has ended before.
            assertThat(answer.body(), not(containsString("statusCode")));
        }
        assertThat(Files.readString(log), containsString("CHECKPOINT_IAM_ENDPOINT is not set."));
    }
}
