package dis.checkpoint.deployment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import dis.checkpoint.support.Api;
import dis.checkpoint.support.EmbeddedServices;
import dis.checkpoint.support.FakeDis;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The program that copies checkpoints from DIS to the function and back, and the one that signs a call. */
@QuarkusTest
@WithTestResource(
        value = EmbeddedServices.class,
        initArgs = @ResourceArg(name = EmbeddedServices.ACCESS_KEYS, value = "on"))
@EnabledIf(value = "nodeIsOnPath", disabledReason = "node, which runs the programs, is not on the PATH")
class CopyCheckpointsIT {

    private static final Map<String, String> TOKENS = Map.of("DIS_TOKEN", Api.TOKEN, "FUNCTION_TOKEN", Api.TOKEN);

    private final String app = Api.newApp();
    private FakeDis dis;

    @TempDir
    private Path directory;

    private record Outcome(int exitCode, String output) {}

    static boolean nodeIsOnPath() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(entry -> Files.isExecutable(Path.of(entry, "node")));
    }

    private Outcome node(Map<String, String> credentials, String program, List<String> arguments) throws Exception {
        Path output = Files.createTempFile(directory, "output", ".txt");
        List<String> command = new ArrayList<>(List.of("node", "src/main/serverless/" + program));
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(credentials);
        Process process = builder.start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("It did not end in time: " + Files.readString(output));
        }
        return new Outcome(process.exitValue(), Files.readString(output));
    }

    private Outcome copy(Map<String, String> credentials, URI function, String... direction) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(direction));
        arguments.addAll(List.of(
                "--dis=" + dis.endpoint(),
                "--function=" + function,
                "--project=" + Api.PROJECT,
                "--stream=" + FakeDis.STREAM,
                "--app=" + app));
        return node(credentials, "copy-checkpoints.js", arguments);
    }

    private void copies(int exitCode, String lines, String... direction) throws Exception {
        Outcome outcome = copy(TOKENS, Api.endpoint(), direction);
        assertThat(outcome, is(new Outcome(exitCode, lines)));
    }

    private String atTheFunction(int partition) {
        return Api.get(Api.query(app, Integer.toString(partition)))
                .then()
                .statusCode(200)
                .extract()
                .path("sequence_number");
    }

    private void commit(int partition, String sequenceNumber) {
        Map<String, Object> body = new HashMap<>(Api.submission(app, sequenceNumber));
        body.put("partition_id", Integer.toString(partition));
        Api.post(body).then().statusCode(201);
    }

    @AfterEach
    void stop() {
        dis.close();
    }

    @Test
    void copiesEachCheckpointWithItsMetadata() throws Exception {
        dis = new FakeDis(3);
        dis.commit(app, 0, "9223372036854775807", "first – 😀");
        dis.commit(app, 2, "0", "");
        copies(0, """
                shardId-0000000000: 9223372036854775807 copied
                shardId-0000000001: DIS has no checkpoint
                shardId-0000000002: 0 copied
                Compared 3 partitions: 0 failed
                """, "to-function");
        Api.get(Api.query(app, "0"))
                .then()
                .body("sequence_number", is("9223372036854775807"))
                .body("metadata", is("first – 😀"));
        assertThat(atTheFunction(1), is("-1"));
        assertThat(atTheFunction(2), is("0"));
    }

    @Test
    void namesThePartitionThatFailsGoesOnAndCanRunAgain() throws Exception {
        dis = new FakeDis(3);
        dis.commit(app, 0, "10", "");
        dis.commit(app, 1, "11", "");
        dis.commit(app, 2, "12", "");
        dis.breakPartition(1);
        copies(1, """
                shardId-0000000000: 10 copied
                shardId-0000000001: DIS answered 500 {"errorCode":"DIS.5000","message":"error of DIS"}
                shardId-0000000002: 12 copied
                Compared 3 partitions: 1 failed
                shardId-0000000001 FAILED: DIS answered 500 {"errorCode":"DIS.5000","message":"error of DIS"}
                """, "to-function");
        assertThat(atTheFunction(1), is("-1"));

        dis.mendPartition(1);
        dis.commit(app, 2, "13", "");
        copies(0, """
                shardId-0000000000: 10 is there
                shardId-0000000001: 11 copied
                shardId-0000000002: 13 copied
                Compared 3 partitions: 0 failed
                """, "to-function");
        assertThat(atTheFunction(1), is("11"));
        assertThat(atTheFunction(2), is("13"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void findsThePartitionsOfEveryPage(boolean fromTheStartItself) throws Exception {
        dis = new FakeDis(201);
        if (fromTheStartItself) {
            dis.listFromTheStartItself();
        }
        dis.commit(app, 0, "1", "");
        dis.commit(app, 100, "2", "");
        dis.commit(app, 200, "3", "");
        Outcome outcome = copy(TOKENS, Api.endpoint(), "to-function");
        assertThat(outcome.output(), outcome.exitCode(), is(0));
        assertThat(outcome.output(), containsString("Compared 201 partitions: 0 failed"));
        assertThat(List.of(atTheFunction(0), atTheFunction(100), atTheFunction(200)), is(List.of("1", "2", "3")));
    }

    @Test
    void aConsumerThatHasGoneOnIsNotMovedBack() throws Exception {
        dis = new FakeDis(1);
        dis.commit(app, 0, "10", "");
        commit(0, "25");
        copies(0, """
                shardId-0000000000: 10 is there, it is at 25
                Compared 1 partitions: 0 failed
                """, "to-function");
        assertThat(atTheFunction(0), is("25"));
    }

    /** DIS itself would take it. */
    @Test
    void isNotMovedBackOnTheWayBackEither() throws Exception {
        dis = new FakeDis(3);
        dis.commit(app, 0, "10", "");
        dis.commit(app, 1, "10", "");
        commit(0, "25");
        commit(1, "9");
        commit(2, "1");
        copies(0, """
                shardId-0000000000: 25 copied
                shardId-0000000001: 9 is there, it is at 10
                shardId-0000000002: 1 copied
                Compared 3 partitions: 0 failed
                """, "to-dis");
        assertThat(dis.kept(app, 0), is("25 "));
        assertThat(dis.kept(app, 1), is("10 "));
        assertThat(dis.kept(app, 2), is("1 "));
    }

    @Test
    void aCheckNamesWhatIsMissingAndChangesNothing() throws Exception {
        dis = new FakeDis(2);
        dis.commit(app, 0, "10", "");
        dis.commit(app, 1, "10", "");
        commit(0, "10");
        commit(1, "8");
        copies(1, """
                shardId-0000000000: 10 is there
                shardId-0000000001: 10 is missing
                Compared 2 partitions: 1 failed
                shardId-0000000001 FAILED: DIS had 10, and the function has 8
                """, "to-function", "--check");
        assertThat(atTheFunction(1), is("8"));
    }

    @Test
    void theComparisonFindsACopyThatWasAcknowledgedAndLost() throws Exception {
        dis = new FakeDis(1);
        commit(0, "10");
        dis.loseSubmissions();
        copies(1, """
                shardId-0000000000: 10 copied
                Compared 1 partitions: 1 failed
                shardId-0000000000 FAILED: the function had 10, and DIS has -1
                """, "to-dis");
    }

    @Test
    void signsForTheFunctionWhereItHasAnAccessKey() throws Exception {
        dis = new FakeDis(1);
        dis.commit(app, 0, "10", "");
        Outcome outcome = copy(
                Map.of(
                        "DIS_TOKEN", Api.TOKEN,
                        "FUNCTION_AK", Api.KEY.id(),
                        "FUNCTION_SK", Api.KEY.secret()),
                Api.endpoint(),
                "to-function");
        assertThat(outcome.output(), outcome.exitCode(), is(0));
        assertThat(atTheFunction(0), is("10"));
    }

    @Test
    void saysWhoCannotBeReachedOrRefuses() throws Exception {
        dis = new FakeDis(1);
        dis.commit(app, 0, "10", "");
        URI nobody = URI.create("http://127.0.0.1:" + EmbeddedServices.freePort());
        Outcome unreachable = copy(TOKENS, nobody, "to-function");
        assertThat(unreachable.exitCode(), is(1));
        assertThat(
                unreachable.output(),
                containsString("shardId-0000000000 FAILED: " + nobody + " cannot be reached: ECONNREFUSED"));

        Outcome stranger =
                copy(Map.of("DIS_TOKEN", "wrong", "FUNCTION_TOKEN", Api.TOKEN), Api.endpoint(), "to-function");
        assertThat(stranger.exitCode(), is(1));
        assertThat(stranger.output(), containsString("DIS answered 401"));
        assertThat(stranger.output(), not(containsString("wrong")));
    }

    @ParameterizedTest
    @CsvSource({
        "sideways --dis=a --function=b --project=p --stream=s --app=a, Say to-function or to-dis",
        "to-dis --dis=a --function=b --project=p --stream=s, --app is missing",
        "to-dis --dis=a --function=b --project=p --stream=s --app=a, 'FUNCTION_TOKEN, or FUNCTION_AK and FUNCTION_SK'",
        "to-dis --partition=7, Unknown option '--partition'"
    })
    void wrongUseSaysWhatIsWrong(String arguments, String sentence) throws Exception {
        dis = new FakeDis(1);
        Outcome outcome = node(Map.of("DIS_TOKEN", Api.TOKEN), "copy-checkpoints.js", List.of(arguments.split(" ")));
        assertThat(outcome.exitCode(), is(2));
        assertThat(outcome.output(), containsString(sentence));
    }

    @Test
    void aCallIsSigned() throws Exception {
        dis = new FakeDis(1);
        commit(0, "10");
        Map<String, String> key = Map.of("AK", Api.KEY.id(), "SK", Api.KEY.secret());
        String address = Api.endpoint() + Api.path() + "?stream_name=newstream&partition_id=0&app_name=" + app
                + "&checkpoint_type=LAST_READ&z=%C3%BC%20*&z-a=&z=%21";
        assertThat(
                node(key, "signed-call.js", List.of("GET", address)),
                is(new Outcome(0, "200\n{\"sequence_number\":\"10\",\"metadata\":\"\"}\n")));
        assertThat(
                node(key, "signed-call.js", List.of("POST", Api.endpoint() + Api.path(), """
                        {"stream_name":"newstream","app_name":"%s","partition_id":"0",
                         "sequence_number":"11","checkpoint_type":"LAST_READ","metadata":"ü"}""".formatted(app))),
                is(new Outcome(0, "201\n")));
        assertThat(atTheFunction(0), is("11"));

        Outcome stranger = node(Map.of("AK", Api.KEY.id(), "SK", "wrong"), "signed-call.js", List.of("GET", address));
        assertThat(stranger.exitCode(), is(1));
        assertThat(stranger.output(), containsString("DIS.4114"));
    }
}
