package dis.checkpoint.http;

import static dis.checkpoint.support.Api.isError;
import static dis.checkpoint.support.Api.query;
import static dis.checkpoint.support.Api.submission;

import dis.checkpoint.support.Api;
import dis.checkpoint.support.EmbeddedServices;
import dis.checkpoint.support.Fields;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@QuarkusTest
@WithTestResource(EmbeddedServices.class)
class FirstBrokenRuleTest {

    private static final Map<String, Collection<String>> NAMES =
            Map.of("POST", FieldRule.ALL.keySet(), "GET", FieldRule.IN_A_QUERY, "DELETE", FieldRule.IN_A_QUERY);

    /** Each call with each pair of its fields, in alphabetical order. */
    static Stream<Arguments> pairs() {
        return NAMES.entrySet().stream().flatMap(call -> {
            List<String> names = List.copyOf(new TreeSet<>(call.getValue()));
            return names.stream()
                    .flatMap(first -> names.stream()
                            .filter(second -> first.compareTo(second) < 0)
                            .map(second -> Arguments.of(call.getKey(), first, second)));
        });
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void alphabeticallyFirstBrokenRuleIsAnswered(String method, String first, String second) {
        Fields fields = (method.equals("POST") ? submission(Api.newApp(), "2") : query(Api.newApp(), "0"))
                .with(first, broken(first))
                .with(second, broken(second));
        Response response = switch (method) {
            case "POST" -> Api.post(fields);
            case "GET" -> Api.get(fields);
            default -> Api.delete(fields);
        };
        FieldRule rule = FieldRule.ALL.get(first);
        isError(response, 400, rule.error().code(), rule.message());
    }

    private static Object broken(String field) {
        List<Object> invalid = FieldRule.ALL.get(field).invalid();
        return invalid.get(invalid.size() - 1);
    }
}
