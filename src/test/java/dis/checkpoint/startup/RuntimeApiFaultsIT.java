package dis.checkpoint.startup;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dis.checkpoint.support.Api;
import dis.checkpoint.support.Backends;
import dis.checkpoint.support.Events;
import dis.checkpoint.support.PackagedFunction;
import dis.checkpoint.support.RuntimeApi;
import dis.checkpoint.support.RuntimeApi.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The packaged function whose Runtime API fails: it never lives on without polling, and all its output is JSON. */
@Tag("package")
class RuntimeApiFaultsIT {

    private static final Path LOG = Path.of("target/function-without-runtime.log");
    private static final long SECONDS = 30;

    /** A loop without a pause polls thousands of times while a process ends. */
    private static final int FEW_POLLS = 20;

    private static PackagedFunction function;
    private static Backends backends;

    private final RuntimeApi runtime = new RuntimeApi();
    private Process process;

    @BeforeAll
    static void unpack() throws Exception {
        function = PackagedFunction.unpack(Path.of("target/function-without-runtime"));
        backends = new Backends();
    }

    @AfterAll
    static void closeBackends() {
        backends.close();
    }

    @BeforeEach
    void start() throws Exception {
        process = function.start(runtime, backends.environment(), LOG);
        answers(Map.of());
    }

    @AfterEach
    void stop() {
        process.destroyForcibly().onExit().join();
        runtime.close();
    }

    private void answers(Map<String, String> headers) throws Exception {
        String event = Events.json(Events.post(Api.submission("app", "2")));
        String payload =
                runtime.submit(event, headers).get(SECONDS, TimeUnit.SECONDS).payload();
        assertThat(Events.response(payload).getStatusCode(), is(201));
    }

    /** All output of the function. On the JVM, Lambda's own client and the virtual machine write lines that are no JSON. */
    private static List<JsonNode> log() throws IOException {
        List<JsonNode> log = new ArrayList<>();
        for (String line : Files.readAllLines(LOG)) {
            if (PackagedFunction.isNative() || line.startsWith("{")) {
                log.add(new ObjectMapper().readTree(line));
            }
        }
        return log;
    }

    private void ends() throws Exception {
        assertThat("the process ends", process.waitFor(SECONDS, TimeUnit.SECONDS), is(true));
        if (!PackagedFunction.isNative()) {
            // Lambda's own client may end it first, with a status and in words of its own.
            return;
        }
        assertThat(process.exitValue(), is(1));
        List<JsonNode> log = log();
        JsonNode last = log.get(log.size() - 1);
        assertThat(last.path("level").asText(), is("ERROR"));
        assertThat(last.path("cause").asText(), startsWith("The function ends because "));
    }

    /** On the JVM, Lambda's own client polls. */
    private static void assumeThatTheFunctionPolls() throws Exception {
        assumeTrue(PackagedFunction.isNative(), "the package is for the JVM");
    }

    @ParameterizedTest
    @EnumSource
    void pollThatFailsOnceIsPassedOver(Fault fault) throws Exception {
        assumeThatTheFunctionPolls();
        runtime.failPolls(1, fault);
        answers(Map.of());
        answers(Map.of());
    }

    @ParameterizedTest
    @EnumSource
    void processEndsWherePollsGoOnFailing(Fault fault) throws Exception {
        int polls = runtime.polls();
        runtime.failPolls(100_000, fault);
        // The function has polled before the fault.
        runtime.submit("{}");
        ends();
        assertThat(runtime.polls() - polls, is(lessThan(FEW_POLLS)));
    }

    @Test
    void processEndsWhereConnectionsAreRefused() throws Exception {
        runtime.close();
        ends();
    }

    @ParameterizedTest
    @EnumSource(names = {"DROPPED_CONNECTION", "NO_HTTP", "FORBIDDEN", "SERVER_ERROR"})
    void processEndsWhereNeitherAnAnswerNorAnErrorIsTaken(Fault fault) throws Exception {
        runtime.failPosts(100_000, fault);
        for (int event = 0; event < 3; event++) {
            runtime.submit(Events.json(Events.post(Api.submission("app", "2"))));
        }
        ends();
    }

    @Test
    void traceOfOneEventIsNotThatOfTheNext() throws Exception {
        answers(Map.of(RuntimeApi.TRACE_ID, "Root=1-00000000-00000000000000000000000a;Sampled=0"));
        answers(Map.of());
        List<JsonNode> log = log();
        assertThat(
                log.get(log.size() - 2).path("trace").asText(),
                is("Root=1-00000000-00000000000000000000000a;Sampled=0"));
        assertThat(log.get(log.size() - 1).has("trace"), is(false));
    }

    @Test
    void headersOfAnEventThatAreNotNeededAreIgnored() throws Exception {
        answers(Map.of(
                "Lambda-Runtime-Cognito-Identity", "{\"cognitoIdentityId\":\"a\",\"cognitoIdentityPoolId\":\"b\"}"));
        assumeThatTheFunctionPolls();
        answers(Map.of(
                "Lambda-Runtime-Cognito-Identity", "{\"cognitoIdentityId\":7,",
                "Lambda-Runtime-Client-Context", "no JSON",
                "Lambda-Runtime-Deadline-Ms", "soon",
                "Lambda-Runtime-Invoked-Function-Arn", ""));
    }
}
