package dis.checkpoint.lambda;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.ObjectMapper;
import dis.checkpoint.dev.FakeKeystone;
import dis.checkpoint.support.Api;
import dis.checkpoint.support.Backends;
import dis.checkpoint.support.Events;
import dis.checkpoint.support.PackagedFunction;
import dis.checkpoint.support.RuntimeApi;
import dis.checkpoint.support.RuntimeApi.Answer;
import dis.checkpoint.support.Soak;
import dis.checkpoint.support.TableProxy;
import dis.checkpoint.support.TableProxy.Fault;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged function is killed, frozen, or handed an event twice or an event that is no request. */
@Tag("package")
class LambdaFaultsIT {

    private static final String PROJECT = FakeKeystone.PROJECTS.get(0);
    private static final String TABLE_ENDPOINT = "QUARKUS_DYNAMODB_ENDPOINT_OVERRIDE";
    private static final int KILLS = Soak.oneIn(2_000, 3);
    private static final long SECONDS_TO_ANSWER = 30;

    private static PackagedFunction function;
    private static Backends backends;
    private static TableProxy proxy;
    private static Instance first;
    private static Instance second;

    /** A process of the function with its Runtime API. */
    private static final class Instance implements AutoCloseable {

        private final RuntimeApi runtime = new RuntimeApi();
        private final Process process;

        Instance(String name) throws Exception {
            Map<String, String> environment = new HashMap<>(backends.environment());
            environment.put(TABLE_ENDPOINT, proxy.endpoint().toString());
            process = function.start(runtime, environment, Path.of("target/" + name + ".log"));
        }

        CompletableFuture<Answer> hand(String event) {
            return runtime.submit(event);
        }

        APIGatewayV2HTTPResponse answer(String event) throws Exception {
            return Events.response(
                    hand(event).get(SECONDS_TO_ANSWER, TimeUnit.SECONDS).payload());
        }

        /** @param name such as {@code STOP} */
        void signal(String name) throws IOException, InterruptedException {
            int exitValue = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor();
            assertThat(exitValue, is(0));
        }

        /** Kills the process. */
        @Override
        public void close() {
            process.destroyForcibly().onExit().join();
            runtime.close();
        }
    }

    @BeforeAll
    static void start() throws Exception {
        function = PackagedFunction.unpack(Path.of("target/function-under-faults"));
        backends = new Backends();
        proxy = new TableProxy(URI.create(backends.environment().get(TABLE_ENDPOINT)));
        first = new Instance("first-function");
        second = new Instance("second-function");
        for (Instance instance : List.of(first, second)) {
            assertThat(instance.answer(submission("warm", 1)).getStatusCode(), is(201));
        }
    }

    @AfterAll
    static void stop() {
        first.close();
        second.close();
        proxy.close();
        backends.close();
    }

    /** The write is applied before the kill, after it, or never. The caller gets no answer and tries again. */
    @Test
    void killDuringAWriteLosesNoAcknowledgedCheckpoint() throws Exception {
        List<Fault> faults = List.of(Fault.HANG, Fault.ANSWERED_LATE, Fault.APPLIED_LATE);
        String stream = "killed";
        long acknowledged = 1;
        assertThat(first.answer(submission(stream, acknowledged)).getStatusCode(), is(201));
        for (int kill = 0; kill < KILLS; kill++) {
            Fault fault = faults.get(kill % faults.size());
            String cutOff = submission(stream, acknowledged + 2);
            try (Instance killed = new Instance("killed-function")) {
                assertThat(killed.answer(submission(stream, acknowledged + 1)).getStatusCode(), is(201));
                acknowledged++;
                CompletableFuture<Void> atTheTable = new CompletableFuture<>();
                proxy.failWith(() -> {
                    atTheTable.complete(null);
                    return fault;
                });
                killed.hand(cutOff);
                atTheTable.get(SECONDS_TO_ANSWER, TimeUnit.SECONDS);
            } finally {
                proxy.recover();
            }
            isRefusedByANumberWithin(
                    acknowledged, first.answer(submission(stream, acknowledged - 1)), acknowledged + 1);
            assertThat(fault.name(), first.answer(cutOff).getStatusCode(), is(201));
            acknowledged++;
            isRefusedByANumberWithin(acknowledged, first.answer(submission(stream, acknowledged - 1)), acknowledged);
        }
        System.out.printf("Functions killed in the midst of a write: %d; every acknowledged checkpoint found%n", KILLS);
    }

    /** Asserts that the stored number is in the range. */
    private static void isRefusedByANumberWithin(long lowest, APIGatewayV2HTTPResponse refusal, long highest) {
        assertThat(refusal.getStatusCode(), is(400));
        String stored = refusal.getBody().replaceFirst("(?s).* should be within ]\\[(\\d+)].*", "$1");
        assertThat(lowest <= Long.parseLong(stored) && Long.parseLong(stored) <= highest, is(true));
    }

    @Test
    void eventThatIsDeliveredAgainChangesNothing() throws Exception {
        String event = submission("repeated", 42);
        CompletableFuture<Answer> atTheSameTime = second.hand(event);
        assertThat(first.answer(event).getStatusCode(), is(201));
        assertThat(
                Events.response(atTheSameTime
                                .get(SECONDS_TO_ANSWER, TimeUnit.SECONDS)
                                .payload())
                        .getStatusCode(),
                is(201));
        assertThat(first.answer(event).getStatusCode(), is(201));
        isRefusedByANumberWithin(42, first.answer(submission("repeated", 41)), 42);

        assertThat(second.answer(submission("repeated", 50)).getStatusCode(), is(201));
        isRefusedByANumberWithin(50, first.answer(event), 50);
    }

    /** The fate of the connection to the table while Lambda has frozen the function. */
    private enum WhileFrozen {
        CLOSED(TableProxy::disconnect),
        RESET(TableProxy::reset),
        SILENT(TableProxy::goSilent);

        private final Action action;

        WhileFrozen(Action action) {
            this.action = action;
        }

        private interface Action {
            void on(TableProxy proxy) throws IOException;
        }
    }

    @ParameterizedTest
    @EnumSource
    void connectionThatDiesWhileTheFunctionIsFrozenIsReplaced(WhileFrozen event) throws Exception {
        for (int number = 1; number < 4; number++) {
            assertThat(first.answer(submission(event.name(), number)).getStatusCode(), is(201));
            first.signal("STOP");
            event.action.on(proxy);
            first.signal("CONT");
        }
        assertThat(first.answer(submission(event.name(), 4)).getStatusCode(), is(201));
    }

    static List<String> noRequests() {
        String request = submission("malformed", 1);
        return List.of(
                "null",
                "[]",
                "7",
                "\"text\"",
                "{}",
                "{\"requestContext\":null}",
                "{\"requestContext\":{\"http\":null}}",
                "{\"requestContext\":7}",
                "{\"version\":\"1.0\",\"path\":\"/v2/project-1/checkpoints\",\"httpMethod\":\"POST\",\"body\":\"{}\"}",
                "{\"Records\":[{\"eventSource\":\"aws:sqs\",\"body\":\"{}\"}]}",
                "{\"headers\":7}",
                "[".repeat(3_000),
                "{\"a\":".repeat(3_000),
                "{\"rawPath\":\"" + "x".repeat(5_000_000) + "\"}",
                request.replace("\"POST\"", "7.5e300"),
                request.replaceFirst("\"headers\":\\{[^}]*}", "\"headers\":\"" + Api.TOKEN + "\""),
                request.replace("*/*; charset=utf-8", ",".repeat(1_000_000)),
                request.substring(0, request.length() - 1));
    }

    /** A quadratic search, or a recursion for each segment, would not end within the time of the test. */
    @ParameterizedTest
    @ValueSource(strings = {"a", "/x", "%", "{"})
    void overlongPathIsRefusedAndTheFunctionLivesOn(String part) throws Exception {
        String path = Api.path() + "/" + part.repeat(2_000_000 / part.length());
        APIGatewayV2HTTPResponse answer = first.answer(submission("long", 1)
                .replaceFirst("\"rawPath\":\"[^\"]*\"", Matcher.quoteReplacement("\"rawPath\":\"" + path + "\"")));
        assertThat(answer.getBody(), answer.getStatusCode(), is(400));
        assertThat(first.answer(submission("alive", 1)).getStatusCode(), is(201));
    }

    /** On the JVM, Lambda's own client writes a stack trace for an event that is no JSON, so that event has its own function. */
    @AfterAll
    static void everyLineOfTheLogIsJsonAndHoldsNoToken() throws IOException {
        // The virtual machine itself warns of a library, and leaves a line empty then.
        for (String line : Files.readAllLines(Path.of("target/first-function.log")).stream()
                .filter(line -> !line.startsWith("WARNING: ") && !line.isEmpty())
                .toList()) {
            new ObjectMapper().readTree(line);
            assertThat(line, not(containsString(Api.TOKEN)));
        }
    }

    @ParameterizedTest
    @MethodSource("noRequests")
    void eventThatIsNoRequestIsRefusedAndTheFunctionLivesOn(String event) throws Exception {
        int requests = proxy.requests();
        APIGatewayV2HTTPResponse refusal = first.answer(event);
        assertThat(refusal.getStatusCode(), is(400));
        assertThat(refusal.getBody(), containsString("\"errorCode\":\"DIS.4200\""));
        assertThat(refusal.getBody(), not(containsString("Exception")));
        assertThat("requests to the table", proxy.requests(), is(requests));
        assertThat(first.answer(submission("alive", 1)).getStatusCode(), is(201));
    }

    /** Lambda gets an error of the function instead of an answer. */
    @Test
    void emptyEventIsReportedAsAnErrorAndTheFunctionLivesOn() throws Exception {
        try (Instance instance = new Instance("function-without-events")) {
            assertThrows(ExecutionException.class, () -> instance.answer(""));
            assertThat(instance.answer(submission("alive", 1)).getStatusCode(), is(201));
        }
    }

    private static String submission(String stream, long sequenceNumber) {
        String body = """
                {"stream_name":"%s","app_name":"newapp","partition_id":"0","sequence_number":"%d",
                 "checkpoint_type":"LAST_READ"}""".formatted(stream, sequenceNumber);
        return Events.json(Events.event("POST", "", body));
    }
}
