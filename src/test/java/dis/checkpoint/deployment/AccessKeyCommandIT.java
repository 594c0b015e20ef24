package dis.checkpoint.deployment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import com.sun.net.httpserver.HttpServer;
import dis.checkpoint.auth.AccessKey;
import dis.checkpoint.dev.DynamoDbLocal;
import dis.checkpoint.domain.ProjectId;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.signer.Aws4Signer;
import software.amazon.awssdk.auth.signer.params.Aws4SignerParams;
import software.amazon.awssdk.http.SdkHttpFullRequest;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The commands of osls that issue and change access keys, against DynamoDB Local. */
@EnabledIf(value = "dis.checkpoint.deployment.Osls#isThere", disabledReason = Osls.MISSING)
class AccessKeyCommandIT {

    private static final String TABLE = "dis-checkpoints-dev-access-keys";
    private static final Pattern ISSUED =
            Pattern.compile("(?s).*\\(AK\\): ([A-Z0-9]{20})\\n.*\\(SK\\): ([A-Za-z0-9]{40})\\n.*");

    private static DynamoDbLocal dynamoDb;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() throws Exception {
        dynamoDb = DynamoDbLocal.inMemory();
        dynamoDb.createAccessKeyTable(TABLE);
    }

    @AfterAll
    static void stop() {
        dynamoDb.close();
    }

    private static Plugins.Result run(Map<String, String> environment, String command, Map<String, String> options)
            throws Exception {
        Map<String, String> variables = new HashMap<>(Map.of("AWS_CONFIG_FILE", "/dev/null"));
        variables.putAll(environment);
        String table = options.getOrDefault("table", TABLE);
        return Plugins.runWithLibraries(List.of(new Plugins.Call(
                        "access-keys",
                        "access-key:" + command + ":" + command,
                        Map.of("accessKeyTable", table),
                        options,
                        ".",
                        variables)))
                .get(0);
    }

    private static Plugins.Result runAt(String endpoint, String command, Map<String, String> options) throws Exception {
        return run(Map.of("AWS_ENDPOINT_URL_DYNAMODB", endpoint), command, options);
    }

    private static String done(String command, Map<String, String> options) throws Exception {
        Plugins.Result result = runAt(dynamoDb.endpoint().toString(), command, options);
        assertThat(result.error(), is(nullValue()));
        return String.join("\n", result.output()) + "\n";
    }

    /** The key and the secret that are printed. */
    private static String[] issue(Map<String, String> options) throws Exception {
        Matcher issued = ISSUED.matcher(done("issue", options));
        assertThat(issued.matches(), is(true));
        return new String[] {issued.group(1), issued.group(2)};
    }

    private static Map<String, AttributeValue> item(String key) {
        return dynamoDb.client()
                .getItem(request -> request.tableName(TABLE).key(Map.of("access_key", AttributeValue.fromS(key))))
                .item();
    }

    private static int items() {
        return dynamoDb.client().scan(request -> request.tableName(TABLE)).count();
    }

    @Test
    void aKeyIsIssuedListedDisabledEnabledAndDeleted() throws Exception {
        Instant before = Instant.now();
        String[] issued = issue(Map.of("project", "project-1", "comment", "consumer of orders"));
        String key = issued[0];
        String secret = issued[1];
        Map<String, AttributeValue> item = item(key);
        assertThat(new AccessKey(key, secret, new ProjectId("project-1")).id(), is(key));
        assertThat(item.get("secret").s(), is(secret));
        assertThat(item.get("project_id").s(), is("project-1"));
        assertThat(item.get("enabled").bool(), is(true));
        assertThat(item.get("comment").s(), is("consumer of orders"));
        assertThat(Instant.parse(item.get("created_at").s()).isBefore(before.minusMillis(1)), is(false));

        String list = done("list", Map.of());
        assertThat(list, matchesPattern("(?s).*" + key + "  project-1  enabled  [0-9TZ:.-]+  consumer of orders\n.*"));
        assertThat(list, not(containsString(secret)));

        assertThat(
                done("disable", Map.of("key", key)),
                is(
                        key
                                + " is disabled. A running function may accept it until its cache time (iamCacheTime) is over.\n"));
        assertThat(item(key).get("enabled").bool(), is(false));
        assertThat(item(key).get("secret").s(), is(secret));
        assertThat(done("list", Map.of()), containsString(key + "  project-1  disabled"));

        assertThat(
                done("enable", Map.of("key", key)),
                is(key + " is enabled. A running function may refuse it for 10 seconds more.\n"));
        assertThat(item(key).get("enabled").bool(), is(true));

        done("delete", Map.of("key", key));
        assertThat(item(key).isEmpty(), is(true));
        assertThat(done("list", Map.of()), not(containsString(key)));
    }

    @Test
    void twoKeysShareNothing() throws Exception {
        String[] one = issue(Map.of("project", "project-1"));
        String[] other = issue(Map.of("project", "project-1"));
        assertThat(one[0], is(not(other[0])));
        assertThat(one[1], is(not(other[1])));
    }

    @ParameterizedTest
    @CsvSource({
        "issue, project, project/1, --project must be 1 to 64 of A-Z a-z 0-9 - _",
        "disable, key, ak, --key must be 10 to 40 of A-Z 0-9",
        "disable, key, AKUNKNOWN123, There is no access key AKUNKNOWN123 in stage dev",
        "list, table, no-table, There is no table no-table in eu-central-1: deploy the stage with"
    })
    void wrongInputIsRefusedAndChangesNothing(String command, String option, String value, String sentence)
            throws Exception {
        int before = items();
        Plugins.Result result = runAt(dynamoDb.endpoint().toString(), command, Map.of(option, value));
        assertThat(result.error(), startsWith(sentence));
        assertThat(items(), is(before));
    }

    /** A line feed would make a row, and U+202E turn one around. */
    @Test
    void aCommentIsListedOnItsLineWithoutControlCharacters() throws Exception {
        String comment = "one\nAKFORGED1234  project-1  enabled \u001b[2J\u009b2J\u007f\u202e\u2028 \\u{a} Füße 🔑";
        issue(Map.of("project", "project-1", "comment", comment));
        assertThat(
                done("list", Map.of()),
                containsString("one\\u{a}AKFORGED1234  project-1  enabled \\u{1b}[2J\\u{9b}2J\\u{7f}\\u{202e}\\u{2028}"
                        + " \\u{5c}u{a} Füße 🔑\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://dynamodb.example.com",
                "http://127.0.0.1.example.com",
                "ftp://127.0.0.1",
                "https://user:secret@dynamodb.example.com",
                "nowhere"
            })
    void aSecretIsNotSentInTheClear(String endpoint) throws Exception {
        Plugins.Result result = runAt(endpoint, "issue", Map.of("project", "project-1"));
        assertThat(result.error(), startsWith("The address of DynamoDB, from AWS_ENDPOINT_URL_DYNAMODB,"));
        assertThat(result.error(), containsString("must be https://"));
        assertThat(result.output(), is(empty()));
    }

    /** Runs osls itself, with an endpoint that every client of AWS obeys: the key must not go to the account of the credentials. */
    @Test
    void theEndpointOfADeploymentGetsTheKeyWithoutItsParameters() throws Exception {
        Program run = Osls.run(
                Path.of("."),
                Map.of(
                        "AWS_ACCESS_KEY_ID", "local",
                        "AWS_SECRET_ACCESS_KEY", "local",
                        "AWS_ENDPOINT_URL", dynamoDb.endpoint().toString()),
                "access-key",
                "issue",
                "--project",
                "project-1");
        assertThat(run.output(), run.exitCode(), is(0));
        Matcher issued = ISSUED.matcher(run.output());
        assertThat(run.output(), issued.matches(), is(true));
        assertThat(item(issued.group(1)).get("secret").s(), is(issued.group(2)));
    }

    @Test
    void theEndpointOfAProfileGetsTheKey() throws Exception {
        Path profiles = Files.writeString(
                directory.resolve("config"), "[profile simulation]\nendpoint_url = " + dynamoDb.endpoint() + "\n");
        int before = items();
        Plugins.Result result = run(
                Map.of("AWS_CONFIG_FILE", profiles.toString(), "AWS_PROFILE", "simulation"),
                "issue",
                Map.of("project", "project-1"));
        assertThat(result.error(), is(nullValue()));
        assertThat(items(), is(before + 1));
    }

    /** Answers every request in the same way, and keeps the requests. */
    private static final class Impostor implements AutoCloseable {

        private final HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        private final List<SdkHttpFullRequest> requests = new CopyOnWriteArrayList<>();

        Impostor(int status, Map<String, String> headers, String body) throws Exception {
            server.createContext("/", exchange -> {
                byte[] content = exchange.getRequestBody().readAllBytes();
                SdkHttpFullRequest.Builder request = SdkHttpFullRequest.builder()
                        .method(SdkHttpMethod.POST)
                        .uri(URI.create(endpoint())
                                .resolve(exchange.getRequestURI().toString()))
                        .contentStreamProvider(() -> new ByteArrayInputStream(content));
                exchange.getRequestHeaders().forEach(request::putHeader);
                requests.add(request.build());
                headers.forEach(exchange.getResponseHeaders()::set);
                byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
                exchange.getResponseBody().write(bytes);
                exchange.close();
            });
            server.start();
        }

        String endpoint() {
            return "http://127.0.0.1:" + server.getAddress().getPort();
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }

    /** It would be sent again, to whatever address the answer names. */
    @Test
    void aSecretDoesNotFollowARedirection() throws Exception {
        try (Impostor impostor = new Impostor(307, Map.of("Location", "/elsewhere"), "")) {
            Plugins.Result result = runAt(impostor.endpoint(), "issue", Map.of("project", "project-1"));
            assertThat(result.error(), startsWith("DynamoDB cannot be reached at " + impostor.endpoint()));
            assertThat(impostor.requests.size(), is(1));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "503, request-1, <html>Service Unavailable</html>",
        "503, request-1, ''",
        "200, request-1, null",
        "200, , {}"
    })
    void answerThatIsNotFromDynamoDbIsReportedInASentence(int status, String id, String body) throws Exception {
        Map<String, String> headers = id == null ? Map.of() : Map.of("x-amzn-RequestId", id);
        try (Impostor impostor = new Impostor(status, headers, body)) {
            Plugins.Result result = runAt(impostor.endpoint(), "issue", Map.of("project", "project-1"));
            assertThat(
                    result.error(),
                    is(impostor.endpoint() + " answered PutItem with " + status
                            + ", and not as DynamoDB does: with an id, in JSON"));
            assertThat(result.output(), is(empty()));
        }
    }

    /** A simulation of AWS may stand behind a path, and may check the signature over it. */
    @Test
    void thePathOfTheEndpointIsSigned() throws Exception {
        try (Impostor impostor = new Impostor(200, Map.of("x-amzn-RequestId", "request-1"), "{}")) {
            runAt(impostor.endpoint() + "/a%20b", "issue", Map.of("project", "project-1"));
            SdkHttpFullRequest sent = impostor.requests.get(0);
            assertThat(sent.encodedPath(), is("/a%20b"));
            assertThat(
                    sent.firstMatchingHeader("Authorization").orElseThrow(),
                    is(signedByTheSdk(sent).firstMatchingHeader("Authorization").orElseThrow()));
        }
    }

    // The newer signer of the SDK signs a header more.
    @SuppressWarnings("deprecation")
    private static SdkHttpFullRequest signedByTheSdk(SdkHttpFullRequest sent) {
        Instant date = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssX")
                .parse(sent.firstMatchingHeader("X-Amz-Date").orElseThrow(), Instant::from);
        SdkHttpFullRequest unsigned = sent.toBuilder()
                .clearHeaders()
                .putHeader(
                        "Content-Type", sent.firstMatchingHeader("Content-Type").orElseThrow())
                .putHeader(
                        "X-Amz-Target", sent.firstMatchingHeader("X-Amz-Target").orElseThrow())
                .build();
        return Aws4Signer.create()
                .sign(
                        unsigned,
                        Aws4SignerParams.builder()
                                .awsCredentials(AwsBasicCredentials.create("local", "local"))
                                .signingName("dynamodb")
                                .signingRegion(Region.EU_CENTRAL_1)
                                .signingClockOverride(Clock.fixed(date, ZoneOffset.UTC))
                                .build());
    }
}
