package dis.checkpoint.deployment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;

import com.sun.net.httpserver.HttpServer;
import dis.checkpoint.auth.AccessKey;
import dis.checkpoint.dev.DynamoDbLocal;
import dis.checkpoint.domain.ProjectId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The commands of osls that issue and change access keys, against DynamoDB Local. */
@EnabledIf(value = "dis.checkpoint.deployment.Osls#isThere", disabledReason = Osls.MISSING)
class AccessKeyCommandIT {

    private static final String TABLE = "dis-checkpoints-dev-access-keys";
    private static final Pattern ISSUED =
            Pattern.compile("(?s).*\\(AK\\): ([A-Z0-9]{20})\\n.*\\(SK\\): ([A-Za-z0-9]{40})\\n.*");

    private static DynamoDbLocal dynamoDb;

    @BeforeAll
    static void start() throws Exception {
        dynamoDb = DynamoDbLocal.inMemory();
        dynamoDb.createAccessKeyTable(TABLE);
    }

    @AfterAll
    static void stop() {
        dynamoDb.close();
    }

    private static Osls.Outcome run(String... arguments) throws Exception {
        return runAt(dynamoDb.endpoint().toString(), arguments);
    }

    private static Osls.Outcome runAt(String endpoint, String... arguments) throws Exception {
        return Osls.run(
                Path.of("."),
                Map.of(
                        "AWS_ACCESS_KEY_ID", "local",
                        "AWS_SECRET_ACCESS_KEY", "local",
                        "AWS_ENDPOINT_URL_DYNAMODB", endpoint),
                Stream.concat(Stream.of("access-key"), Stream.of(arguments)).toArray(String[]::new));
    }

    private static String done(String... arguments) throws Exception {
        Osls.Outcome outcome = run(arguments);
        assertThat(outcome.output(), outcome.exitCode(), is(0));
        return outcome.output();
    }

    private static Map<String, AttributeValue> item(String key) {
        return dynamoDb.client()
                .getItem(request -> request.tableName(TABLE).key(Map.of("access_key", AttributeValue.fromS(key))))
                .item();
    }

    @Test
    void aKeyIsIssuedListedDisabledEnabledAndDeleted() throws Exception {
        Instant before = Instant.now();
        Matcher issued = ISSUED.matcher(done("issue", "--project", "project-1", "--comment", "consumer of orders"));
        assertThat(issued.matches(), is(true));
        String key = issued.group(1);
        String secret = issued.group(2);
        Map<String, AttributeValue> item = item(key);
        assertThat(new AccessKey(key, secret, new ProjectId("project-1")).id(), is(key));
        assertThat(item.get("secret").s(), is(secret));
        assertThat(item.get("project_id").s(), is("project-1"));
        assertThat(item.get("enabled").bool(), is(true));
        assertThat(item.get("comment").s(), is("consumer of orders"));
        assertThat(Instant.parse(item.get("created_at").s()).isBefore(before.minusMillis(1)), is(false));

        String list = done("list");
        assertThat(list, matchesPattern("(?s).*" + key + "  project-1  enabled  [0-9TZ:.-]+  consumer of orders\n.*"));
        assertThat(list, not(containsString(secret)));

        done("disable", "--key", key);
        assertThat(item(key).get("enabled").bool(), is(false));
        assertThat(item(key).get("secret").s(), is(secret));
        assertThat(done("list"), containsString(key + "  project-1  disabled"));

        done("enable", "--key", key);
        assertThat(item(key).get("enabled").bool(), is(true));

        done("delete", "--key", key);
        assertThat(item(key).isEmpty(), is(true));
        assertThat(done("list"), not(containsString(key)));
    }

    @Test
    void twoKeysShareNothing() throws Exception {
        Matcher one = ISSUED.matcher(done("issue", "--project", "project-1"));
        Matcher other = ISSUED.matcher(done("issue", "--project", "project-1"));
        assertThat(one.matches() && other.matches(), is(true));
        assertThat(one.group(1), is(not(other.group(1))));
        assertThat(one.group(2), is(not(other.group(2))));
    }

    @ParameterizedTest
    @CsvSource({
        "issue, requires \"--project\"",
        "issue --project project/1, --project must be 1 to 64 of A-Z a-z 0-9 - _",
        "disable, requires \"--key\"",
        "disable --key ak, --key must be 10 to 40 of A-Z 0-9",
        "disable --key AKUNKNOWN123, There is no access key AKUNKNOWN123 in stage dev",
        "enable --key AKUNKNOWN123, There is no access key AKUNKNOWN123 in stage dev",
        "delete --key AKUNKNOWN123, There is no access key AKUNKNOWN123 in stage dev",
        "list --stage prod, There is no table dis-checkpoints-prod-access-keys in eu-central-1: deploy the stage with"
    })
    void wrongInputSaysWhatIsWrongAndChangesNothing(String arguments, String sentence) throws Exception {
        int before = dynamoDb.client().scan(request -> request.tableName(TABLE)).count();
        Osls.Outcome outcome = run(arguments.split(" "));
        assertThat(outcome.exitCode(), is(1));
        assertThat(outcome.output(), containsString(sentence));
        assertThat(dynamoDb.client().scan(request -> request.tableName(TABLE)).count(), is(before));
    }

    /** A line feed would make a row, and U+202E turn one around. */
    @Test
    void aCommentIsListedOnItsLineWithoutControlCharacters() throws Exception {
        String comment = "one\nAKFORGED1234  project-1  enabled \u001b[2J\u009b2J\u007f\u202e\u2028 \\u{a} Füße 🔑";
        done("issue", "--project", "project-1", "--comment", comment);
        assertThat(
                done("list"),
                containsString("one\\u{a}AKFORGED1234  project-1  enabled \\u{1b}[2J\\u{9b}2J\\u{7f}\\u{202e}\\u{2028}"
                        + " \\u{5c}u{a} Füße 🔑\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://dynamodb.example.com", "http://127.0.0.1.example.com", "ftp://127.0.0.1", "nowhere"})
    void aSecretIsNotSentInTheClear(String endpoint) throws Exception {
        Osls.Outcome outcome = runAt(endpoint, "issue", "--project", "project-1");
        assertThat(outcome.exitCode(), is(1));
        assertThat(outcome.output(), containsString("AWS_ENDPOINT_URL_DYNAMODB must be an https:// address"));
        assertThat(outcome.output(), not(containsString("(SK)")));
    }

    /** Or it would be sent again, to whatever address an answer says. */
    @Test
    void aSecretDoesNotFollowARedirection() throws Exception {
        AtomicInteger followed = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            exchange.sendResponseHeaders(307, -1);
            exchange.close();
        });
        server.createContext("/elsewhere", exchange -> {
            followed.incrementAndGet();
            exchange.sendResponseHeaders(500, -1);
            exchange.close();
        });
        server.start();
        try {
            String endpoint = "http://127.0.0.1:" + server.getAddress().getPort();
            assertThat(runAt(endpoint, "issue", "--project", "project-1").exitCode(), is(1));
            assertThat(followed.get(), is(0));
        } finally {
            server.stop(0);
        }
    }
}
