package dis.checkpoint.lambda;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import dis.checkpoint.dev.DynamoDbLocal;
import dis.checkpoint.support.Api;
import dis.checkpoint.support.Backends;
import dis.checkpoint.support.EmbeddedServices;
import dis.checkpoint.support.Events;
import dis.checkpoint.support.PackagedFunction;
import dis.checkpoint.support.RuntimeApi;
import dis.checkpoint.support.Signer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * That the packaged function takes each variable of {@code src/docs/configuration.md} from its environment. The native
 * executable settles most of its configuration when it is built.
 */
@Tag("package")
class ConfigurationIT {

    private static final long SECONDS_TO_ANSWER = 30;
    private static final Path DOCUMENT = Path.of("src/docs/configuration.md");
    private static final Pattern VARIABLE = Pattern.compile("`([A-Z][A-Z_]+)`");
    private static final Path LOG = Path.of("target/configured-function.log");
    private static final String NOBODY = "http://127.0.0.1:1";

    private static final Map<String, Change> CHANGES = new TreeMap<>(Map.ofEntries(
            Map.entry("CHECKPOINT_TABLE", new Change("no-such-table", it -> it.answers(503))),
            Map.entry(
                    "CHECKPOINT_ACCESS_KEYS_TABLE",
                    new Change(EmbeddedServices.ACCESS_KEYS, ConfigurationIT::letsASignatureIn)),
            Map.entry("CHECKPOINT_IAM_ENDPOINT", new Change(NOBODY, it -> it.answers(503))),
            Map.entry(
                    "CHECKPOINT_IAM_ALLOW_HTTP", new Change("false", it -> it.doesNotStart("checkpoint.iam.endpoint"))),
            Map.entry("CHECKPOINT_IAM_CACHE_TIME", new Change("PT0.000000001S", ConfigurationIT::asksIamEachTime)),
            Map.entry("CHECKPOINT_IAM_CACHE_SIZE", new Change("0", it -> it.doesNotStart("checkpoint.iam.cache-size"))),
            Map.entry("CHECKPOINT_IAM_REQUIRED_ROLES", new Change("nobody", it -> it.answers(403))),
            Map.entry(
                    "CHECKPOINT_IAM_CA_BUNDLE",
                    new Change("/no/such/file", it -> it.doesNotStart("checkpoint.iam.ca-bundle"))),
            Map.entry("QUARKUS_DYNAMODB_ENDPOINT_OVERRIDE", new Change(NOBODY, it -> it.answers(503))),
            Map.entry("QUARKUS_LOG_LEVEL", new Change("WARN", ConfigurationIT::logsNothing)),
            Map.entry("AWS_REGION", new Change("", it -> it.doesNotStart("checkpoint.region"))),
            Map.entry("AWS_ACCESS_KEY_ID", new Change("", it -> it.answers(503))),
            Map.entry("AWS_SECRET_ACCESS_KEY", new Change("", it -> it.answers(503))),
            // Whatever it is, DynamoDB Local takes it.
            Map.entry("AWS_SESSION_TOKEN", new Change("session", it -> it.answers(201)))));

    private static PackagedFunction function;
    private static Backends backends;

    private final RuntimeApi runtime = new RuntimeApi();
    private Process process;

    /** What a variable is set to, and how that shows. */
    private record Change(String value, Check check) {}

    private interface Check {
        void on(ConfigurationIT function) throws Exception;
    }

    @BeforeAll
    static void unpack() throws Exception {
        function = PackagedFunction.unpack(Path.of("target/configured-function"));
        backends = new Backends();
    }

    @AfterAll
    static void closeBackends() {
        backends.close();
    }

    @AfterEach
    void stop() {
        if (process != null) {
            process.destroyForcibly().onExit().join();
        }
        runtime.close();
    }

    static Iterable<String> variables() {
        return CHANGES.keySet();
    }

    @Test
    void everyVariableOfTheDocumentIsChangedHere() throws IOException {
        Set<String> documented = Files.readAllLines(DOCUMENT).stream()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.substring(0, line.indexOf('|', 1)))
                .flatMap(names -> VARIABLE.matcher(names).results())
                .map(match -> match.group(1))
                .collect(Collectors.toSet());
        assertThat(CHANGES.keySet(), is(documented));
    }

    @ParameterizedTest
    @MethodSource("variables")
    void aVariableIsTakenFromTheEnvironment(String variable) throws Exception {
        Change change = CHANGES.get(variable);
        Map<String, String> environment = new HashMap<>(backends.environment());
        environment.put(variable, change.value());
        process = function.start(runtime, environment, LOG);
        change.check().on(this);
    }

    /** The checks above would pass as well where nothing worked. */
    @Test
    void withoutAChangeItStoresAndRemembersAndLogs() throws Exception {
        process = function.start(runtime, backends.environment(), LOG);
        answers(201);
        answers(201);
        List<String> log = Files.readAllLines(LOG).stream()
                .filter(line -> line.startsWith("{"))
                .toList();
        assertThat(log.get(0), containsString("\"iam_calls\":1"));
        assertThat(log.get(1), containsString("\"iam_calls\":0"));
    }

    private void answers(int status) throws Exception {
        assertThat(answer(submission()), is(status));
    }

    private void doesNotStart(String property) throws Exception {
        assertThat("it ends", process.waitFor(SECONDS_TO_ANSWER, TimeUnit.SECONDS), is(true));
        assertThat(process.exitValue(), is(not(0)));
        assertThat(Files.readString(LOG), containsString(property));
    }

    private void letsASignatureIn() throws Exception {
        assertThat(
                answer(Signer.with(DynamoDbLocal.accessKeyOf(Api.PROJECT), Signer.Form.DIS)
                        .sign(submission())),
                is(201));
    }

    private void asksIamEachTime() throws Exception {
        answers(201);
        answers(201);
        assertThat(Files.readString(LOG), not(containsString("\"iam_calls\":0")));
    }

    private void logsNothing() throws Exception {
        answers(201);
        assertThat(Files.readString(LOG), not(containsString("\"status\":201")));
    }

    private int answer(APIGatewayV2HTTPEvent event) throws Exception {
        return Events.response(runtime.submit(Events.json(event))
                        .get(SECONDS_TO_ANSWER, TimeUnit.SECONDS)
                        .payload())
                .getStatusCode();
    }

    private static APIGatewayV2HTTPEvent submission() {
        return Events.event("POST", "", """
                {"stream_name":"configured","app_name":"newapp","partition_id":"0","sequence_number":"1",
                 "checkpoint_type":"LAST_READ"}""");
    }
}
