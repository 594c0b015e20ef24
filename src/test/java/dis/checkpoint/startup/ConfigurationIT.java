package dis.checkpoint.startup;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dis.checkpoint.dev.DynamoDbLocal;
import dis.checkpoint.support.Api;
import dis.checkpoint.support.Backends;
import dis.checkpoint.support.EmbeddedServices;
import dis.checkpoint.support.Events;
import dis.checkpoint.support.PackagedFunction;
import dis.checkpoint.support.RuntimeApi;
import dis.checkpoint.support.Signer;
import dis.checkpoint.support.TableProxy;
import java.io.IOException;
import java.net.URI;
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
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The packaged function takes each variable of {@code src/docs/configuration.md} from its environment, and does not start with a
 * wrong variable. The native executable settles most of its configuration when it is built.
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
                    "CHECKPOINT_IAM_ALLOW_HTTP",
                    new Change("false", it -> it.doesNotStart("CHECKPOINT_IAM_ENDPOINT must be an https:// address"))),
            Map.entry("CHECKPOINT_IAM_CACHE_TIME", new Change("PT0.000000001S", ConfigurationIT::asksIamEachTime)),
            Map.entry(
                    "CHECKPOINT_IAM_CACHE_SIZE",
                    new Change("0", it -> it.doesNotStart("CHECKPOINT_IAM_CACHE_SIZE must be "))),
            Map.entry("CHECKPOINT_IAM_REQUIRED_ROLES", new Change("nobody", it -> it.answers(403))),
            Map.entry(
                    "CHECKPOINT_IAM_CA_BUNDLE",
                    new Change("/no/such/file", it -> it.doesNotStart("CHECKPOINT_IAM_CA_BUNDLE must be "))),
            Map.entry("QUARKUS_DYNAMODB_ENDPOINT_OVERRIDE", new Change(NOBODY, it -> it.answers(503))),
            Map.entry("QUARKUS_LOG_LEVEL", new Change("WARN", ConfigurationIT::logsNothing)),
            Map.entry("AWS_REGION", new Change("", it -> it.doesNotStart("AWS_REGION is not set. It must be "))),
            Map.entry(
                    "AWS_ACCESS_KEY_ID",
                    new Change("", it -> it.doesNotStart("AWS_ACCESS_KEY_ID is not set. It must be "))),
            Map.entry(
                    "AWS_SECRET_ACCESS_KEY",
                    new Change("", it -> it.doesNotStart("AWS_SECRET_ACCESS_KEY is not set. It must be "))),
            Map.entry("AWS_SESSION_TOKEN", new Change("session", ConfigurationIT::signsWithTheSession))));

    private static final String TABLE_ENDPOINT = "QUARKUS_DYNAMODB_ENDPOINT_OVERRIDE";

    private static final Map<String, String> WRONG = new TreeMap<>(Map.ofEntries(
            Map.entry("CHECKPOINT_TABLE", "a table"),
            Map.entry("CHECKPOINT_ACCESS_KEYS_TABLE", "a table"),
            Map.entry("CHECKPOINT_IAM_ENDPOINT", "iam.example.com"),
            Map.entry("CHECKPOINT_IAM_ALLOW_HTTP", "perhaps"),
            Map.entry("CHECKPOINT_IAM_CACHE_TIME", "five minutes"),
            Map.entry("CHECKPOINT_IAM_CACHE_SIZE", "many"),
            Map.entry("CHECKPOINT_IAM_REQUIRED_ROLES", ","),
            Map.entry("CHECKPOINT_IAM_CA_BUNDLE", DOCUMENT.toString()),
            Map.entry("QUARKUS_DYNAMODB_ENDPOINT_OVERRIDE", "no address"),
            Map.entry("QUARKUS_LOG_LEVEL", "LOUD"),
            Map.entry("AWS_REGION", "eu central"),
            Map.entry("AWS_ACCESS_KEY_ID", " "),
            Map.entry("AWS_SECRET_ACCESS_KEY", " "),
            Map.entry("AWS_SESSION_TOKEN", " ")));

    private static PackagedFunction function;
    private static Backends backends;
    private static TableProxy proxy;

    private final RuntimeApi runtime = new RuntimeApi();
    private Process process;

    /** A value of a variable, and the check that it has an effect. */
    private record Change(String value, Check check) {}

    private interface Check {
        void on(ConfigurationIT function) throws Exception;
    }

    @BeforeAll
    static void unpack() throws Exception {
        function = PackagedFunction.unpack(Path.of("target/configured-function"));
        backends = new Backends();
        proxy = new TableProxy(URI.create(backends.environment().get(TABLE_ENDPOINT)));
    }

    @AfterAll
    static void closeBackends() {
        proxy.close();
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
    void everyDocumentedVariableHasAChangeAndAWrongValue() throws IOException {
        Set<String> documented = Files.readAllLines(DOCUMENT).stream()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.substring(0, line.indexOf('|', 1)))
                .flatMap(names -> VARIABLE.matcher(names).results())
                .map(match -> match.group(1))
                .collect(Collectors.toSet());
        assertThat(CHANGES.keySet(), is(documented));
        assertThat(WRONG.keySet(), is(documented));
    }

    @ParameterizedTest
    @MethodSource("variables")
    void variableIsTakenFromTheEnvironment(String variable) throws Exception {
        Change change = CHANGES.get(variable);
        Map<String, String> environment = new HashMap<>(backends.environment());
        environment.put(TABLE_ENDPOINT, proxy.endpoint().toString());
        environment.put(variable, change.value());
        process = function.start(runtime, environment, LOG);
        change.check().on(this);
    }

    @ParameterizedTest
    @MethodSource("variables")
    void wrongValueStopsTheStartWithOneLine(String variable) throws Exception {
        Map<String, String> environment = new HashMap<>(backends.environment());
        environment.put(variable, WRONG.get(variable));
        process = function.start(runtime, environment, LOG);
        doesNotStart(variable + " must be ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CHECKPOINT_TABLE",
                "CHECKPOINT_IAM_ENDPOINT",
                "AWS_REGION",
                "AWS_ACCESS_KEY_ID",
                "AWS_SECRET_ACCESS_KEY"
            })
    void missingValueStopsTheStartWithOneLine(String variable) throws Exception {
        Map<String, String> environment = new HashMap<>(backends.environment());
        environment.remove(variable);
        process = function.start(runtime, environment, LOG);
        doesNotStart(variable + " is not set. It must be ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "checkpoint_iam_endpoint",
                "checkpoint.iam.endpoint",
                "Checkpoint_Table",
                "_PROD_CHECKPOINT_IAM_ENDPOINT",
                "CHECKPOINT_TABLE_ENDPOINT",
                "QUARKUS_PROFILE",
                "SMALLRYE_CONFIG_LOCATIONS",
                "QUARKUS_DYNAMODB_SYNC_CLIENT_PROXY_ENDPOINT",
                "aws_region"
            })
    void variableThatReachesASettingByAnotherNameStopsTheStart(String name) throws Exception {
        Map<String, String> environment = new HashMap<>(backends.environment());
        environment.put(name, "other");
        process = function.start(runtime, environment, LOG);
        doesNotStart(name + " is not a setting of the function");
    }

    @Test
    void callsOfIamAndTableIgnoreProxiesAndEndpointsOfTheEnvironment() throws Exception {
        Map<String, String> environment = new HashMap<>(backends.environment());
        for (String proxy : List.of("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY")) {
            environment.put(proxy, NOBODY);
        }
        environment.put("AWS_ENDPOINT_URL", NOBODY);
        environment.put("AWS_ENDPOINT_URL_DYNAMODB", NOBODY);
        environment.put("AWS_USE_FIPS_ENDPOINT", "true");
        environment.put("AWS_USE_DUALSTACK_ENDPOINT", "true");
        environment.put("AWS_ACCOUNT_ID", "000000000000");
        environment.put("AWS_ACCOUNT_ID_ENDPOINT_MODE", "required");
        environment.put("AWS_DEFAULTS_MODE", "auto");
        environment.put("AWS_MAX_ATTEMPTS", "1");
        environment.put("AWS_RETRY_MODE", "adaptive");
        environment.put("JAVA_TOOL_OPTIONS", "-Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=1");
        process = function.start(runtime, environment, LOG);
        answers(201);
    }

    /** Without its own setting, the table is asked at the address of its region, which cannot be reached here. */
    @Test
    void endpointUrlOfTheEnvironmentGetsNoCallOfTheTable() throws Exception {
        Map<String, String> environment = new HashMap<>(backends.environment());
        environment.put("AWS_ENDPOINT_URL", environment.remove(TABLE_ENDPOINT));
        process = function.start(runtime, environment, LOG);
        answers(503);
    }

    /** Some checks above would also pass where the function did not work at all. */
    @Test
    void withoutAChangeItStoresAndRemembersAndLogs() throws Exception {
        process = function.start(runtime, backends.environment(), LOG);
        answers(201);
        answers(201);
        List<String> log = Files.readAllLines(LOG).stream()
                .filter(line -> line.contains("\"status\":"))
                .toList();
        assertThat(log.get(0), containsString("\"iam_calls\":1"));
        assertThat(log.get(1), containsString("\"iam_calls\":0"));
    }

    private void signsWithTheSession() throws Exception {
        answers(201);
        assertThat(proxy.sessionTokens(), is(Set.of("session")));
    }

    private void answers(int status) throws Exception {
        assertThat(answer(submission()), is(status));
    }

    private void doesNotStart(String beginning) throws Exception {
        assertThat("it ends", process.waitFor(SECONDS_TO_ANSWER, TimeUnit.SECONDS), is(true));
        assertThat(process.exitValue(), is(1));
        // The virtual machine itself warns of a library, and leaves a line empty then.
        List<String> output = Files.readAllLines(LOG).stream()
                .filter(line -> !line.startsWith("WARNING: ") && !line.isEmpty())
                .toList();
        assertThat(output, hasSize(1));
        JsonNode line = new ObjectMapper().readTree(output.get(0));
        assertThat(line.path("level").asText(), is("ERROR"));
        assertThat(line.path("outcome").asText(), is("failed"));
        assertThat(line.path("cause").asText(), startsWith(beginning));
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
