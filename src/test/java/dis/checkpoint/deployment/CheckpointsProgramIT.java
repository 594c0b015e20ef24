package dis.checkpoint.deployment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;

import dis.checkpoint.support.Api;
import dis.checkpoint.support.EmbeddedServices;
import dis.checkpoint.support.FakeDis;
import dis.checkpoint.table.CheckpointTable;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The programs for operators, {@code checkpoints.js} and {@code signed-call.js}, against the function and a stand-in for DIS. */
@QuarkusTest
@WithTestResource(
        value = EmbeddedServices.class,
        initArgs = @ResourceArg(name = EmbeddedServices.ACCESS_KEYS, value = "on"))
@EnabledIf(value = "nodeIsOnPath", disabledReason = "node, which runs the programs, is not on the PATH")
class CheckpointsProgramIT {

    private static final Map<String, String> TOKENS = Map.of("DIS_TOKEN", Api.TOKEN, "FUNCTION_TOKEN", Api.TOKEN);
    private static final String PROGRAM = "src/main/serverless/checkpoints.js";

    private final String app = Api.newApp();
    private FakeDis dis;
    private DynamoDbClient client;

    @TempDir
    private Path directory;

    private record Result(int exitCode, String output) {}

    static boolean nodeIsOnPath() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(entry -> Files.isExecutable(Path.of(entry, "node")));
    }

    @BeforeEach
    void start() throws IOException {
        dis = new FakeDis(3);
    }

    @AfterEach
    void stop() {
        dis.close();
    }

    private void partitions(int number) throws IOException {
        dis.close();
        dis = new FakeDis(number);
    }

    private static Process node(Map<String, String> environment, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("node"));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("DIS_") || name.startsWith("FUNCTION_"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static Result result(Process process) throws Exception {
        String output = new String(process.getInputStream().readAllBytes());
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("The program did not end in time: " + output);
        }
        return new Result(process.exitValue(), output);
    }

    private static Result run(Map<String, String> environment, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(PROGRAM));
        command.addAll(List.of(arguments));
        return result(node(environment, command));
    }

    private String[] onBothSides(String... command) {
        return Stream.concat(
                        Stream.of(command),
                        Stream.of(
                                "--dis=" + dis.endpoint(),
                                "--function=" + Api.endpoint(),
                                "--project=" + Api.PROJECT,
                                "--stream=" + FakeDis.STREAM,
                                "--app=" + app))
                .toArray(String[]::new);
    }

    private Result program(String... command) throws Exception {
        return run(TOKENS, onBothSides(command));
    }

    /** Lines begin with stream and app, which these leave out. */
    private void prints(Result result, int exitCode, String lines) {
        assertThat(
                new Result(result.exitCode(), result.output().replace(FakeDis.STREAM + " " + app + " ", "")),
                is(new Result(exitCode, lines)));
    }

    private String atTheFunction(int partition) {
        return atTheFunction(FakeDis.STREAM, app, partition);
    }

    private static String atTheFunction(String stream, String app, int partition) {
        Map<String, Object> query = Api.query(app, Integer.toString(partition));
        query.put("stream_name", stream);
        return Api.get(query).then().statusCode(200).extract().path("sequence_number");
    }

    private void commit(int partition, String sequenceNumber) {
        Map<String, Object> body = new HashMap<>(Api.submission(app, sequenceNumber));
        body.put("partition_id", Integer.toString(partition));
        body.put("metadata", "m" + sequenceNumber);
        Api.post(body).then().statusCode(201);
    }

    private void records(int partition, int number) {
        dis.append(
                partition,
                IntStream.range(0, number).mapToObj(Integer::toString).toArray(String[]::new));
    }

    // copy

    @Test
    void copyTakesEachCheckpointWithItsMetadata() throws Exception {
        dis.commit(app, 0, "9223372036854775807", "first – 😀");
        dis.commit(app, 2, "0", "");
        prints(program("copy", "to-function"), 0, """
                shardId-0000000000: 9223372036854775807 copied
                shardId-0000000001: DIS has no checkpoint
                shardId-0000000002: 0 copied
                2 copied, 0 already there, 0 behind, 0 failed, 1 none
                """);
        Api.get(Api.query(app, "0"))
                .then()
                .body("sequence_number", is("9223372036854775807"))
                .body("metadata", is("first – 😀"));
        assertThat(atTheFunction(1), is("-1"));
        assertThat(atTheFunction(2), is("0"));
    }

    @Test
    void copyFindsAllAppsAndStreamsOfTheProject() throws Exception {
        partitions(40);
        String otherStream = "stream-of-" + app;
        dis.addStream(otherStream);
        List<String> apps = List.of(app, app + "-2", app + "-3");
        for (String name : apps) {
            for (int partition = 0; partition < 40; partition++) {
                dis.commit(name, partition, Integer.toString(partition), "");
                dis.commit(otherStream, name, partition, Integer.toString(1000 + partition), "");
            }
        }
        Result result = run(
                TOKENS,
                "copy",
                "to-function",
                "--dis=" + dis.endpoint(),
                "--function=" + Api.endpoint(),
                "--project=" + Api.PROJECT);
        assertThat(result.output(), containsString("\n240 copied, 0 already there, 0 behind, 0 failed, 0 none\n"));
        assertThat(result.exitCode(), is(0));
        for (String name : apps) {
            assertThat(atTheFunction(FakeDis.STREAM, name, 39), is("39"));
            assertThat(atTheFunction(otherStream, name, 39), is("1039"));
        }
    }

    @Test
    void copyNamesThePartitionThatFailsAndCanRunAgain() throws Exception {
        dis.commit(app, 0, "10", "");
        dis.commit(app, 1, "11", "");
        dis.commit(app, 2, "12", "");
        dis.breakPartition(1);
        prints(program("copy", "to-function"), 1, """
                shardId-0000000000: 10 copied
                shardId-0000000001: FAILED: DIS answered 500 {"errorCode":"DIS.5000","message":"error of DIS"}
                shardId-0000000002: 12 copied
                2 copied, 0 already there, 0 behind, 1 failed, 0 none
                """);
        assertThat(atTheFunction(1), is("-1"));

        dis.mendPartition(1);
        dis.commit(app, 2, "13", "");
        prints(program("copy", "to-function"), 0, """
                shardId-0000000000: 10 is there
                shardId-0000000001: 11 copied
                shardId-0000000002: 13 copied
                2 copied, 1 already there, 0 behind, 0 failed, 0 none
                """);
    }

    @Test
    void copyGoesOnWithoutAPartitionThatHangs() throws Exception {
        dis.commit(app, 0, "10", "");
        dis.commit(app, 1, "11", "");
        dis.hangPartition(0);
        Result result = program("copy", "to-function", "--timeout=1");
        assertThat(result.output(), containsString("shardId-0000000000: FAILED: " + dis.endpoint()));
        assertThat(result.output(), containsString("1 copied, 0 already there, 0 behind, 1 failed, 1 none"));
        assertThat(result.exitCode(), is(1));
    }

    @Test
    void copyWaitsWhereDisThrottles() throws Exception {
        dis.commit(app, 0, "10", "");
        dis.throttle(3);
        assertThat(program("copy", "to-function").exitCode(), is(0));
        assertThat(atTheFunction(0), is("10"));
    }

    @Test
    void expiredTokenStopsTheCopyAndTheNextRunGoesOn() throws Exception {
        partitions(40);
        for (int partition = 0; partition < 40; partition++) {
            dis.commit(app, partition, "10", "");
        }
        dis.expireTokenAfter(10);
        Result stopped = program("copy", "to-function");
        assertThat(stopped.exitCode(), is(1));
        assertThat(
                stopped.output(),
                is("DIS answered 401: the token has expired, or the credentials are wrong."
                        + " Get new ones and run the same command again: it goes on where it stopped.\n"));

        dis.expireTokenAfter(Integer.MAX_VALUE);
        assertThat(program("copy", "to-function").exitCode(), is(0));
        assertThat(atTheFunction(39), is("10"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void copyFindsThePartitionsOfEveryPage(boolean fromTheStartItself) throws Exception {
        partitions(201);
        if (fromTheStartItself) {
            dis.listFromTheStartItself();
        }
        dis.commit(app, 0, "1", "");
        dis.commit(app, 100, "2", "");
        dis.commit(app, 200, "3", "");
        Result result = program("copy", "to-function");
        assertThat(result.output(), containsString("\n3 copied, 0 already there, 0 behind, 0 failed, 198 none\n"));
        assertThat(List.of(atTheFunction(0), atTheFunction(100), atTheFunction(200)), is(List.of("1", "2", "3")));
    }

    /** DIS itself would store a lower number. */
    @ParameterizedTest
    @ValueSource(strings = {"to-function", "to-dis"})
    void copyMovesNoCheckpointBack(String direction) throws Exception {
        boolean toFunction = direction.equals("to-function");
        dis.commit(app, 0, toFunction ? "10" : "25", "");
        commit(0, toFunction ? "25" : "10");
        Result result = program("copy", direction);
        assertThat(result.output(), containsString("shardId-0000000000: 10 is there, it is at 25\n"));
        assertThat(atTheFunction(0), is(toFunction ? "25" : "10"));
        assertThat(dis.kept(app, 0), is(toFunction ? "10 " : "25 "));
    }

    @Test
    void copyToDisSubmitsWhatIsAhead() throws Exception {
        dis.commit(app, 0, "10", "");
        commit(0, "25");
        assertThat(program("copy", "to-dis").exitCode(), is(0));
        assertThat(dis.kept(app, 0), is("25 m25"));
    }

    @Test
    void checkNamesMissingCheckpointsAndChangesNothing() throws Exception {
        dis.commit(app, 0, "10", "");
        dis.commit(app, 1, "10", "");
        commit(0, "10");
        commit(1, "8");
        prints(program("copy", "to-function", "--check"), 1, """
                shardId-0000000000: 10 is there
                shardId-0000000001: 10 is missing, the function has 8
                shardId-0000000002: DIS has no checkpoint
                0 copied, 1 already there, 1 behind, 0 failed, 1 none
                """);
        assertThat(atTheFunction(1), is("8"));
    }

    @Test
    void comparisonFindsACopyThatWasAcknowledgedAndLost() throws Exception {
        commit(0, "10");
        dis.loseSubmissions();
        Result result = program("copy", "to-dis");
        assertThat(
                result.output(), containsString("shardId-0000000000: FAILED: the function had 10, and DIS has -1\n"));
        assertThat(result.exitCode(), is(1));
    }

    @Test
    void copyFailsWhereNothingWasFound() throws Exception {
        Result result = program("copy", "to-function");
        assertThat(
                result.output(),
                containsString("DIS has no checkpoint at all: are project, stream and app spelled right?"));
        assertThat(result.exitCode(), is(1));
    }

    @Test
    void copyFailsWhereDisListsANumberAndItsQuerySaysNone() throws Exception {
        dis.commit(app, 0, "10", "");
        dis.answerMinusOne();
        Result result = program("copy", "to-function");
        assertThat(
                result.output(),
                containsString(
                        "FAILED: DIS lists 10, and its GET says -1: --dis must be DIS itself, and not a router"));
        assertThat(result.exitCode(), is(1));
    }

    @Test
    void programSignsForTheFunctionWithAnAccessKey() throws Exception {
        dis.commit(app, 0, "10", "");
        Map<String, String> credentials = Map.of(
                "DIS_TOKEN", Api.TOKEN,
                "FUNCTION_AK", Api.KEY.id(),
                "FUNCTION_SK", Api.KEY.secret());
        assertThat(run(credentials, onBothSides("copy", "to-function")).exitCode(), is(0));
        assertThat(atTheFunction(0), is("10"));
    }

    @Test
    void unreachableServiceIsNamed() throws Exception {
        dis.commit(app, 0, "10", "");
        URI nobody = URI.create("http://127.0.0.1:" + EmbeddedServices.freePort());
        Result result = run(
                TOKENS,
                "copy",
                "to-function",
                "--dis=" + dis.endpoint(),
                "--function=" + nobody,
                "--project=" + Api.PROJECT,
                "--stream=" + FakeDis.STREAM,
                "--app=" + app);
        assertThat(result.exitCode(), is(1));
        assertThat(result.output(), containsString("FAILED: " + nobody + " cannot be reached: ECONNREFUSED"));
    }

    @Test
    void wrongTokenIsNotRepeatedInTheOutput() throws Exception {
        Result stranger = run(
                Map.of("DIS_TOKEN", "wrong-token", "FUNCTION_TOKEN", Api.TOKEN), onBothSides("copy", "to-function"));
        assertThat(stranger.exitCode(), is(1));
        assertThat(stranger.output(), containsString("DIS answered 401"));
        assertThat(stranger.output(), not(containsString("wrong-token")));
    }

    @ParameterizedTest
    @CsvSource({
        "fly, 'There is no command fly, only copy, lag, export, import, rewind, abandoned'",
        "copy sideways --dis=a --function=b --project=p --stream=s --app=a, Say to-function or to-dis",
        "copy to-dis --dis=a --function=b --stream=s --app=a, --project is missing",
        "copy to-dis --dis=https://a --function=https://b --project=p, 'DIS_TOKEN, or DIS_AK and DIS_SK'",
        "copy to-dis --partition=7, Unknown option '--partition'",
        "lag --function=https://b --project=p --stream=s, 'Give --stream and --app, or --dis'",
        "lag --function=https://b --project=p --stream=s --app=a --format=xml, --format must be one of text",
        "export --function=https://b --project=p --stream=s --app=a, --file is missing",
        "rewind --function=https://b --project=p --stream=s --app=a, Give one of --to-datetime",
        "rewind --shift=1 --latest --function=https://b --project=p --stream=s --app=a, Give one of --to-datetime",
        "rewind --earliest --function=https://b --project=p --stream=s --app=a, --earliest needs --dis",
        "rewind --to-number=x --function=https://b --project=p --stream=s --app=a, --to-number must be a number",
        "rewind --to-datetime=2026-12-01 --dis=https://d --function=https://b --project=p --stream=s --app=a, its zone",
        "rewind --shift=1 --execute --function=https://b --project=p --stream=s --app=a, --execute needs --export",
        "abandoned --function=https://b --project=p --stream=s --app=a, --days is missing"
    })
    void wrongCommandIsExplained(String arguments, String sentence) throws Exception {
        Result result = run(Map.of("FUNCTION_TOKEN", Api.TOKEN), arguments.split(" "));
        assertThat(result.output(), containsString(sentence));
        assertThat(result.exitCode(), is(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"copy", "lag", "export", "import", "rewind", "abandoned"})
    void everyCommandHasHelp(String command) throws Exception {
        Result result = run(Map.of(), command, "--help");
        assertThat(result.output(), containsString("checkpoints.js " + command + " "));
        assertThat(result.exitCode(), is(0));
        assertThat(run(Map.of()).output(), containsString("\n  " + command + " "));
    }

    // lag

    /** The stream has the records 5 to 9. */
    @ParameterizedTest
    @CsvSource({
        "9, up to date, 0, 0",
        "7, behind, 2, 3",
        "4, behind, 5, 3",
        "3, below the range, 5, 5",
        "11, above the range, -, 6"
    })
    void lagGivesAVerdict(String number, String verdict, String lag, int exitCode) throws Exception {
        partitions(1);
        records(0, 10);
        dis.expire(0, 5);
        commit(0, number);
        Result result = program("lag");
        assertThat(
                result.output().lines().skip(1).findFirst().orElseThrow().replaceAll(" {2,}", "|"),
                matchesPattern("newstream\\|" + app + "\\|shardId-0000000000\\|" + number + "\\|9\\|" + lag
                        + "\\|\\d+ s\\|" + verdict));
        assertThat(result.exitCode(), is(exitCode));
    }

    @Test
    void consumerThatIsBehindAndSubmitsNothingStandsStill() throws Exception {
        partitions(1);
        records(0, 10);
        stored(0, "7", Instant.now().minus(Duration.ofMinutes(10)));
        Result result = program("lag");
        assertThat(result.output(), containsString("standing still: look at the consumer"));
        assertThat(result.exitCode(), is(4));
        assertThat(program("lag", "--stalled-after=900").exitCode(), is(3));
    }

    @Test
    void worstVerdictDecidesTheExitStatusOfLag() throws Exception {
        records(0, 10);
        records(1, 10);
        commit(0, "9");
        commit(1, "50");
        Result result = program("lag");
        assertThat(result.output(), containsString("up to date"));
        assertThat(result.output(), containsString("no checkpoint"));
        assertThat(result.output(), containsString("above the range: the stream was made anew"));
        assertThat(result.exitCode(), is(6));
    }

    @Test
    void lagWritesJsonAndTheTextFormatOfPrometheus() throws Exception {
        partitions(1);
        records(0, 10);
        commit(0, "7");
        assertThat(
                program("lag", "--format=json").output().replaceAll("\"age\":\\d+", "\"age\":0"),
                is("{\"stream\":\"newstream\",\"app\":\"" + app + "\",\"partition\":\"shardId-0000000000\","
                        + "\"number\":\"7\",\"end\":\"9\",\"lag\":\"2\",\"age\":0,\"verdict\":\"behind\"}\n"));
        String labels = "{stream=\"newstream\",app=\"" + app + "\",partition=\"shardId-0000000000\"} ";
        String metrics = program("lag", "--format=prometheus").output();
        assertThat(
                metrics,
                containsString("# TYPE checkpoint_lag_records gauge\ncheckpoint_lag_records" + labels + "2\n"));
        assertThat(metrics, containsString("\ncheckpoint_sequence_number" + labels + "7\n"));
        assertThat(metrics, containsString("\ncheckpoint_verdict" + labels + "3\n"));
    }

    @Test
    void lagWithoutDisShowsNumbersAndAges() throws Exception {
        commit(1, "7");
        Result result = run(
                TOKENS,
                "lag",
                "--function=" + Api.endpoint(),
                "--project=" + Api.PROJECT,
                "--stream=" + FakeDis.STREAM,
                "--app=" + app);
        assertThat(result.output(), containsString("shardId-0000000001  7"));
        assertThat(result.output(), containsString("unknown: give --dis"));
        assertThat(result.exitCode(), is(0));
    }

    // export, import

    @Test
    void importedExportIsTheSameInAnotherApp() throws Exception {
        commit(0, "7");
        commit(2, "9223372036854775807");
        Path file = directory.resolve("export.jsonl");
        assertThat(program("export", "--file=" + file).exitCode(), is(0));
        assertThat(
                Files.readString(file),
                containsString("\"partition\":\"shardId-0000000002\",\"sequence_number\":\"9223372036854775807\","
                        + "\"metadata\":\"m9223372036854775807\""));

        String other = Api.newApp();
        Result result = run(
                TOKENS,
                "import",
                "--file=" + file,
                "--app=" + other,
                "--function=" + Api.endpoint(),
                "--project=" + Api.PROJECT);
        assertThat(result, is(new Result(0, "2 imported, 0 failed\n")));
        assertThat(atTheFunction(FakeDis.STREAM, other, 0), is("7"));
        assertThat(atTheFunction(FakeDis.STREAM, other, 2), is("9223372036854775807"));
    }

    @Test
    void importNamesACheckpointThatTheFunctionRefuses() throws Exception {
        commit(0, "7");
        Path file = directory.resolve("export.jsonl");
        program("export", "--file=" + file);
        commit(0, "8");
        Result result = program("import", "--file=" + file);
        assertThat(result.output(), containsString("shardId-0000000000: FAILED: the function answered 400"));
        assertThat(result.output(), containsString("DIS.4224"));
        assertThat(result.exitCode(), is(1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "no JSON | line 1: this is no JSON",
                "{\"stream\":\"s\",\"app\":\"a\",\"partition\":\"0\",\"sequence_number\":7} | line 1: sequence_number must be a JSON string",
                "{\"stream\":\"s\",\"app\":\"a\",\"partition\":\"x\",\"sequence_number\":\"7\"} | x is no partition"
            })
    void importRefusesAFileThatIsNoExport(String line, String sentence) throws Exception {
        Path file = directory.resolve("import.jsonl");
        Files.writeString(file, line);
        Result result = program("import", "--file=" + file);
        assertThat(result.output(), containsString(sentence));
        assertThat(result.exitCode(), is(1));
    }

    @Test
    void exportOverwritesNoFile() throws Exception {
        commit(0, "7");
        Path file = Files.writeString(directory.resolve("export.jsonl"), "precious");
        assertThat(program("export", "--file=" + file).output(), containsString("exists: name another file"));
        assertThat(Files.readString(file), is("precious"));
    }

    // rewind

    /** The stream has the records 5 to 19, and the record n was written n milliseconds after 1970. */
    @ParameterizedTest
    @CsvSource({
        "--to-number=7, 7",
        "--shift=-3, 9",
        "--shift=2, 14",
        "--shift=-99, -1",
        "--earliest, 4",
        "--latest, 19",
        "--to-datetime=1970-01-01T00:00:00.010Z, 9",
        "--to-datetime=1970-01-01T01:00:00.010+01:00, 9",
        "--to-datetime=2026-12-01T08:00:00Z, 19"
    })
    void rewindMovesTheCheckpointToAPlace(String place, String number) throws Exception {
        partitions(1);
        records(0, 20);
        dis.expire(0, 5);
        commit(0, "12");
        Path file = directory.resolve("before.jsonl");

        Result plan = program("rewind", place);
        assertThat(plan.output(), containsString("from 12 to " + (number.equals("-1") ? "none" : number) + ", "));
        assertThat(plan.output(), containsString("Nothing was changed. Run again with --execute."));
        assertThat(atTheFunction(0), is("12"));

        Result result = program("rewind", place, "--execute", "--wait=0", "--export=" + file);
        assertThat(result.output(), result.exitCode(), is(0));
        assertThat(atTheFunction(0), is(number));

        Result undone = program(
                "rewind", "--restore=" + file, "--execute", "--wait=0", "--export=" + directory.resolve("undo.jsonl"));
        assertThat(undone.output(), undone.exitCode(), is(0));
        assertThat(atTheFunction(0), is("12"));
        Api.get(Api.query(app, "0")).then().body("metadata", is("m12"));
    }

    @Test
    void rewindMovesTheNamedPartitionsOnly() throws Exception {
        commit(0, "12");
        commit(1, "12");
        program(
                "rewind",
                "--to-number=5",
                "--partition=1",
                "--execute",
                "--wait=0",
                "--export=" + directory.resolve("before.jsonl"));
        assertThat(List.of(atTheFunction(0), atTheFunction(1)), is(List.of("12", "5")));
    }

    @Test
    void rewindRefusesWhileAConsumerSubmits() throws Exception {
        commit(0, "12");
        Process process = node(
                TOKENS,
                Stream.concat(
                                Stream.of(PROGRAM),
                                Stream.of(onBothSides(
                                        "rewind",
                                        "--to-number=5",
                                        "--partition=0",
                                        "--execute",
                                        "--wait=3",
                                        "--export=" + directory.resolve("before.jsonl"))))
                        .toList());
        // The plan is printed before the wait, so this submission comes after the first look at the checkpoints or
        // before it;
        // another one follows until the program has ended.
        int number = 13;
        while (process.isAlive()) {
            commit(0, Integer.toString(number++));
            process.waitFor(100, TimeUnit.MILLISECONDS);
        }
        Result result = result(process);
        assertThat(result.output(), containsString("has moved within 3 seconds: stop its consumers first"));
        assertThat(result.exitCode(), is(1));
        assertThat(atTheFunction(0), is(Integer.toString(number - 1)));
    }

    @Test
    void interruptedRewindGoesOnWhenRunAgain() throws Exception {
        partitions(200);
        for (int partition = 0; partition < 200; partition++) {
            commit(partition, "12");
        }
        String[] command = onBothSides(
                "rewind", "--shift=-5", "--execute", "--wait=0", "--export=" + directory.resolve("b.jsonl"));
        Process process = node(
                TOKENS, Stream.concat(Stream.of(PROGRAM), Stream.of(command)).toList());
        BufferedReader output = process.inputReader();
        String line = output.readLine();
        while (!line.endsWith(": is at 7")) {
            line = output.readLine();
        }
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
        List<String> rest = output.lines().toList();
        assertThat(process.waitFor(), is(1));
        assertThat(String.join("\n", rest), containsString(" not begun"));

        Result again = run(TOKENS, command);
        assertThat(again.output(), containsString("Goes on with the checkpoints of "));
        assertThat(again.output(), containsString("200 moved, 0 failed, 0 not begun"));
        assertThat(again.exitCode(), is(0));
        for (int partition = 0; partition < 200; partition++) {
            assertThat(atTheFunction(partition), is("7"));
        }
    }

    @Test
    void checkpointsOfAStreamThatWasMadeAnewAreDeleted() throws Exception {
        records(0, 10);
        records(1, 10);
        commit(0, "500");
        commit(1, "3");
        Result result =
                program("rewind", "--made-anew", "--execute", "--wait=0", "--export=" + directory.resolve("b.jsonl"));
        assertThat(result.output(), result.exitCode(), is(0));
        assertThat(List.of(atTheFunction(0), atTheFunction(1)), is(List.of("-1", "3")));
    }

    // abandoned

    @Test
    void abandonedCheckpointsAreDeletedAfterAnExport() throws Exception {
        stored(0, "7", Instant.now().minus(Duration.ofDays(31)));
        commit(1, "8");
        Result plan = program("abandoned", "--days=30");
        assertThat(plan.output(), containsString("shardId-0000000000: from 7 to none"));
        assertThat(plan.output(), not(containsString("shardId-0000000001")));
        assertThat(atTheFunction(0), is("7"));

        Path file = directory.resolve("abandoned.jsonl");
        assertThat(
                program("abandoned", "--days=30", "--execute", "--wait=0", "--export=" + file)
                        .exitCode(),
                is(0));
        assertThat(List.of(atTheFunction(0), atTheFunction(1)), is(List.of("-1", "8")));
        assertThat(Files.readString(file), containsString("\"sequence_number\":\"7\""));
    }

    private void stored(int partition, String sequenceNumber, Instant updatedAt) {
        commit(partition, sequenceNumber);
        client.updateItem(update -> update.tableName(EmbeddedServices.TABLE)
                .key(Map.of(
                        CheckpointTable.CONSUMER,
                        AttributeValue.fromS(Api.PROJECT + "/" + FakeDis.STREAM + "/" + app),
                        CheckpointTable.CHECKPOINT,
                        AttributeValue.fromS("LAST_READ/%010d".formatted(partition))))
                .updateExpression("SET updated_at = :time")
                .expressionAttributeValues(Map.of(":time", AttributeValue.fromS(updatedAt.toString()))));
    }

    // signed-call.js

    @Test
    void callIsSigned() throws Exception {
        commit(0, "10");
        String signedCall = "src/main/serverless/signed-call.js";
        Map<String, String> key = Map.of("AK", Api.KEY.id(), "SK", Api.KEY.secret());
        String address = Api.endpoint() + Api.path() + "?stream_name=newstream&partition_id=0&app_name=" + app
                + "&checkpoint_type=LAST_READ&z=%C3%BC%20*&z-a=&z=%21";
        assertThat(
                result(node(key, List.of(signedCall, "GET", address))),
                is(new Result(0, "200\n{\"sequence_number\":\"10\",\"metadata\":\"m10\"}\n")));
        assertThat(
                result(node(key, List.of(signedCall, "POST", Api.endpoint() + Api.path(), """
                        {"stream_name":"newstream","app_name":"%s","partition_id":"0",
                         "sequence_number":"11","checkpoint_type":"LAST_READ","metadata":"ü"}""".formatted(app)))),
                is(new Result(0, "201\n")));
        assertThat(atTheFunction(0), is("11"));

        Result stranger = result(node(Map.of("AK", Api.KEY.id(), "SK", "wrong"), List.of(signedCall, "GET", address)));
        assertThat(stranger.exitCode(), is(1));
        assertThat(stranger.output(), containsString("DIS.4114"));
    }
}
