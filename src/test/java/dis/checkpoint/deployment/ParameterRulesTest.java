package dis.checkpoint.deployment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.ObjectMapper;
import dis.checkpoint.startup.StartCheck;
import java.io.File;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Which parameters are packaged. Those that become settings of the function are held to the values that its start takes. */
@EnabledIf(value = "dis.checkpoint.deployment.Program#nodeIsThere", disabledReason = Program.NODE_IS_MISSING)
class ParameterRulesTest {

    /** Right and wrong values of each setting, which StartCheckTest reads too. */
    private static final File SETTINGS = new File("src/test/resources/settings.json");

    private static final String WEB_ACL = "arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/a/0a-0a";
    private static final String LISTENER =
            "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/a/0a/0b";

    private static final Map<String, String> REQUIRED =
            Map.of("architecture", "arm64", "iamEndpoint", "https://iam.example.com");

    private record Setting(String variable, String parameter, List<String> right, List<String> wrong) {}

    private static Plugins.Call packaging(Map<String, String> parameters) {
        return new Plugins.Call("parameters", null, parameters, Map.of(), ".", Map.of());
    }

    private static Plugins.Call packaging(String parameter, String value) {
        Map<String, String> parameters = new HashMap<>(REQUIRED);
        parameters.put(parameter, value);
        return packaging(parameters);
    }

    /** The values with which osls packages. */
    private static List<String> packaged(String parameter, List<String> values) throws Exception {
        List<Plugins.Result> results = Plugins.run(
                values.stream().map(value -> packaging(parameter, value)).toList());
        return IntStream.range(0, values.size())
                .filter(i -> results.get(i).error() == null)
                .mapToObj(values::get)
                .toList();
    }

    /** The values with which the function starts. */
    private static List<String> started(String variable, List<String> values) {
        return values.stream()
                .filter(value -> {
                    Map<String, String> environment = new HashMap<>(Map.of(
                            "AWS_ACCESS_KEY_ID", "local",
                            "AWS_REGION", "eu-central-1",
                            "AWS_SECRET_ACCESS_KEY", "local",
                            "CHECKPOINT_IAM_ENDPOINT", "https://iam.example.com",
                            "CHECKPOINT_TABLE", "checkpoints"));
                    environment.put(variable, value);
                    return StartCheck.fault(environment).isEmpty();
                })
                .toList();
    }

    @Test
    void parametersOfTheFunctionTakeTheValuesThatItsStartTakes() throws Exception {
        for (Setting setting : new ObjectMapper().readValue(SETTINGS, Setting[].class)) {
            if (setting.parameter() != null) {
                assertThat(packaged(setting.parameter(), setting.right()), is(setting.right()));
                assertThat(setting.variable(), packaged(setting.parameter(), setting.wrong()), is(empty()));
            }
        }
    }

    @Test
    void cacheTimesOfAllFormsArePackagedWhereTheFunctionStartsWithThem() throws Exception {
        List<String> times = new ArrayList<>();
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
        assertThat(packaged("iamCacheTime", times), is(started("CHECKPOINT_IAM_CACHE_TIME", times)));
    }

    @Test
    void everyEndpointThatIsPackagedStartsTheFunction() throws Exception {
        List<String> endpoints = Stream.of("https://", "HTTPS://", "http://", "https:", "https:///", "", " https://")
                .flatMap(scheme -> Stream.of(
                                "iam.example.com",
                                "iam",
                                "10.0.0.1",
                                "10.0.0.256",
                                "1am",
                                "iam_1.example.com",
                                "iam-.example.com",
                                "iam.example.com.",
                                "[2003:3c::1]",
                                "[2003:3c::1%eth0]",
                                "user@iam.example.com",
                                "iäm.example.com",
                                "")
                        .map(scheme::concat))
                .flatMap(host -> Stream.of("", ":443", ":", ":0", ":65536").map(host::concat))
                .flatMap(port -> Stream.of(
                                "", "/", "/v3", "//v3", "/a b", "/%20", "/%2", "/ü", "/[", "?a=b", "/#v3", "\n")
                        .map(port::concat))
                .toList();
        List<String> packaged = packaged("iamEndpoint", endpoints);
        assertThat(packaged, is(not(empty())));
        assertThat(started("CHECKPOINT_IAM_ENDPOINT", packaged), is(packaged));
    }

    @Test
    void wrongParametersAreRefusedInASentenceEach() throws Exception {
        List<String> sentences = new ArrayList<>();
        List<Plugins.Call> calls = new ArrayList<>();
        for (String line : """
                package            |                            | the path of a zip file
                architecture       | null                       | arm64 or x86_64, as the machine that built the package
                architecture       | riscv64                    | arm64 or x86_64, as the machine that built the package
                accessKeys         | maybe                      | true or false
                deletionProtection |                            | true or false
                dashboard          | True                       | true or false
                functionUrl        | 1                          | true or false
                rateLimit          | 0                          | a whole number from 1 on
                burstLimit         | 1.5                        | a whole number from 1 on
                expectedTraffic    | -1                         | a whole number from 1 on
                iamCaBundle        | iam.pem                    | the path of a file, from / on
                alarmTopic         | operations                 | the ARN of an SNS topic
                disEndpoint        | https://dis.example.com/v2 | an https:// address with a host, and without a path
                disEndpoint        | http://dis.example.com     | an https:// address with a host, and without a path
                api                | soap                       | http, rest, private, alb or none
                vpcEndpoints       | vpce-0123456789abcdef0,    | the ids of interface endpoints for execute-api, such as vpce-0123456789abcdef0, separated by commas
                listenerArn        | listener                   | the ARN of a listener of an Application Load Balancer
                listenerPriority   | 50001                      | a whole number from 1 to 50000
                webAcl             | acl                        | the ARN of a regional web ACL of AWS WAF
                remove             | all                        | one or more of accessKeys,iamEndpoint,functionUrl,disEndpoint,http,rest,private,alb, separated by commas
                remove             | accessKeys,                | one or more of accessKeys,iamEndpoint,functionUrl,disEndpoint,http,rest,private,alb, separated by commas
                """.lines().toList()) {
            String[] cells = line.split("\\s*\\|\\s*");
            calls.add(packaging(cells[0], cells[1].equals("null") ? null : cells[1]));
            sentences.add(cells[0] + " must be " + cells[2]);
        }
        assertThat(Plugins.run(calls).stream().map(Plugins.Result::error).toList(), is(sentences));
    }

    @Test
    void rightParametersArePackaged() throws Exception {
        Map<String, String> right = Map.of(
                "architecture", "x86_64",
                "accessKeys", "true",
                "iamEndpoint", "https://iam.example.com",
                "iamCaBundle", "/var/task/iam.pem",
                "disEndpoint", "https://dis.example.com/",
                "alarmTopic", "arn:aws-us-gov:sns:us-gov-west-1:123456789012:operations",
                "expectedTraffic", "1",
                "remove", "accessKeys,disEndpoint");
        assertThat(Plugins.run(List.of(packaging(right))).get(0).error(), is(nullValue()));
    }

    @Test
    void aWayInIsRequiredAndTheRouterNeedsIam() throws Exception {
        Map<String, String> nobody = Map.of("architecture", "arm64");
        Map<String, String> router =
                Map.of("architecture", "arm64", "accessKeys", "true", "disEndpoint", "https://dis.example.com");
        List<Plugins.Result> results = Plugins.run(List.of(packaging(nobody), packaging(router)));
        assertThat(results.get(0).error(), startsWith("Give iamEndpoint, accessKeys=true or both"));
        assertThat(results.get(1).error(), startsWith("disEndpoint needs iamEndpoint"));
    }

    /** Each line: parameters beside the defaults, and the beginning of the refusal, or nothing where they are packaged. */
    @Test
    void wayInIsPackagedWithTheParametersThatItNeedsAlone() throws Exception {
        List<Plugins.Call> calls = new ArrayList<>();
        List<String> refusals = new ArrayList<>();
        for (String line : """
                api=rest                                        |
                api=rest webAcl=ACL                             |
                api=private vpcEndpoints=vpce-0123456789abcdef0 |
                api=alb listenerArn=LISTENER listenerPriority=1 |
                api=none functionUrl=true                       |
                api=private                                     | api=private needs vpcEndpoints
                api=rest vpcEndpoints=vpce-0123456789abcdef0    | api=private needs vpcEndpoints
                api=alb                                         | api=alb needs listenerArn
                api=alb listenerArn=LISTENER                    | api=alb needs listenerPriority
                listenerPriority=1                              | api=alb needs listenerPriority
                webAcl=ACL                                      | webAcl needs api=rest, private or alb
                api=none functionUrl=true webAcl=ACL            | webAcl needs api=rest, private or alb
                api=none                                        | api=none needs functionUrl=true
                api=rest disEndpoint=https://dis.example.com    | disEndpoint needs api=http
                """.lines().toList()) {
            String[] cells = line.split("\\s*\\|\\s*", -1);
            Map<String, String> custom = new HashMap<>(REQUIRED);
            for (String parameter : cells[0].split(" ")) {
                String[] nameAndValue = parameter.split("=", 2);
                custom.put(
                        nameAndValue[0], nameAndValue[1].replace("ACL", WEB_ACL).replace("LISTENER", LISTENER));
            }
            calls.add(packaging(custom));
            refusals.add(cells[1]);
        }
        List<String> errors =
                Plugins.run(calls).stream().map(Plugins.Result::error).toList();
        for (int i = 0; i < refusals.size(); i++) {
            String refusal = refusals.get(i);
            assertThat(errors.get(i), refusal.isEmpty() ? is(nullValue()) : startsWith(refusal));
        }
    }
}
