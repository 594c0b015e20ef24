package dis.checkpoint.deployment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.ObjectMapper;
import dis.checkpoint.startup.StartCheck;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** What the start of the function refuses, the packaging refuses before: the same values, asked of both. */
@EnabledIf(
        value = "nodeIsOnPath",
        disabledReason = "Node.js, which runs the rules of the packaging, is not on the PATH")
class ParameterRulesTest {

    /** Reads pairs of a parameter and a value, and writes for each whether its rule holds. */
    private static final String ASK_THE_PACKAGING = """
            const { rules } = require('./src/main/serverless/parameters.js');
            const cases = JSON.parse(require('node:fs').readFileSync(0));
            console.log(JSON.stringify(cases.map(([parameter, value]) => rules[parameter].holds(value))));
            """;

    private static final ObjectMapper MAPPER = new ObjectMapper();

    static boolean nodeIsOnPath() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(entry -> Files.isExecutable(Path.of(entry, "node")));
    }

    /** Of these values those that the packaging lets pass. */
    private static List<String> packaged(String parameter, List<String> values) throws Exception {
        Process node = new ProcessBuilder("node", "-e", ASK_THE_PACKAGING)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<List<String>> cases =
                values.stream().map(value -> List.of(parameter, value)).toList();
        try (var input = node.outputWriter()) {
            input.write(MAPPER.writeValueAsString(cases));
        }
        Boolean[] holds = MAPPER.readValue(node.getInputStream(), Boolean[].class);
        assertThat(node.waitFor(60, TimeUnit.SECONDS), is(true));
        List<String> packaged = new ArrayList<>(values);
        for (int i = values.size() - 1; i >= 0; i--) {
            if (!holds[i]) {
                packaged.remove(i);
            }
        }
        return packaged;
    }

    /** Of these values those with which the function starts. */
    private static List<String> started(String property, List<String> values) {
        String variable = property.replaceAll("[.-]", "_").toUpperCase(Locale.ROOT);
        return values.stream().filter(value -> starts(variable, value)).toList();
    }

    private static boolean starts(String variable, String value) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "AWS_ACCESS_KEY_ID", "local",
                "AWS_REGION", "eu-central-1",
                "AWS_SECRET_ACCESS_KEY", "local",
                "CHECKPOINT_IAM_ENDPOINT", "https://iam.example.com",
                "CHECKPOINT_TABLE", "checkpoints"));
        environment.put(variable, value);
        return StartCheck.fault(environment).isEmpty();
    }

    private static List<String> minus(List<String> values, List<String> others) {
        return values.stream().filter(value -> !others.contains(value)).toList();
    }

    @Test
    void cacheTimesOfTheDocumentedFormsAreTheSameToBoth() throws Exception {
        List<String> times = new ArrayList<>(List.of(" ", "-", "P", "PT", "P1DT", "T1S", "1w", "PT1", "five minutes"));
        for (String number :
                List.of("0", "00", "1", "24", "25", "1440", "1441", "86400", "86401", "86400000", "86400001")) {
            for (String unit : List.of("", "ms", "s", "m", "h", "d", "MS", "S", "M", "H", "D")) {
                times.add(number + unit);
            }
        }
        for (String days : List.of("", "0D", "1D", "2d")) {
            for (String hours : List.of("", "0H", "23h", "24H", "25H")) {
                for (String minutes : List.of("", "0M", "60M", "61m", "1440M")) {
                    for (String seconds : List.of("", "0S", "0.000000001S", "59.999999999s", "60S", "86400S")) {
                        String time = hours + minutes + seconds;
                        times.add("P" + days + (time.isEmpty() ? "" : "T") + time);
                    }
                }
            }
        }
        assertThat(packaged("iamCacheTime", times), is(started("checkpoint.iam.cache-time", times)));
    }

    @Test
    void noCacheTimeIsPackagedThatTheStartRefuses() throws Exception {
        assertNothingPackagedThatDoesNotStart(
                "iamCacheTime",
                "checkpoint.iam.cache-time",
                List.of(
                        "2d",
                        "PT0S",
                        "PT25H",
                        "-5",
                        "-PT5M",
                        "PT-5M",
                        "+5",
                        "1.5h",
                        "1h30m",
                        "PT5M PT5M",
                        "9".repeat(30) + "s"));
    }

    @Test
    void cacheSizesAreTheSameToBoth() throws Exception {
        List<String> sizes =
                List.of("0", "1", "0001", "10000", "10001", "-1", "1e3", "0x10", "1.0", "many", "9".repeat(30));
        assertThat(packaged("iamCacheSize", sizes), is(started("checkpoint.iam.cache-size", sizes)));
    }

    @Test
    void noEndpointIsPackagedThatTheStartRefuses() throws Exception {
        List<String> endpoints = Stream.of(
                        "https://", "HTTPS://", "http://", "ftp://", "https:", "https:///", "", "//", " https://")
                .flatMap(scheme -> Stream.of(
                                "iam.example.com",
                                "iam",
                                "10.0.0.1",
                                "10.0.0.256",
                                "10.0.1",
                                "1am",
                                "iam.1",
                                "iam_1.example.com",
                                "-iam.example.com",
                                "iam-.example.com",
                                "iam.example.com.",
                                "iam..example.com",
                                "user@iam.example.com",
                                "user:secret@iam.example.com",
                                "iam%2eexample.com",
                                "iäm.example.com",
                                "")
                        .map(scheme::concat))
                .flatMap(host ->
                        Stream.of("", ":443", ":", ":port", ":123456", ":-1").map(host::concat))
                .flatMap(port -> Stream.of(
                                "",
                                "/",
                                "/v3",
                                "/v3/",
                                "//v3",
                                "/identity/v3",
                                "/a b",
                                "/%20",
                                "/%2",
                                "/ü",
                                "/[",
                                "?a=b",
                                "/#v3",
                                "\n",
                                "\\v3")
                        .map(port::concat))
                .toList();
        assertNothingPackagedThatDoesNotStart("iamEndpoint", "checkpoint.iam.endpoint", endpoints);
        assertThat(
                packaged("iamEndpoint", endpoints),
                hasItems(
                        "https://iam.example.com",
                        "HTTPS://iam.example.com:443/v3",
                        "https://iam/",
                        "https://10.0.0.1:443/identity/v3",
                        "https://iam.example.com//v3"));
    }

    @Test
    void noRolesArePackagedThatTheStartRefuses() throws Exception {
        List<String> roles = List.of("", ",", ",,", " ", "a", "a,b", "a,,b", ",a", "a b", " , ", "${a}", "a,${b}");
        assertNothingPackagedThatDoesNotStart("iamRequiredRoles", "checkpoint.iam.required-roles", roles);
        assertThat(packaged("iamRequiredRoles", roles), hasItems("a", "a,b"));
    }

    private static void assertNothingPackagedThatDoesNotStart(String parameter, String property, List<String> values)
            throws Exception {
        List<String> packaged = packaged(parameter, values);
        assertThat(minus(packaged, started(property, packaged)), is(empty()));
    }
}
