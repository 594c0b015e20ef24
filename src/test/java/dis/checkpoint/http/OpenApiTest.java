package dis.checkpoint.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.anyOf;
import static org.hamcrest.Matchers.containsInAnyOrder;
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
import dis.checkpoint.support.Manual;
import dis.checkpoint.support.Signer;
import dis.checkpoint.support.TableProxy;
import dis.checkpoint.support.TableProxy.Fault;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.swagger.v3.core.util.Yaml;
import io.swagger.v3.parser.OpenAPIV3Parser;
import jakarta.inject.Inject;
import java.math.BigInteger;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
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
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The OpenAPI document, held against the function: the function accepts what the document accepts, refuses what the document
 * refuses, with the documented error, and answers nothing that the document does not list.
 */
@QuarkusTest
@WithTestResource(
        value = EmbeddedServices.class,
        initArgs = @ResourceArg(name = EmbeddedServices.ACCESS_KEYS, value = "on"))
class OpenApiTest {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String TEXT = Manual.text(Path.of("src/main/resources/META-INF/openapi.yaml"));
    private static final JsonNode DOCUMENT = parse(Yaml.mapper(), TEXT);
    private static final String CHECKPOINTS = "/v2/{project_id}/checkpoints";
    private static final Operation SUBMIT = new Operation("post", CHECKPOINTS);
    private static final Operation QUERY = new Operation("get", CHECKPOINTS);
    private static final Operation DELETE = new Operation("delete", CHECKPOINTS);
    private static final JsonNode SUBMISSION = DOCUMENT.at("/components/schemas/CheckpointSubmission");
    private static final JsonNode EXAMPLES = SUBMIT.node().at("/requestBody/content/application~1json/examples");

    /** The words of a description that name the error of a broken rule. */
    private static final Pattern ELSE = Pattern.compile("\\belse (DIS\\.\\d{4})\\.");

    /** The maximum of a number that is sent as a text, for which JSON Schema has no keyword. */
    private static final Pattern MAXIMUM = Pattern.compile("digits, at most (\\d+), else");

    /** An error in the description of a response. */
    private static final Pattern ERROR = Pattern.compile("(?m)^- (DIS\\.\\d{4} .*?\\.) ");

    /** A message of the function: the title of the error, and the rule. */
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

    private record Operation(String method, String path) {

        JsonNode node() {
            return DOCUMENT.path("paths").path(path).path(method);
        }

        Map<String, JsonNode> parameters() {
            Map<String, JsonNode> parameters = new LinkedHashMap<>();
            for (JsonNode list : List.of(DOCUMENT.path("paths").path(path), node())) {
                list.path("parameters").forEach(reference -> {
                    JsonNode parameter = resolved(reference);
                    parameters.put(parameter.path("name").asText(), parameter);
                });
            }
            return parameters;
        }

        boolean hasBody() {
            return node().has("requestBody");
        }

        /** The schemas of the parameters and of the fields of the body, by name. */
        Map<String, JsonNode> inputs() {
            Map<String, JsonNode> inputs = new LinkedHashMap<>();
            parameters().forEach((name, parameter) -> inputs.put(name, parameter.path("schema")));
            if (hasBody()) {
                SUBMISSION
                        .path("properties")
                        .properties()
                        .forEach(field -> inputs.put(field.getKey(), field.getValue()));
            }
            return inputs;
        }

        boolean requires(String name) {
            JsonNode parameter = parameters().get(name);
            return parameter == null
                    ? texts(SUBMISSION.path("required")).contains(name)
                    : parameter.path("required").asBoolean();
        }

        JsonNode response(int status) {
            return resolved(node().path("responses").path("" + status));
        }

        /** The code and the title of each error that is listed for the status. */
        Set<String> errors(int status) {
            return ERROR.matcher(response(status).path("description").asText())
                    .results()
                    .map(error -> error.group(1))
                    .collect(Collectors.toSet());
        }

        int success() {
            List<String> statuses = names(node().path("responses")).stream()
                    .filter(status -> status.startsWith("2"))
                    .toList();
            assertThat(this + " has one success", statuses.size(), is(1));
            return Integer.parseInt(statuses.get(0));
        }

        @Override
        public String toString() {
            return method + ' ' + path;
        }
    }

    static Stream<Operation> operations() {
        return DOCUMENT.path("paths").properties().stream()
                .flatMap(path -> names(path.getValue()).stream()
                        .filter(name -> !name.equals("parameters"))
                        .map(method -> new Operation(method, path.getKey())));
    }

    // The document

    @Test
    void anotherParserAcceptsTheDocument() {
        assertThat(DOCUMENT.path("openapi").asText(), is("3.1.0"));
        assertThat(new OpenAPIV3Parser().readContents(TEXT).getMessages(), is(empty()));
    }

    @Test
    void everyComponentIsReferenced() {
        Set<String> components = new TreeSet<>();
        for (String kind : List.of("parameters", "schemas", "headers", "responses")) {
            names(DOCUMENT.path("components").path(kind))
                    .forEach(name -> components.add("#/components/" + kind + '/' + name));
        }
        assertThat(new TreeSet<>(DOCUMENT.findValuesAsText("$ref")), is(components));
    }

    @Test
    void everyPartHasADescription() {
        List<String> undescribed = new ArrayList<>();
        operations().forEach(operation -> requireDescription(operation.node(), operation.toString(), undescribed));
        requireDescriptions(DOCUMENT, "", undescribed);
        assertThat("without a description", undescribed, is(empty()));
    }

    private static void requireDescriptions(JsonNode node, String path, List<String> undescribed) {
        Set<String> described =
                Set.of("parameters", "responses", "headers", "schemas", "properties", "securitySchemes");
        node.properties().forEach(child -> {
            String childPath = path + '/' + child.getKey();
            if (described.contains(child.getKey())) {
                child.getValue().forEach(part -> requireDescription(part, childPath + ": " + part, undescribed));
            }
            requireDescriptions(child.getValue(), childPath, undescribed);
        });
    }

    private static void requireDescription(JsonNode part, String path, List<String> undescribed) {
        if (resolved(part).path("description").asText().isBlank()) {
            undescribed.add(path);
        }
    }

    /** A field that one of the three lacks makes this test fail. */
    @Test
    void codeDocumentAndManualHaveTheSameFields() {
        Set<String> documented = Set.copyOf(names(SUBMISSION.path("properties")));
        assertThat("fields in openapi.yaml", documented, is(FieldRule.declared().keySet()));
        Set<String> inTheManual = Manual.rows("api.md", "Fields and parameters").keySet();
        assertThat("fields in api.md", inTheManual, is(FieldRule.ALL.keySet()));
        Set<String> parameters = new TreeSet<>(FieldRule.IN_A_QUERY);
        parameters.add("project_id");
        assertThat(Set.copyOf(QUERY.parameters().keySet()), is(parameters));
        assertThat(Set.copyOf(DELETE.parameters().keySet()), is(parameters));
    }

    // Requests

    @Test
    void examplesAreAnsweredAsDocumented() {
        Map<String, JsonNode> app = change("app_name", text(Api.newApp()));
        JsonNode answers =
                QUERY.response(200).path("content").path(ErrorBody.MEDIA_TYPE).path("examples");
        assertThat(body(answer(request(QUERY, app))), is(answers.at("/none/value")));
        assertThat(answer(request(SUBMIT, app)).getStatusCode(), is(201));
        assertThat(body(answer(request(QUERY, app))), is(answers.at("/stored/value")));
        for (JsonNode example : EXAMPLES) {
            Map<String, JsonNode> fields = new HashMap<>();
            example.path("value").properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
            fields.putAll(app);
            assertThat(example.toString(), answer(request(SUBMIT, fields)).getStatusCode(), is(201));
        }
    }

    @ParameterizedTest
    @MethodSource("operations")
    void callNeedsOneOfTheCredentials(Operation operation) {
        JsonNode schemes = DOCUMENT.at("/components/securitySchemes");
        assertThat(DOCUMENT.path("security").findValues("token").size(), is(1));
        assertThat(DOCUMENT.path("security").findValues("signature").size(), is(1));
        APIGatewayV2HTTPEvent withToken = request(operation, Map.of());
        APIGatewayV2HTTPEvent signed = Signer.with(Api.KEY, Signer.Form.DIS).sign(request(operation, Map.of()));
        Map.of("token", withToken, "signature", signed).forEach((name, request) -> {
            assertThat(name, answer(request).getStatusCode(), is(operation.success()));
            String header = schemes.path(name).path("name").asText();
            request.getHeaders().remove(header.toLowerCase(Locale.ROOT));
            assertThat("without " + header, answer(request).getStatusCode(), is(401));
        });
    }

    static Stream<Arguments> inputs() {
        return operations()
                .flatMap(operation -> operation.inputs().keySet().stream().map(name -> arguments(operation, name)));
    }

    @ParameterizedTest
    @MethodSource("inputs")
    void functionHoldsTheDocumentedRule(Operation operation, String name) {
        JsonNode schema = operation.inputs().get(name);
        JsonNode parameter = operation.parameters().get(name);
        for (JsonNode value : values(name, schema)) {
            if (parameter == null || canBeSent(operation, parameter, value)) {
                JsonNode read = parameter == null ? value : asRead(value, schema);
                boolean acceptable = accepts(schema, read) && !exceeds(resolved(schema), read);
                check(operation, name, value, acceptable, answer(request(operation, change(name, value))));
            }
        }
        boolean canBeLeftOut =
                parameter == null || parameter.path("in").asText().equals("query");
        if (canBeLeftOut) {
            JsonNode none = JsonNodeFactory.instance.nullNode();
            check(operation, name, none, !operation.requires(name), answer(request(operation, change(name, null))));
        }
    }

    /** A parameter is a text. In a path, a slash would end it, and nothing is no last part. */
    private static boolean canBeSent(Operation operation, JsonNode parameter, JsonNode value) {
        String last = '{' + parameter.path("name").asText() + '}';
        return value.isTextual()
                && !(parameter.path("in").asText().equals("path")
                        && (value.asText().contains("/")
                                || value.asText().isEmpty() && operation.path().endsWith(last)));
    }

    /** Digits in a query are an integer, if the schema has one and JSON spells it so. */
    private static JsonNode asRead(JsonNode value, JsonNode schema) {
        return schema.path("type").asText().equals("integer") && value.asText().matches("0|-?[1-9]\\d{0,17}")
                ? JsonNodeFactory.instance.numberNode(Long.parseLong(value.asText()))
                : value;
    }

    private static void check(
            Operation operation, String name, JsonNode value, boolean acceptable, APIGatewayV2HTTPResponse answer) {
        String sent = value.toString();
        String what = "%s, %s = %s is %s by openapi.yaml: "
                .formatted(
                        operation,
                        name,
                        sent.length() <= 80
                                ? sent
                                : sent.substring(0, 20) + "... (%d characters)".formatted(sent.length()),
                        acceptable ? "accepted" : "refused");
        if (acceptable) {
            // A well-formed project may still be that of another caller.
            boolean isForbidden = name.equals("project_id") && !value.asText().equals(Api.PROJECT);
            assertThat(what + answer.getBody(), answer.getStatusCode(), is(isForbidden ? 403 : operation.success()));
            return;
        }
        assertThat(what + answer.getBody(), answer.getStatusCode(), is(400));
        JsonNode refusal = body(answer);
        JsonNode schema = resolved(operation.inputs().get(name));
        String code = refusal.path("errorCode").asText();
        boolean isField = !operation.parameters().containsKey(name);
        if (isField && !value.isNull() && !accepts(schema(Map.of("type", schema.path("type"))), value)) {
            assertThat(what, code, is(DisError.REQUEST_ERROR.code()));
        } else {
            requireInDescription(what, "else " + code + '.', schema);
        }
        if (code.equals(group(ELSE, schema)) && !value.isNull()) {
            Matcher message = MESSAGE.matcher(refusal.path("message").asText());
            assertThat(what + refusal, message.matches(), is(true));
            requireInDescription(what, message.group(2), schema);
        }
        assertThat(
                what + "the errors of its 400",
                operation.errors(400).stream().anyMatch(error -> error.startsWith(code)),
                is(true));
    }

    private static void requireInDescription(String what, String sentence, JsonNode schema) {
        String description = schema.path("description").asText();
        assertThat(
                "%sthe description lacks \"%s\": %s".formatted(what, sentence, description),
                description.contains(sentence),
                is(true));
    }

    private static String group(Pattern pattern, JsonNode schema) {
        Matcher matcher = pattern.matcher(schema.path("description").asText());
        return matcher.find() ? matcher.group(1) : "";
    }

    private static boolean exceeds(JsonNode schema, JsonNode value) {
        String maximum = group(MAXIMUM, schema);
        return !maximum.isEmpty()
                && value.isTextual()
                && new BigInteger(value.asText()).compareTo(new BigInteger(maximum)) > 0;
    }

    /**
     * Values on both sides of each rule: those of {@link FieldRule}, the lengths and numbers at its bounds, each ASCII
     * character, and each example with one character changed. A rule that is changed only in the document fails the test.
     */
    private static Set<JsonNode> values(String name, JsonNode schema) {
        Set<JsonNode> values = new LinkedHashSet<>();
        FieldRule rule = FieldRule.ALL.get(name);
        if (rule != null) {
            Stream.of(rule.valid().stream(), rule.invalid().stream(), rule.wrongTypes())
                    .flatMap(each -> each)
                    .forEach(value -> values.add(MAPPER.valueToTree(value)));
        }
        values.add(text(""));
        for (String letter : List.of("a", "0", "1", "\uD83D\uDE00")) {
            values.addAll(List.of(text(letter), text(letter.repeat(LENGTHS))));
            for (int length = 1; length <= LENGTHS; length++) {
                JsonNode shorter = text(letter.repeat(length - 1));
                JsonNode longer = text(letter.repeat(length));
                if (accepts(schema, shorter) != accepts(schema, longer)) {
                    values.addAll(List.of(shorter, longer));
                }
            }
        }
        for (char c = 0; c < 128; c++) {
            values.add(text("1" + c));
        }
        for (String bound : List.of("minimum", "maximum")) {
            if (resolved(schema).has(bound)) {
                BigInteger number = resolved(schema).path(bound).bigIntegerValue();
                Stream.of(number.subtract(BigInteger.ONE), number, number.add(BigInteger.ONE))
                        .forEach(near -> values.add(JsonNodeFactory.instance.numberNode(near)));
            }
        }
        for (JsonNode example : EXAMPLES) {
            String text = example.path("value").path(name).asText();
            for (int i = 0; i < text.length(); i++) {
                String letter = text.substring(i, i + 1);
                for (String other : List.of(
                        "", letter + letter, letter.toUpperCase(Locale.ROOT), letter.toLowerCase(Locale.ROOT), "9")) {
                    values.add(text(text.substring(0, i) + other + text.substring(i + 1)));
                }
            }
        }
        return values;
    }

    // Answers

    @ParameterizedTest
    @MethodSource("operations")
    void successIsDocumented(Operation operation) {
        isDocumented(
                operation, operation.success(), answer(request(operation, change("app_name", text(Api.newApp())))));
    }

    static Stream<Arguments> errors() {
        return operations()
                .flatMap(operation -> Stream.of(DisError.values()).map(error -> arguments(operation, error)));
    }

    /** An error that cannot happen to a call is not listed there. */
    @ParameterizedTest
    @MethodSource("errors")
    void errorIsListedExactlyWhereTheFunctionAnswersIt(Operation operation, DisError error) {
        if (error == DisError.BUG && operation.equals(DELETE)) {
            return; // DELETE reads no attribute that could be malformed.
        }
        APIGatewayV2HTTPResponse answer = provoke(error, operation);
        String listed = error.code() + ' ' + error.title();
        if (answer.getStatusCode() < 300) {
            assertThat(error + " did not happen", operation.errors(error.status()), not(hasItem(listed)));
            return;
        }
        assertThat(answer.getBody(), answer.getStatusCode(), is(error.status()));
        assertThat(body(answer).path("errorCode").asText(), is(error.code()));
        assertThat("errors listed for " + error.status(), operation.errors(error.status()), hasItem(listed));
        isDocumented(operation, error.status(), answer);
    }

    @ParameterizedTest
    @MethodSource("operations")
    void everyListedErrorIsInTheCatalogue(Operation operation) {
        Map<Integer, Set<String>> catalogue = new TreeMap<>();
        for (DisError error : DisError.values()) {
            catalogue
                    .computeIfAbsent(error.status(), status -> new TreeSet<>())
                    .add(error.code() + ' ' + error.title());
        }
        for (String status : names(operation.node().path("responses"))) {
            int number = Integer.parseInt(status);
            Set<String> unknown = new TreeSet<>(operation.errors(number));
            assertThat(status + " lists errors", unknown.isEmpty(), is(number < 300));
            unknown.removeAll(catalogue.getOrDefault(number, Set.of()));
            assertThat(status, unknown, is(empty()));
        }
    }

    /** Makes a call that is refused with the error, unless the error cannot happen to it. */
    private APIGatewayV2HTTPResponse provoke(DisError error, Operation operation) {
        JsonNode app = text(Api.newApp());
        APIGatewayV2HTTPEvent request = request(operation, change("app_name", app));
        switch (error) {
            case EMPTY_TOKEN -> request.getHeaders().remove("x-auth-token");
            case INVALID_TOKEN -> request.getHeaders().put("x-auth-token", "unknown");
            case FORBIDDEN -> request = request(operation, change("project_id", text(Api.OTHER_PROJECT)));
            case INVALID_PROJECT_ID -> request = request(operation, change("project_id", text("project.1")));
            case INVALID_REQUEST -> request = request(operation, change("app_name", text("new.app")));
            case NOT_FOUND -> request.setRawPath(request.getRawPath() + "/0");
            case METHOD_NOT_ALLOWED -> request.getRequestContext().getHttp().setMethod("PUT");
            case NOT_ACCEPTABLE -> request.getHeaders().put("accept", "text/html");
            case TOO_LARGE -> request.setBody(" ".repeat(16 * 1024 + 1));
            case UNSUPPORTED_MEDIA_TYPE -> request.getHeaders().put("content-type", "text/plain");
            case INVALID_PARTITION_ID ->
                request = request(operation, Map.of("partition_id", text("x"), "start_partition_id", text("x")));
            case EMPTY_REQUEST -> request.setBody(null);
            case INVALID_SEQUENCE_NUMBER -> request = request(operation, change("sequence_number", text("x")));
            case SEQUENCE_NUMBER_OUT_OF_RANGE -> submit(Map.of("app_name", app, "sequence_number", text("42")));
            case REQUEST_ERROR -> request.setBody("{");
            case ILLEGAL_GENERATION -> {
                submit(Map.of("app_name", app, "generation_id", MAPPER.valueToTree(3)));
                request = request(operation, Map.of("app_name", app, "generation_id", MAPPER.valueToTree(2)));
            }
            case TRAFFIC_LIMIT -> proxy.failWith(() -> Fault.THROTTLED);
            case UNAVAILABLE -> proxy.failWith(() -> Fault.SERVER_ERROR);
            // The partition of the examples, and a partition behind the one where the example of a list starts.
            case BUG ->
                List.of("0000000000", "9999999999")
                        .forEach(partition -> dynamoDb.putItem(put -> put.tableName(EmbeddedServices.TABLE)
                                .item(Map.of(
                                        "consumer", AttributeValue.fromS(Api.PROJECT + "/newstream/" + app.asText()),
                                        "checkpoint", AttributeValue.fromS("LAST_READ/" + partition),
                                        "sequence_number", AttributeValue.fromS("a text")))));
        }
        return answer(request);
    }

    private void submit(Map<String, JsonNode> fields) {
        assertThat(answer(request(SUBMIT, fields)).getStatusCode(), is(201));
    }

    @Test
    void documentedSizeIsTheLargestBody() {
        Matcher size = Pattern.compile("larger than (\\d+) KiB\\.")
                .matcher(SUBMIT.response(413).path("description").asText());
        assertThat(size.find(), is(true));
        int bytes = 1024 * Integer.parseInt(size.group(1));
        APIGatewayV2HTTPEvent request = request(SUBMIT, Map.of());
        request.setBody(request.getBody() + " ".repeat(bytes - request.getBody().length()));
        assertThat(answer(request).getStatusCode(), is(201));
        request.setBody(request.getBody() + ' ');
        assertThat(answer(request).getStatusCode(), is(413));
    }

    /** The answer has exactly the documented headers, and the documented media type and fields. */
    private static void isDocumented(Operation operation, int status, APIGatewayV2HTTPResponse answer) {
        JsonNode response = operation.response(status);
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
            assertThat(answer.getBody(), accepts(schema, body(answer)), is(true));
            List<String> fields = names(resolved(schema).path("properties"));
            assertThat(names(body(answer)), containsInAnyOrder(fields.toArray()));
            assertThat(
                    "required fields of the answer", texts(resolved(schema).path("required")), is(Set.copyOf(fields)));
        }
        assertThat("headers", headers.keySet(), is(Set.copyOf(names(response.path("headers")))));
        headers.forEach((name, value) -> assertThat(
                name, accepts(resolved(response.path("headers").path(name)).path("schema"), text(value)), is(true)));
    }

    // Helpers

    private APIGatewayV2HTTPResponse answer(APIGatewayV2HTTPEvent request) {
        return function.handleRequest(request, null);
    }

    private static JsonNode body(APIGatewayV2HTTPResponse answer) {
        return parse(MAPPER, answer.getBody());
    }

    /** A change of one input, of an app of its own. */
    private static Map<String, JsonNode> change(String name, JsonNode value) {
        Map<String, JsonNode> changes = new HashMap<>(Map.of("app_name", text(Api.newApp())));
        changes.put(name, value);
        return changes;
    }

    /**
     * The request that the examples of the document make up.
     *
     * @param changes other values for parameters and fields that the operation has; {@code null} leaves one out
     */
    private static APIGatewayV2HTTPEvent request(Operation operation, Map<String, JsonNode> changes) {
        String path = operation.path();
        StringJoiner query = new StringJoiner("&");
        for (Map.Entry<String, JsonNode> parameter : operation.parameters().entrySet()) {
            JsonNode value = changes.getOrDefault(
                    parameter.getKey(), parameter.getValue().path("example"));
            if (parameter.getValue().path("in").asText().equals("path")) {
                path = path.replace('{' + parameter.getKey() + '}', value.asText());
            } else if (value != null) {
                query.add(parameter.getKey()
                        + '='
                        + URLEncoder.encode(value.asText(), UTF_8).replace("+", "%20"));
            }
        }
        ObjectNode body = null;
        if (operation.hasBody()) {
            body = EXAMPLES.at("/reference/value").deepCopy();
            Map<String, JsonNode> fields = new HashMap<>(changes);
            fields.keySet().removeAll(operation.parameters().keySet());
            for (Map.Entry<String, JsonNode> field : fields.entrySet()) {
                if (field.getValue() == null) {
                    body.remove(field.getKey());
                } else {
                    body.set(field.getKey(), field.getValue());
                }
            }
        }
        APIGatewayV2HTTPEvent request = Events.event(
                operation.method().toUpperCase(Locale.ROOT), query.toString(), body == null ? null : body.toString());
        request.setRawPath(path);
        return request;
    }

    /** The target of a reference; another node as it is. */
    private static JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? DOCUMENT.at(node.path("$ref").asText().substring(1)) : node;
    }

    private static final Map<JsonNode, JsonSchema> SCHEMAS = new HashMap<>();

    private static boolean accepts(JsonNode schema, JsonNode value) {
        return SCHEMAS.computeIfAbsent(schema, OpenApiTest::compile)
                .validate(value)
                .isEmpty();
    }

    /** In ECMA-262, whose patterns JSON Schema uses, {@code $} does not match before a line break at the end. */
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

    private static JsonNode schema(Map<String, JsonNode> keywords) {
        return MAPPER.valueToTree(keywords);
    }

    private static JsonNode text(String text) {
        return JsonNodeFactory.instance.textNode(text);
    }

    private static JsonNode parse(ObjectMapper mapper, String text) {
        try {
            return mapper.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static Set<String> texts(JsonNode array) {
        Set<String> texts = new TreeSet<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
