package dis.checkpoint.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.anyOf;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import dis.checkpoint.error.DisError;
import dis.checkpoint.support.Api;
import dis.checkpoint.support.EmbeddedServices;
import dis.checkpoint.support.Events;
import dis.checkpoint.support.Signer;
import dis.checkpoint.support.TableProxy;
import dis.checkpoint.support.TableProxy.Fault;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.swagger.v3.core.util.Yaml;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import jakarta.inject.Inject;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The OpenAPI document, held against the function: whatever it says is tried. What it lets pass the function has to take, what
 * it forbids the function has to refuse, with the error that it says.
 */
@QuarkusTest
@WithTestResource(
        value = EmbeddedServices.class,
        initArgs = @ResourceArg(name = EmbeddedServices.ACCESS_KEYS, value = "on"))
class OpenApiTest {

    private static final Path FILE = Path.of("src/main/resources/META-INF/openapi.yaml");
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final JsonNode DOCUMENT = read(FILE);
    private static final JsonNode PATH = DOCUMENT.at("/paths/~1v2~1{project_id}~1checkpoints");
    private static final JsonNode EXAMPLES = PATH.at("/post/requestBody/content/application~1json/examples");
    private static final JsonNode FIELDS = schema("CheckpointSubmission").path("properties");
    private static final List<String> METHODS = List.of("post", "get", "delete");
    private static final String JSON = "application/json; charset=utf-8";
    private static final int MAX_BODY_BYTES = 16 * 1024;

    /** Where a description says which error a broken rule is. */
    private static final Pattern ELSE = Pattern.compile("\\belse (DIS\\.\\d{4})\\.");

    private static final Pattern MAXIMUM = Pattern.compile("digits, at most (\\d+), else");

    /** An error in the description of a response. */
    private static final Pattern ERROR = Pattern.compile("(?m)^- (DIS\\.\\d{4}) ");

    /** A message of the function: the error's title, and the rule in words. */
    private static final Pattern MESSAGE = Pattern.compile("(.*?) \\[(.*)]");

    /** No field may be longer. */
    private static final int LENGTHS = 1_100;

    @Inject
    RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> function;

    TableProxy proxy;
    DynamoDbClient dynamoDb;

    @AfterEach
    void endFaults() {
        proxy.recover();
    }

    // What it is.

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

    @Test
    void everyReferenceLeadsSomewhereAndNothingIsLeftOver() {
        Set<String> references = new TreeSet<>(DOCUMENT.findValuesAsText("$ref"));
        Set<String> components = new TreeSet<>();
        for (String kind : List.of("parameters", "schemas", "headers", "responses")) {
            names(DOCUMENT.path("components").path(kind))
                    .forEach(name -> components.add("#/components/" + kind + '/' + name));
        }
        assertThat(references, is(components));
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
        note(PATH.at("/post/requestBody"), undescribed);
        for (String method : METHODS) {
            PATH.path(method).path("parameters").forEach(parameter -> note(parameter, undescribed));
            PATH.path(method).path("responses").forEach(response -> {
                note(response, undescribed);
                resolved(response).path("headers").forEach(header -> note(header, undescribed));
            });
        }
        DOCUMENT.at("/components/securitySchemes").forEach(scheme -> note(scheme, undescribed));
        DOCUMENT.at("/components/schemas").forEach(schema -> {
            note(schema, undescribed);
            schema.path("properties").forEach(field -> note(field, undescribed));
        });
        assertThat(undescribed, is(empty()));
    }

    private static void note(JsonNode part, List<String> undescribed) {
        if (resolved(part).path("description").asText().isBlank()) {
            undescribed.add(part.toString());
        }
    }

    // Its examples.

    /** The request of the API reference. */
    @Test
    void theExampleIsThatOfTheReference() {
        JsonNode example = EXAMPLES.at("/reference/value");
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
        for (String method : List.of("get", "delete")) {
            PATH.path(method)
                    .path("parameters")
                    .forEach(parameter -> assertThat(
                            resolved(parameter).path("example"),
                            is(example.path(resolved(parameter).path("name").asText()))));
        }
    }

    /** Submitted, queried and deleted, they are answered as it says. */
    @Test
    void anExampleIsOfACall() throws IOException {
        String app = Api.newApp();
        APIGatewayV2HTTPEvent query = call("get", Map.of("app_name", app));
        APIGatewayV2HTTPResponse none = answer(query);
        assertThat(none.getStatusCode(), is(200));
        assertThat(MAPPER.readTree(none.getBody()), is(answered("none")));
        for (JsonNode example : EXAMPLES) {
            ObjectNode body = example.path("value").deepCopy();
            assertThat(accepts(reference("CheckpointSubmission"), body), is(true));
            assertThat(answer(post(body.put("app_name", app))).getStatusCode(), is(201));
            if (example == EXAMPLES.path("reference")) {
                assertThat(MAPPER.readTree(answer(query).getBody()), is(answered("stored")));
            }
        }
        assertThat(answer(call("delete", Map.of("app_name", app))).getStatusCode(), is(204));
        assertThat(MAPPER.readTree(answer(query).getBody()), is(answered("none")));
    }

    private static JsonNode answered(String example) {
        return PATH.at("/get/responses/200/content").path(JSON).at("/examples/" + example + "/value");
    }

    // Who may call.

    @ParameterizedTest
    @ValueSource(strings = {"post", "get", "delete"})
    void aCallNeedsOneOfTheCredentials(String method) {
        assertThat(
                DOCUMENT.path("security"),
                is(tree(List.of(Map.of("token", List.of()), Map.of("signature", List.of())))));
        Map<String, APIGatewayV2HTTPEvent> calls = Map.of(
                "token", call(method, Map.of()),
                "signature", Signer.with(Api.KEY, Signer.Form.DIS).sign(call(method, Map.of())));
        JsonNode schemes = DOCUMENT.at("/components/securitySchemes");
        assertThat(Set.copyOf(names(schemes)), is(calls.keySet()));
        calls.forEach((name, call) -> {
            JsonNode scheme = schemes.path(name);
            assertThat(scheme.path("type").asText(), is("apiKey"));
            assertThat(scheme.path("in").asText(), is("header"));
            assertThat(name, answer(call).getStatusCode(), is(success(method)));
            call.getHeaders().remove(scheme.path("name").asText().toLowerCase(Locale.ROOT));
            assertThat(name, answer(call).getStatusCode(), is(401));
        });
    }

    // What a call takes.

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

    @Test
    void aParameterHasTheRuleOfTheField() {
        for (String method : List.of("get", "delete")) {
            for (JsonNode reference : PATH.path(method).path("parameters")) {
                JsonNode parameter = resolved(reference);
                assertThat(parameter.path("in").asText(), is("query"));
                assertThat(
                        parameter.path("schema"),
                        is(FIELDS.path(parameter.path("name").asText())));
            }
        }
    }

    static Stream<String> fields() {
        return names(FIELDS).stream();
    }

    @ParameterizedTest
    @MethodSource("fields")
    void aFieldHasTheRuleThatTheFunctionHolds(String field) throws IOException {
        for (JsonNode value : values(field, FIELDS.path(field))) {
            ObjectNode body = submission();
            body.set(field, value);
            if (field.equals("app_name")) {
                body.put("stream_name", "fields");
            }
            boolean isOfItsType =
                    value.isNull() || (field.equals("generation_id") ? value.isIntegralNumber() : value.isTextual());
            holds("post", field, FIELDS.path(field), value, isOfItsType ? null : DisError.REQUEST_ERROR, post(body));
        }
    }

    @ParameterizedTest
    @MethodSource("fields")
    void aFieldIsRequiredWhereTheFunctionRequiresIt(String field) throws IOException {
        ObjectNode body = submission();
        body.remove(field);
        boolean acceptable = accepts(reference("CheckpointSubmission"), body);
        isAnswered("post", acceptable, field, FIELDS.path(field), null, post(body));
    }

    static Stream<Arguments> parameters() {
        return Stream.of("get", "delete")
                .flatMap(method -> Stream.concat(
                        parameters(PATH).keySet().stream().map(name -> arguments(method, name)),
                        parameters(PATH.path(method)).keySet().stream().map(name -> arguments(method, name))));
    }

    @ParameterizedTest
    @MethodSource("parameters")
    void aParameterHasTheRuleThatTheFunctionHolds(String method, String name) throws IOException {
        JsonNode schema = parameter(method, name).path("schema");
        for (JsonNode value : values(name, schema)) {
            // A slash ends the project's part of the path.
            boolean canBeSent = value.isTextual()
                    && !(name.equals("project_id") && value.asText().contains("/"));
            if (canBeSent) {
                Map<String, String> query = new HashMap<>(Map.of(name, value.asText()));
                query.putIfAbsent("app_name", Api.newApp());
                holds(method, name, schema, value, null, call(method, query));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("parameters")
    void aParameterIsRequiredWhereTheFunctionRequiresIt(String method, String name) throws IOException {
        JsonNode parameter = parameter(method, name);
        if (parameter.path("in").asText().equals("query")) {
            Map<String, String> query = query(Api.newApp());
            query.remove(name);
            isAnswered(
                    method,
                    !parameter.path("required").asBoolean(),
                    name,
                    parameter.path("schema"),
                    null,
                    event(method, query));
        }
    }

    /** That the function takes the value if, and only if, the document does. */
    private void holds(
            String method, String name, JsonNode schema, JsonNode value, DisError error, APIGatewayV2HTTPEvent call)
            throws IOException {
        boolean acceptable = accepts(schema, value) && !exceeds(resolved(schema), value);
        isAnswered(method, acceptable, name + " = " + value, schema, error, call);
    }

    /** To JSON Schema, digits in a text are no number. Their maximum is in the words of the rule. */
    private static boolean exceeds(JsonNode schema, JsonNode value) {
        Matcher maximum = MAXIMUM.matcher(schema.path("description").asText());
        return maximum.find()
                && value.isTextual()
                && new BigInteger(value.asText()).compareTo(new BigInteger(maximum.group(1))) > 0;
    }

    /**
     * @param error with which the call is refused; {@code null} for that of the field's description, which has the rule in the
     *     words of the refusal then
     */
    private void isAnswered(
            String method,
            boolean acceptable,
            String reason,
            JsonNode schema,
            DisError error,
            APIGatewayV2HTTPEvent call)
            throws IOException {
        APIGatewayV2HTTPResponse answer = answer(call);
        if (acceptable) {
            // A project may be of the right form, and yet not the caller's.
            int status = answer.getStatusCode() == 403 && !call.getRawPath().equals(Api.path()) ? 403 : success(method);
            assertThat(reason, answer.getStatusCode(), is(status));
            return;
        }
        assertThat(reason, answer.getStatusCode(), is(400));
        JsonNode refusal = MAPPER.readTree(answer.getBody());
        String code = refusal.path("errorCode").asText();
        if (error == null) {
            String description = resolved(schema).path("description").asText();
            Matcher documented = ELSE.matcher(description);
            assertThat(reason, documented.find() ? documented.group(1) : description, is(code));
            Matcher message = MESSAGE.matcher(refusal.path("message").asText());
            String rule = message.matches() ? message.group(2) : "a rule";
            if (!rule.endsWith(" is missing")) {
                assertThat(reason, description, containsString(rule));
            }
        } else {
            assertThat(reason, code, is(error.code()));
        }
        assertThat(reason, documented(method, 400), hasItem(code));
    }

    /**
     * Values on both sides of whatever a schema says of a text or a number, and others: those that the function is held to
     * elsewhere, each ASCII character, and whatever is near to an example. So a rule that is changed here alone is found,
     * whichever way it is changed.
     */
    private static Set<JsonNode> values(String name, JsonNode schema) {
        Set<JsonNode> values = new LinkedHashSet<>();
        JsonNodeFactory json = JsonNodeFactory.instance;
        Stream.concat(SubmitTest.acceptable(), SubmitTest.unacceptable())
                .filter(field -> field.get()[0].equals(name))
                .forEach(field -> values.add(tree(field.get()[1])));
        for (String letter : List.of("a", "0", "1", "\uD83D\uDE00")) {
            boolean before = accepts(schema, json.textNode(""));
            values.add(json.textNode(""));
            for (int length = 1; length <= LENGTHS; length++) {
                JsonNode text = json.textNode(letter.repeat(length));
                boolean now = accepts(schema, text);
                if (now != before || length == 1 || length == LENGTHS) {
                    values.add(json.textNode(letter.repeat(length - 1)));
                    values.add(text);
                }
                before = now;
            }
        }
        for (char c = 0; c < 128; c++) {
            values.add(json.textNode("1" + c));
        }
        for (String bound : List.of("minimum", "maximum")) {
            if (resolved(schema).has(bound)) {
                BigInteger number = resolved(schema).path(bound).bigIntegerValue();
                Stream.of(number.subtract(BigInteger.ONE), number, number.add(BigInteger.ONE))
                        .forEach(near -> values.add(json.numberNode(near)));
            }
        }
        for (JsonNode example : EXAMPLES) {
            String text = example.path("value").path(name).asText();
            for (int i = 0; i < text.length(); i++) {
                String start = text.substring(0, i);
                String end = text.substring(i + 1);
                values.add(json.textNode(start + end));
                values.add(json.textNode(start + text.charAt(i) + text.charAt(i) + end));
                values.add(json.textNode(start + Character.toUpperCase(text.charAt(i)) + end));
                values.add(json.textNode(start + Character.toLowerCase(text.charAt(i)) + end));
                values.add(json.textNode(start + '9' + end));
            }
        }
        return values;
    }

    // What it answers.

    @ParameterizedTest
    @CsvSource({"post,201,", "get,200,#/components/schemas/CheckpointAnswer", "delete,204,"})
    void aSuccessHasItsStatusAndBody(String method, int status, String schema) {
        assertThat(success(method), is(status));
        JsonNode content = PATH.path(method).path("responses").path("" + status).path("content");
        assertThat(content.path(JSON).path("schema").path("$ref").asText(null), is(schema));
        assertThat(content.size(), is(schema == null ? 0 : 1));
        APIGatewayV2HTTPResponse answer = answer(call(method, Map.of("app_name", Api.newApp())));
        isDocumented(method, status, answer);
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
        "get,             406, DIS.4200 Invalid request.",
        "post get delete, 413, DIS.4200 Invalid request.",
        "post,            415, DIS.4200 Invalid request.",
        "post get delete, 429, DIS.4303 Exceeded traffic control limit.",
        "post get delete, 503, DIS.5000 System error.",
        "post get delete, 500, DIS.5000 System error."
    })
    void everyErrorIsListed(String methods, int status, String error) {
        for (String method : methods.split(" ")) {
            assertThat(response(method, status).path("description").asText(), containsString("- " + error + ' '));
        }
    }

    static Stream<Arguments> errors() {
        return METHODS.stream().flatMap(method -> Stream.of(DisError.values()).map(error -> arguments(method, error)));
    }

    /** What cannot happen to a call is not listed there. */
    @ParameterizedTest
    @MethodSource("errors")
    void anErrorIsListedWhereTheFunctionAnswersIt(String method, DisError error) throws IOException {
        if (error == DisError.BUG && method.equals("delete")) {
            return; // It reads nothing that could be nonsense.
        }
        APIGatewayV2HTTPResponse answer = provoke(error, method);
        if (answer.getStatusCode() < 300) {
            assertThat(documented(method, error.status()), not(hasItem(error.code())));
            return;
        }
        assertThat(answer.getBody(), answer.getStatusCode(), is(error.status()));
        JsonNode body = MAPPER.readTree(answer.getBody());
        assertThat(body.path("errorCode").asText(), is(error.code()));
        assertThat(documented(method, error.status()), hasItem(error.code()));
        assertThat(
                response(method, error.status()).path("description").asText(),
                containsString("- " + error.code() + ' ' + error.title() + ' '));
        isDocumented(method, error.status(), answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"post", "get", "delete"})
    void nothingElseIsListed(String method) {
        Map<String, Set<String>> catalogue = new TreeMap<>();
        for (DisError error : DisError.values()) {
            catalogue
                    .computeIfAbsent("" + error.status(), status -> new TreeSet<>())
                    .add(error.code());
        }
        names(PATH.path(method).path("responses")).stream()
                .filter(status -> !status.startsWith("2"))
                .forEach(status -> {
                    Set<String> listed = documented(method, Integer.parseInt(status));
                    assertThat(listed, not(empty()));
                    assertThat(status, catalogue.getOrDefault(status, Set.of()).containsAll(listed), is(true));
                });
    }

    /** Makes a call to be refused with the error. Those of a body do no harm to a call without one. */
    private APIGatewayV2HTTPResponse provoke(DisError error, String method) {
        String app = Api.newApp();
        APIGatewayV2HTTPEvent call = call(method, Map.of("app_name", app));
        switch (error) {
            case EMPTY_TOKEN -> call.getHeaders().remove("x-auth-token");
            case INVALID_TOKEN -> call.getHeaders().put("x-auth-token", "unknown");
            case FORBIDDEN -> call.setRawPath(call.getRawPath().replace(Api.PROJECT, Api.OTHER_PROJECT));
            case INVALID_PROJECT_ID -> call.setRawPath(call.getRawPath().replace(Api.PROJECT, "project.1"));
            case INVALID_REQUEST -> call = call(method, Map.of("app_name", "new.app"));
            case NOT_FOUND -> call.setRawPath(call.getRawPath() + "/0");
            case METHOD_NOT_ALLOWED -> call.getRequestContext().getHttp().setMethod("PUT");
            case NOT_ACCEPTABLE -> call.getHeaders().put("accept", "text/html");
            case TOO_LARGE -> call.setBody(" ".repeat(MAX_BODY_BYTES + 1));
            case UNSUPPORTED_MEDIA_TYPE -> call.getHeaders().put("content-type", "text/plain");
            case INVALID_PARTITION_ID -> call = call(method, Map.of("partition_id", "x"));
            case EMPTY_REQUEST -> call.setBody(null);
            case INVALID_SEQUENCE_NUMBER -> call = call(method, Map.of("sequence_number", "x"));
            case SEQUENCE_NUMBER_OUT_OF_RANGE -> {
                assertThat(
                        answer(call("post", Map.of("app_name", app, "sequence_number", "42")))
                                .getStatusCode(),
                        is(201));
            }
            case REQUEST_ERROR -> call.setBody("{");
            case ILLEGAL_GENERATION -> {
                assertThat(answer(post(generation(app, 3))).getStatusCode(), is(201));
                call = method.equals("post") ? post(generation(app, 2)) : call;
            }
            case TRAFFIC_LIMIT -> proxy.failWith(() -> Fault.THROTTLED);
            case UNAVAILABLE -> proxy.failWith(() -> Fault.SERVER_ERROR);
            case BUG -> edit(app);
        }
        return answer(call);
    }

    private static ObjectNode generation(String app, int generation) {
        return submission().put("app_name", app).put("generation_id", generation);
    }

    /** As somebody does by hand who takes the sequence number for a text. */
    private void edit(String app) {
        dynamoDb.putItem(request -> request.tableName(EmbeddedServices.TABLE)
                .item(Map.of(
                        "consumer", AttributeValue.fromS(Api.PROJECT + "/newstream/" + app),
                        "checkpoint", AttributeValue.fromS("LAST_READ/0000000000"),
                        "sequence_number", AttributeValue.fromS("42"))));
    }

    @Test
    void theSizeOfABodyIsTheLargestThatTheFunctionTakes() {
        Matcher size = Pattern.compile("larger than (\\d+) KiB\\.")
                .matcher(response("post", 413).path("description").asText());
        int bytes = size.find() ? 1024 * Integer.parseInt(size.group(1)) : 0;
        String body = submission().toString();
        for (int length : List.of(bytes, bytes + 1)) {
            APIGatewayV2HTTPEvent call = Events.event("POST", "", body + " ".repeat(length - body.length()));
            assertThat(answer(call).getStatusCode(), is(length == bytes ? 201 : 413));
        }
    }

    /** Its headers are those that are listed, its media type and body as well. */
    private static void isDocumented(String method, int status, APIGatewayV2HTTPResponse answer) {
        JsonNode response = response(method, status);
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.putAll(answer.getHeaders());
        headers.remove("Content-Length");
        String mediaType = headers.remove("Content-Type");
        JsonNode content = response.path("content");
        if (mediaType == null) {
            assertThat(content.size(), is(0));
            assertThat(answer.getBody(), anyOf(nullValue(), is("")));
        } else {
            assertThat(names(content), is(List.of(mediaType)));
            JsonNode schema = content.path(mediaType).path("schema");
            JsonNode body = tree(answer.getBody(), "the body of " + method);
            assertThat(body.toString(), accepts(schema, body), is(true));
            assertThat(
                    names(body),
                    containsInAnyOrder(
                            names(resolved(schema).path("properties")).toArray()));
        }
        assertThat(headers.keySet(), is(Set.copyOf(names(response.path("headers")))));
        headers.forEach((name, value) -> assertThat(
                name, accepts(resolved(response.path("headers").path(name)).path("schema"), tree(value)), is(true)));
    }

    @ParameterizedTest
    @CsvSource({"401,WWW-Authenticate", "405,Allow", "429,Retry-After", "503,Retry-After"})
    void anErrorHasItsHeader(int status, String header) {
        for (String method : METHODS) {
            assertThat(names(response(method, status).path("headers")), containsInAnyOrder("X-Request-Id", header));
        }
    }

    @Test
    void everyAnswerHasTheIdOfTheRequest() {
        for (String method : METHODS) {
            for (JsonNode response : PATH.path(method).path("responses")) {
                assertThat(names(resolved(response).path("headers")), hasItem("X-Request-Id"));
            }
        }
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
        assertThat(accepts(reference("ErrorBody"), tree(error)), is(true));
        for (String field : List.copyOf(error.keySet())) {
            String value = error.remove(field);
            assertThat(field, accepts(reference("ErrorBody"), tree(error)), is(false));
            error.put(field, value);
        }
    }

    // The function.

    private APIGatewayV2HTTPResponse answer(APIGatewayV2HTTPEvent call) {
        return function.handleRequest(call, null);
    }

    /** The example with every field, of an app of its own. */
    private static ObjectNode submission() {
        return ((ObjectNode) EXAMPLES.at("/group/value").deepCopy()).put("app_name", Api.newApp());
    }

    private static Map<String, String> query(String app) {
        Map<String, String> query = new TreeMap<>();
        JsonNode example = EXAMPLES.at("/reference/value");
        names(example).forEach(field -> query.put(field, example.path(field).asText()));
        query.remove("sequence_number");
        query.put("app_name", app);
        return query;
    }

    private static APIGatewayV2HTTPEvent post(JsonNode body) {
        return Events.event("POST", "", body.toString());
    }

    /** The example of the reference but for some fields, parameters or the project. */
    private static APIGatewayV2HTTPEvent call(String method, Map<String, String> changes) {
        if (method.equals("post")) {
            ObjectNode body = EXAMPLES.at("/reference/value").deepCopy();
            changes.forEach(body::put);
            return post(body);
        }
        Map<String, String> query = query("newapp");
        query.putAll(changes);
        String project = query.remove("project_id");
        APIGatewayV2HTTPEvent event = event(method, query);
        if (project != null) {
            event.setRawPath(event.getRawPath().replace(Api.PROJECT, project));
        }
        return event;
    }

    private static APIGatewayV2HTTPEvent event(String method, Map<String, String> query) {
        Map<String, String> encoded = new TreeMap<>(query);
        encoded.replaceAll((name, value) -> URLEncoder.encode(value, UTF_8).replace("+", "%20"));
        return Events.event(method.toUpperCase(Locale.ROOT), encoded);
    }

    // The document.

    private static JsonNode response(String method, int status) {
        return resolved(PATH.path(method).path("responses").path("" + status));
    }

    /** The status of the one answer that is no error. */
    private static int success(String method) {
        List<String> statuses = names(PATH.path(method).path("responses")).stream()
                .filter(status -> status.startsWith("2"))
                .toList();
        assertThat(statuses.size(), is(1));
        return Integer.parseInt(statuses.get(0));
    }

    /** The codes that the call may be answered with the status. */
    private static Set<String> documented(String method, int status) {
        return ERROR.matcher(response(method, status).path("description").asText())
                .results()
                .map(error -> error.group(1))
                .collect(Collectors.toSet());
    }

    /** Whether each is required, by name. */
    private static Map<String, Boolean> parameters(JsonNode of) {
        Map<String, Boolean> parameters = new TreeMap<>();
        of.path("parameters")
                .forEach(parameter -> parameters.put(
                        resolved(parameter).path("name").asText(),
                        resolved(parameter).path("required").asBoolean()));
        return parameters;
    }

    private static JsonNode parameter(String method, String name) {
        for (JsonNode of : List.of(PATH, PATH.path(method))) {
            for (JsonNode parameter : of.path("parameters")) {
                if (resolved(parameter).path("name").asText().equals(name)) {
                    return resolved(parameter);
                }
            }
        }
        throw new IllegalArgumentException(name);
    }

    private static JsonNode schema(String name) {
        return DOCUMENT.at("/components/schemas/" + name);
    }

    private static JsonNode reference(String schema) {
        return tree(Map.of("$ref", "#/components/schemas/" + schema));
    }

    /** What a reference refers to; anything else as it is. */
    private static JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? DOCUMENT.at(node.path("$ref").asText().substring(1)) : node;
    }

    private static final Map<JsonNode, JsonSchema> SCHEMAS = new HashMap<>();

    private static boolean accepts(JsonNode schema, JsonNode value) {
        return SCHEMAS.computeIfAbsent(schema, OpenApiTest::compile)
                .validate(value)
                .isEmpty();
    }

    /** Its patterns are those of ECMA-262, to which the end is behind a last line break. */
    private static JsonSchema compile(JsonNode schema) {
        ObjectNode root = MAPPER.createObjectNode();
        root.set("components", DOCUMENT.path("components"));
        root.putArray("allOf").add(schema);
        SchemaValidatorsConfig config = SchemaValidatorsConfig.builder()
                .regularExpressionFactory(expression -> {
                    Pattern pattern = Pattern.compile(expression.replaceAll("\\$$", "\\\\z"));
                    return text -> pattern.matcher(text).find();
                })
                .build();
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(root, config);
    }

    private static JsonNode tree(Object value) {
        return MAPPER.valueToTree(value);
    }

    private static JsonNode tree(String json, String what) {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new AssertionError(what + " is no JSON: " + json, e);
        }
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static JsonNode read(Path document) {
        try {
            return Yaml.mapper().readTree(document.toFile());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
