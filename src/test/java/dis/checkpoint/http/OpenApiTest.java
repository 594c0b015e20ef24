package dis.checkpoint.http;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dis.checkpoint.support.Api;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The OpenAPI document that the build generates, held against the contract. */
class OpenApiTest {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Path FILE = Path.of("target/openapi.json");
    private static final JsonNode DOCUMENT = read(FILE);
    private static final JsonNode PATH = DOCUMENT.at("/paths/~1v2~1{project_id}~1checkpoints");
    private static final String JSON = "application/json; charset=utf-8";

    @Test
    void isOneOfTheThreeCallsOfOnePath() {
        assertThat(DOCUMENT.path("openapi").asText(), is("3.1.0"));
        assertThat(names(DOCUMENT.path("paths")), containsInAnyOrder("/v2/{project_id}/checkpoints"));
        assertThat(names(PATH), containsInAnyOrder("parameters", "post", "get", "delete"));
        assertThat(parameters(PATH), is(Map.of("project_id", true)));
    }

    @Test
    void aParserOfOthersFindsNothingWrong() throws IOException {
        SwaggerParseResult result = new OpenAPIV3Parser().readContents(Files.readString(FILE));
        assertThat(result.getMessages(), is(empty()));
        assertThat(result.getOpenAPI().getPaths().size(), is(1));
    }

    @ParameterizedTest
    @CsvSource({"post,Submit a checkpoint", "get,Query a checkpoint", "delete,Delete checkpoints"})
    void aCallHasWords(String method, String summary) {
        JsonNode call = PATH.path(method);
        assertThat(call.path("summary").asText(), is(summary));
        assertThat(call.path("description").asText(), not(is("")));
        assertThat(call.path("tags"), is(tree(List.of("Checkpoints"))));
    }

    @Test
    void theOneTagIsForPeople() {
        assertThat(DOCUMENT.path("tags").findValuesAsText("name"), is(List.of("Checkpoints")));
    }

    @Test
    void whateverIsSentOrAnsweredHasADescription() {
        List<String> undescribed = new ArrayList<>();
        PATH.path("parameters").forEach(parameter -> note(parameter, undescribed));
        for (String method : List.of("post", "get", "delete")) {
            PATH.path(method).path("parameters").forEach(parameter -> note(parameter, undescribed));
            PATH.path(method).path("responses").forEach(response -> {
                note(response, undescribed);
                response.path("headers").forEach(header -> note(header, undescribed));
            });
        }
        DOCUMENT.at("/components/schemas").forEach(schema -> {
            note(schema, undescribed);
            schema.path("properties").forEach(field -> note(field, undescribed));
        });
        assertThat(undescribed, is(empty()));
    }

    private static void note(JsonNode part, List<String> undescribed) {
        if (part.path("description").asText().isBlank()) {
            undescribed.add(part.toString());
        }
    }

    /** The request of the API reference. */
    @Test
    void theExampleIsThatOfTheReference() {
        JsonNode example = PATH.at("/post/requestBody/content/application~1json/example");
        assertThat(
                example,
                is(tree(Map.of(
                        "stream_name",
                        "newstream",
                        "app_name",
                        "newapp",
                        "partition_id",
                        "0",
                        "sequence_number",
                        "2",
                        "checkpoint_type",
                        "LAST_READ"))));
        assertThat(accepts("CheckpointSubmission", example), is(true));
        for (String method : List.of("get", "delete")) {
            PATH.path(method)
                    .path("parameters")
                    .forEach(parameter -> assertThat(
                            parameter.path("example"),
                            is(example.path(parameter.path("name").asText()))));
        }
    }

    @Test
    void everyCallNeedsAToken() {
        String scheme = DOCUMENT.path("security").get(0).fieldNames().next();
        JsonNode token = DOCUMENT.at("/components/securitySchemes/" + scheme);
        assertThat(token.path("type").asText(), is("apiKey"));
        assertThat(token.path("in").asText(), is("header"));
        assertThat(token.path("name").asText(), is("X-Auth-Token"));
    }

    @Test
    void aQueryNeedsAPartitionAndATypeAndADeletionDoesNot() {
        assertThat(parameters(PATH.path("post")), is(Map.of()));
        assertThat(
                parameters(PATH.path("get")),
                is(Map.of("stream_name", true, "app_name", true, "checkpoint_type", true, "partition_id", true)));
        assertThat(
                parameters(PATH.path("delete")),
                is(Map.of("stream_name", true, "app_name", true, "checkpoint_type", false, "partition_id", false)));
    }

    @ParameterizedTest
    @CsvSource({"post,201,", "get,200,#/components/schemas/CheckpointAnswer", "delete,204,"})
    void aSuccessHasItsStatusAndBody(String method, String status, String schema) {
        JsonNode responses = PATH.path(method).path("responses");
        assertThat(
                names(responses).stream().filter(code -> code.startsWith("2")).toList(), is(List.of(status)));
        JsonNode content = responses.path(status).path("content");
        assertThat(content.path(JSON).path("schema").path("$ref").asText(null), is(schema));
        assertThat(content.size(), is(schema == null ? 0 : 1));
    }

    /** The contract's table of errors. */
    @ParameterizedTest
    @CsvSource({
        "post get delete, 401, DIS.4113 Empty Token header.",
        "post get delete, 401, DIS.4114 Invalid Token header.",
        "post get delete, 403, DIS.4116 Invalid RBAC.",
        "post get delete, 400, DIS.4117 Invalid Project Id.",
        "post get delete, 400, DIS.4200 Invalid request.",
        "post get delete, 400, DIS.4201 Invalid partition_id.",
        "post,            400, DIS.4202 Empty request.",
        "post,            400, DIS.4216 Invalid sequence_number.",
        "post,            400, DIS.4224 Sequence_number out of range.",
        "post,            400, DIS.4300 Request error.",
        "post,            400, DIS.4703 Consumer group illegal generation.",
        "post get delete, 404, DIS.4200 Invalid request.",
        "post get delete, 405, DIS.4200 Invalid request.",
        "post get delete, 406, DIS.4200 Invalid request.",
        "post,            413, DIS.4200 Invalid request.",
        "post,            415, DIS.4200 Invalid request.",
        "post get delete, 429, DIS.4303 Exceeded traffic control limit.",
        "post get delete, 503, DIS.5000 System error.",
        "post get delete, 500, DIS.5000 System error."
    })
    void everyErrorIsListed(String methods, String status, String error) {
        for (String method : methods.split(" ")) {
            JsonNode response = PATH.path(method).path("responses").path(status);
            assertThat(response.path("description").asText(), containsString(error));
            assertThat(
                    response.path("content")
                            .path(JSON)
                            .path("schema")
                            .path("$ref")
                            .asText(),
                    is("#/components/schemas/ErrorBody"));
        }
    }

    @ParameterizedTest
    @CsvSource({"401,WWW-Authenticate", "405,Allow", "429,Retry-After", "503,Retry-After"})
    void anErrorHasItsHeader(String status, String header) {
        assertThat(names(PATH.path("post").path("responses").path(status).path("headers")), is(List.of(header)));
    }

    @Test
    void anErrorHasBothPairsOfFields() {
        Map<String, String> error = new HashMap<>(Map.of(
                "errorCode",
                "DIS.4200",
                "message",
                "m",
                "error_code",
                "DIS.4200",
                "error_msg",
                "m",
                "request_id",
                "1"));
        assertThat(accepts("ErrorBody", error), is(true));
        for (String field : List.copyOf(error.keySet())) {
            String value = error.remove(field);
            assertThat(field, accepts("ErrorBody", error), is(false));
            error.put(field, value);
        }
    }

    /** The highest sequence number is stated in words, and the validator takes a last line break for no text. */
    private static final Set<String> BEYOND_THE_SCHEMA = Set.of("9223372036854775808", "a\n");

    /** What {@link SubmitTest} holds the function to. */
    static Stream<Arguments> fields() {
        return Stream.concat(
                        SubmitTest.acceptable().map(field -> arguments(field.get()[0], field.get()[1], true)),
                        SubmitTest.unacceptable().map(field -> arguments(field.get()[0], field.get()[1], false)))
                .filter(field -> field.get()[1] != null && !BEYOND_THE_SCHEMA.contains(field.get()[1]));
    }

    @ParameterizedTest
    @MethodSource("fields")
    void aFieldHasTheRuleThatTheFunctionHolds(String field, Object value, boolean acceptable) {
        Map<String, Object> body = Api.submission("newapp", "2");
        body.put(field, value);
        assertThat(accepts("CheckpointSubmission", body), is(acceptable));
    }

    @ParameterizedTest
    @ValueSource(strings = {"app_name", "stream_name", "checkpoint_type", "partition_id", "sequence_number"})
    void aFieldIsRequired(String field) {
        Map<String, Object> body = Api.submission("newapp", "2");
        body.remove(field);
        assertThat(accepts("CheckpointSubmission", body), is(false));
    }

    @Test
    void aParameterHasTheRuleOfTheField() {
        JsonNode fields = DOCUMENT.at("/components/schemas/CheckpointSubmission/properties");
        for (String method : List.of("get", "delete")) {
            for (JsonNode parameter : PATH.path(method).path("parameters")) {
                assertThat(
                        parameter.path("schema"),
                        is(fields.path(parameter.path("name").asText())));
            }
        }
    }

    private static JsonNode tree(Object value) {
        return MAPPER.valueToTree(value);
    }

    private static boolean accepts(String schema, Object value) {
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(DOCUMENT.at("/components/schemas/" + schema))
                .validate(MAPPER.valueToTree(value))
                .isEmpty();
    }

    /** Whether each is required, by name. */
    private static Map<String, Boolean> parameters(JsonNode of) {
        Map<String, Boolean> parameters = new HashMap<>();
        of.path("parameters")
                .forEach(parameter -> parameters.put(
                        parameter.path("name").asText(),
                        parameter.path("required").asBoolean()));
        return parameters;
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static JsonNode read(Path document) {
        try {
            return MAPPER.readTree(document.toFile());
        } catch (IOException e) {
            throw new IllegalStateException("The build makes " + document, e);
        }
    }
}
