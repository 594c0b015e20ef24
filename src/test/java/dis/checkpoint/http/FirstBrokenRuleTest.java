package dis.checkpoint.http;

import static dis.checkpoint.support.Api.query;
import static dis.checkpoint.support.Api.submission;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import dis.checkpoint.support.Api;
import dis.checkpoint.support.EmbeddedServices;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Of several broken rules, that of the alphabetically first name on the wire is answered, whatever the call. */
@QuarkusTest
@WithTestResource(EmbeddedServices.class)
class FirstBrokenRuleTest {

    /** What breaks the rule of each field, and begins its message. */
    private static final Map<String, Broken> RULES = new TreeMap<>(Map.of(
            "app_name", new Broken("a!b", "DIS.4200", "Invalid request. [app_name "),
            "checkpoint_type", new Broken("x", "DIS.4200", "Invalid request. [checkpoint_type "),
            "client_id", new Broken("", "DIS.4200", "Invalid request. [client_id "),
            "generation_id", new Broken(-2, "DIS.4200", "Invalid request. [generation_id "),
            "metadata", new Broken("m".repeat(1_001), "DIS.4200", "Invalid request. [metadata "),
            "partition_id", new Broken("x", "DIS.4201", "Invalid partition_id. ["),
            "sequence_number", new Broken("x", "DIS.4216", "Invalid sequence_number. ["),
            "stream_name", new Broken("a!b", "DIS.4200", "Invalid request. [stream_name ")));

    private static final List<String> OF_A_QUERY =
            List.of("app_name", "checkpoint_type", "partition_id", "stream_name");

    private record Broken(Object value, String code, String message) {}

    static Stream<Arguments> pairs() {
        List<Arguments> pairs = new ArrayList<>();
        List<String> names = List.copyOf(RULES.keySet());
        for (int first = 0; first < names.size(); first++) {
            for (int second = first + 1; second < names.size(); second++) {
                for (String method : List.of("POST", "GET", "DELETE")) {
                    if (method.equals("POST") || OF_A_QUERY.containsAll(List.of(names.get(first), names.get(second)))) {
                        pairs.add(arguments(method, names.get(first), names.get(second)));
                    }
                }
            }
        }
        return pairs.stream();
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void alphabeticallyFirstBrokenRuleIsAnswered(String method, String first, String second) {
        Map<String, Object> fields = method.equals("POST") ? submission(Api.newApp(), "2") : query(Api.newApp(), "0");
        fields.put(first, RULES.get(first).value());
        fields.put(second, RULES.get(second).value());
        Response response = switch (method) {
            case "POST" -> Api.post(fields);
            case "GET" -> Api.get(fields);
            default -> Api.delete(fields);
        };
        assertThat(response.statusCode(), is(400));
        JsonNode error = Api.json(response);
        assertThat(error.path("errorCode").textValue(), is(RULES.get(first).code()));
        assertThat(
                error.path("message").textValue(),
                containsString(RULES.get(first).message()));
    }
}
