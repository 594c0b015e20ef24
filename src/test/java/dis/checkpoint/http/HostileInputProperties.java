package dis.checkpoint.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dis.checkpoint.support.Api;
import dis.checkpoint.support.Events;
import dis.checkpoint.support.HostileAuthorizations;
import dis.checkpoint.support.Signer;
import dis.checkpoint.support.Way;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.enterprise.util.TypeLiteral;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;

/** Properties that hold for any input; run by {@link HostileInputIT}. Most inputs have a valid token, so that they get far. */
class HostileInputProperties {

    /** Part of most generated texts: an answer that contains it repeats input of the caller. */
    static final String MARK = "h0stile";

    /** The partition keys of the checkpoints that were acknowledged. */
    static final Set<String> ACKNOWLEDGED = ConcurrentHashMap.newKeySet();

    /** The number of answers by status. */
    static final Map<Integer, Integer> ANSWERS = new ConcurrentSkipListMap<>();

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private static final Pattern INSIDE = Pattern.compile(
            "Exception|\\.java|\\b(java|dis|io|com|org)\\.|\\tat |\\bat [a-z]+\\.|" + MARK + "|" + Api.TOKEN,
            Pattern.CASE_INSENSITIVE);

    private static final List<String> FIELDS = List.copyOf(FieldRule.ALL.keySet());

    private final RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> function = CDI.current()
            .select(new TypeLiteral<RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse>>() {})
            .get();

    @Property
    void anyJsonInTheBody(@ForAll("submissions") String body) throws IOException {
        isAnswered(Events.event("POST", "", body));
    }

    @Property
    void anyBytesInTheBody(@ForAll Way way, @ForAll("bodies") byte[] body) throws IOException {
        APIGatewayV2HTTPEvent event =
                Events.event("POST", "", Base64.getEncoder().encodeToString(body));
        event.setIsBase64Encoded(true);
        isAnswered(way, event);
    }

    @Property
    void anyRequest(
            @ForAll Way way,
            @ForAll("methods") String method,
            @ForAll("paths") String path,
            @ForAll("queries") String query,
            @ForAll("headers") Map<String, String> headers,
            @ForAll("submissions") String body)
            throws IOException {
        APIGatewayV2HTTPEvent event = Events.event(method, query, method.equals("GET") ? null : body);
        event.setRawPath(path);
        event.getHeaders().putAll(headers);
        isAnswered(way, event);
    }

    @Property
    void anyEvent(
            @ForAll Way way,
            @ForAll("damages") List<Tuple2<String, JsonNode>> damages,
            @ForAll("submissions") String body)
            throws IOException {
        ObjectNode json = way.event(Events.event("POST", "", body));
        for (Tuple2<String, JsonNode> damage : damages) {
            replace(json, damage.get1(), damage.get2());
        }
        APIGatewayV2HTTPEvent event =
                CDI.current().select(ObjectMapper.class).get().treeToValue(json, APIGatewayV2HTTPEvent.class);
        APIGatewayV2HTTPResponse response = answer(event);
        if (response.getMultiValueHeaders() != null) {
            response.setHeaders(new HashMap<>());
            response.getMultiValueHeaders()
                    .forEach((name, values) -> response.getHeaders().put(name, values.get(0)));
        }
        check(event, response);
    }

    /** A field of another type, or of blanks alone, is refused, and never taken for a field that was left out. */
    @Property
    void aFieldOfAnotherTypeOrOfBlanks(@ForAll("fields") String field, @ForAll("wrongValues") JsonNode value)
            throws IOException {
        boolean isText = FieldRule.ALL.get(field).isText();
        Assume.that(!(isText
                && value.isTextual()
                && List.of("metadata", "client_id").contains(field)));
        Assume.that(isText || !value.isIntegralNumber());
        APIGatewayV2HTTPEvent event =
                Events.post(Api.submission(Api.newApp(), "2").with(field, value));
        isAnswered(event);
        assertEquals(400, answer(event).getStatusCode(), event::getBody);
    }

    @Provide
    Arbitrary<String> fields() {
        return Arbitraries.of(FIELDS);
    }

    @Provide
    Arbitrary<JsonNode> wrongValues() {
        Arbitrary<String> blanks = Arbitraries.strings()
                .withCharRange('\u0000', ' ')
                .withChars("\u00a0\u2003\u3000\ufeff")
                .ofMaxLength(5);
        return Arbitraries.oneOf(
                blanks.map(TextNode::valueOf),
                Arbitraries.of(true, false).map(BooleanNode::valueOf),
                Arbitraries.doubles().map(DoubleNode::valueOf),
                Arbitraries.longs().map(LongNode::valueOf),
                Arbitraries.of("[]", "{}", "[\"x\"]", "[7]", "{\"a\":\"x\"}", "[[]]")
                        .map(HostileInputProperties::tree));
    }

    @Property
    void anyAuthorization(@ForAll("authorizations") String authorization, @ForAll("submissions") String body)
            throws IOException {
        APIGatewayV2HTTPEvent event = Events.event("POST", "", body);
        event.getHeaders().remove("x-auth-token");
        event.getHeaders().put("x-sdk-date", Signer.date(Instant.now()));
        event.getHeaders().put("authorization", authorization);
        isAnswered(event);
        boolean isTooLarge = body.getBytes(StandardCharsets.UTF_8).length > 16 * 1024;
        assertEquals(isTooLarge ? 413 : 401, answer(event).getStatusCode());
    }

    @Provide
    Arbitrary<String> authorizations() {
        return HostileAuthorizations.of(Api.KEY);
    }

    private static void replace(ObjectNode event, String path, JsonNode value) {
        ObjectNode parent = event;
        String[] names = path.split("/");
        for (int i = 0; i < names.length - 1; i++) {
            if (!(parent.get(names[i]) instanceof ObjectNode child)) {
                return;
            }
            parent = child;
        }
        parent.set(names[names.length - 1], value);
    }

    private void isAnswered(APIGatewayV2HTTPEvent event) throws IOException {
        check(event, answer(event));
    }

    private void isAnswered(Way way, APIGatewayV2HTTPEvent call) throws IOException {
        APIGatewayV2HTTPResponse response =
                way.answer(function, CDI.current().select(ObjectMapper.class).get(), call);
        ANSWERS.merge(response.getStatusCode(), 1, Integer::sum);
        check(call, response);
    }

    private APIGatewayV2HTTPResponse answer(APIGatewayV2HTTPEvent event) {
        APIGatewayV2HTTPResponse response = function.handleRequest(event, null);
        ANSWERS.merge(response.getStatusCode(), 1, Integer::sum);
        return response;
    }

    private static void check(APIGatewayV2HTTPEvent event, APIGatewayV2HTTPResponse response) throws IOException {
        int status = response.getStatusCode();
        Map<String, String> others = new HashMap<>(response.getHeaders());
        // The gateway makes this id, not the caller.
        assertNotNull(others.remove("X-Request-Id"));
        String headers = others.toString();
        assertFalse(headers.contains(MARK) || headers.contains(Api.TOKEN), headers);
        switch (status) {
            case 201 -> {
                acknowledge(event);
                assertTrue(response.getBody() == null || response.getBody().isEmpty(), response.getBody());
            }
            case 200, 204 -> assertEquals(status == 200 && is(event, "GET"), response.getBody() != null);
            default -> {
                assertTrue(status >= 400 && status < 500, () -> status + " " + response.getBody());
                if (!is(event, "HEAD")) {
                    isError(response);
                }
            }
        }
    }

    private static boolean is(APIGatewayV2HTTPEvent event, String method) {
        return event != null
                && event.getRequestContext() != null
                && event.getRequestContext().getHttp() != null
                && method.equals(event.getRequestContext().getHttp().getMethod());
    }

    private static void isError(APIGatewayV2HTTPResponse response) throws IOException {
        assertEquals(Api.MEDIA_TYPE, response.getHeaders().get("Content-Type"));
        assertNotNull(response.getBody());
        assertFalse(response.getIsBase64Encoded());
        ObjectNode error = (ObjectNode) MAPPER.readTree(response.getBody());
        Iterator<String> names = error.fieldNames();
        assertEquals("errorCode", names.next());
        assertEquals(5, error.size());
        assertTrue(error.path("errorCode").asText().matches("DIS\\.4\\d{3}"), response.getBody());
        assertEquals(error.get("errorCode"), error.get("error_code"));
        assertEquals(error.get("message"), error.get("error_msg"));
        error.remove("request_id"); // The gateway makes it.
        assertFalse(INSIDE.matcher(error.path("message").asText()).find(), response.getBody());
    }

    private static void acknowledge(APIGatewayV2HTTPEvent event) throws IOException {
        String body = event.getIsBase64Encoded()
                ? new String(Base64.getDecoder().decode(event.getBody()), StandardCharsets.UTF_8)
                : event.getBody();
        JsonNode submission = MAPPER.readTree(body);
        ACKNOWLEDGED.add(Api.PROJECT
                + '/'
                + submission.path("stream_name").asText()
                + '/'
                + submission.path("app_name").asText());
    }

    /** Texts that have broken other programs, with and without the mark, and random ones. */
    private static Arbitrary<String> texts() {
        Arbitrary<String> known = oneOf("""
                        ["", " ", "DIS.4224", "\\u0000", "\\r\\nX-Injected: 1", "../..", "%2e%2e%2f", "${jndi:x}", "#{1+1}",
                         "{{7*7}}", "' OR '1'='1", "<script>", "\\ud800", "\\ufeff", "\\u202e", "\\uff11", "\\ud83d\\ude00",
                         "NaN", "null", "-1", "1e3", "0x1", "01", "9223372036854775808", "shardId-0", "shardId-00000000001",
                         "LAST_READ ", "last_read", ":sequence_number", "attribute_not_exists(a)"]""", "a".repeat(300), "9".repeat(5_000));
        return Arbitraries.oneOf(
                known.map(text -> MARK + text),
                known.map(text -> text + MARK),
                known,
                Arbitraries.strings().ofMaxLength(40));
    }

    /**
     * @param values a JSON array of texts
     * @param more texts that are too long to write down
     */
    private static Arbitrary<String> oneOf(String values, String... more) {
        List<String> texts = new ArrayList<>(List.of(more));
        tree(values).forEach(text -> texts.add(text.textValue()));
        return Arbitraries.of(texts);
    }

    private static Arbitrary<String> json() {
        Arbitrary<String> leaf = Arbitraries.oneOf(
                texts().map(HostileInputProperties::quoted),
                oneOf("""
                        ["null", "true", "false", "0", "-0", "-1", "1", "1.0", "1e400", "-1e-400", "9223372036854775807",
                         "9223372036854775808", "0.1", "{}", "[]", "NaN", "Infinity", "01", "+1", ".5", "\\"\\\\ud800\\"",
                         "\\"\\\\u0000\\"", "\\"\\\\x\\"", "\\"", "'a'", "", "undefined"]""", "1".repeat(2_000), "[".repeat(2_000), "{\"a\":".repeat(1_200), "1e" + "9".repeat(1_500)),
                Arbitraries.longs().map(String::valueOf),
                Arbitraries.doubles().map(String::valueOf));
        return Arbitraries.lazyOf(
                () -> leaf,
                () -> leaf,
                () -> leaf,
                () -> json().list().ofMaxSize(3).map(values -> "[" + String.join(",", values) + "]"),
                () -> Combinators.combine(texts(), json()).as((name, value) -> "{" + quoted(name) + ":" + value + "}"));
    }

    private static String quoted(String text) {
        try {
            return MAPPER.writeValueAsString(text);
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Mostly valid submissions with a few members replaced, removed, repeated or added. */
    @Provide
    Arbitrary<String> submissions() {
        Arbitrary<Tuple2<String, String>> member = Combinators.combine(
                        Arbitraries.oneOf(Arbitraries.of(FIELDS), Arbitraries.of(FIELDS), texts()), json())
                .as(Tuple::of);
        Arbitrary<String> damaged = Combinators.combine(
                        member.list().ofMaxSize(2),
                        Arbitraries.of(FIELDS).set().ofMaxSize(1),
                        Arbitraries.of(true, true, false))
                .as((added, removed, replacing) -> FIELDS.stream()
                                .filter(field -> !removed.contains(field))
                                .filter(field -> !replacing
                                        || added.stream()
                                                .noneMatch(replacement ->
                                                        replacement.get1().equals(field)))
                                .map(field -> quoted(field) + ":" + valid(field))
                                .collect(Collectors.joining(",", "{", ""))
                        + added.stream()
                                .map(addition -> "," + quoted(addition.get1()) + ":" + addition.get2())
                                .collect(Collectors.joining())
                        + "}");
        Arbitrary<String> cut = Combinators.combine(
                        damaged, Arbitraries.integers().between(0, 250))
                .as((text, length) -> text.substring(0, Math.min(length, text.length())));
        return Arbitraries.frequencyOf(
                Tuple.of(8, damaged), Tuple.of(1, json()), Tuple.of(1, cut), Tuple.of(1, texts()));
    }

    private static String valid(String field) {
        return switch (field) {
            case "app_name" -> "\"hostile-input\"";
            case "checkpoint_type" -> "\"LAST_READ\"";
            case "generation_id" -> "7";
            default -> "\"7\"";
        };
    }

    @Provide
    Arbitrary<byte[]> bodies() {
        Arbitrary<byte[]> bytes = Arbitraries.bytes().array(byte[].class).ofMaxSize(200);
        Arbitrary<byte[]> encoded = Combinators.combine(
                        submissions(),
                        Arbitraries.of(
                                StandardCharsets.UTF_8,
                                StandardCharsets.UTF_16,
                                StandardCharsets.UTF_16LE,
                                StandardCharsets.ISO_8859_1))
                .as(String::getBytes);
        Arbitrary<byte[]> flipped = Combinators.combine(
                        encoded, Arbitraries.integers().between(0, 300), Arbitraries.bytes())
                .as((text, at, value) -> {
                    byte[] copy = text.clone();
                    if (at < copy.length) {
                        copy[at] = value;
                    }
                    return copy;
                });
        Arbitrary<byte[]> large =
                Arbitraries.of(16_384, 16_385, 100_000, 1_000_000).map(byte[]::new);
        return Arbitraries.frequencyOf(
                Tuple.of(8, encoded), Tuple.of(8, flipped), Tuple.of(4, bytes), Tuple.of(1, large));
    }

    @Provide
    Arbitrary<String> methods() {
        return Arbitraries.oneOf(Arbitraries.of("POST", "GET"), oneOf("""
                        ["POST", "GET", "PUT", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT", "post", "FOO", "", "GET /",
                         "POST\\r\\n", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "PRI"]"""));
    }

    @Provide
    Arbitrary<String> paths() {
        Arbitrary<String> any =
                Combinators.combine(texts(), texts()).as((project, rest) -> "/v2/" + project + "/" + rest);
        Arbitrary<String> lists = Combinators.combine(
                        Arbitraries.oneOf(Arbitraries.just("hostile-query"), texts()),
                        Arbitraries.oneOf(Arbitraries.just("newstream"), texts()))
                .as(Api::listPath);
        return Arbitraries.oneOf(
                Arbitraries.just(Api.path()),
                lists,
                lists.map(HostileInputProperties::percentEncoded),
                oneOf("""
                        ["/", "//", "", "?app_name=a", "#a"]""").map(Api.path()::concat),
                oneOf("""
                        ["/", "", "*", "//", "/%", "/%zz", "/v2/%ff/checkpoints", "/v2", "/v2/", "/v2/;/checkpoints",
                         "http://a/v2/b/checkpoints", "/q/dev", "/../../etc/passwd", "/_lambda_"]""", "/v2/" + "a".repeat(9_000) + "/checkpoints"),
                any,
                any.map(HostileInputProperties::percentEncoded),
                texts());
    }

    private static String percentEncoded(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = b == '/' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z';
            encoded.append(plain ? String.valueOf((char) b) : "%%%02X".formatted(b));
        }
        return encoded.toString();
    }

    @Provide
    Arbitrary<String> queries() {
        Arbitrary<String> name = Arbitraries.oneOf(
                Arbitraries.of(
                        "app_name",
                        "stream_name",
                        "checkpoint_type",
                        "partition_id",
                        "start_partition_id",
                        "limit",
                        "stream_id"),
                texts());
        Arbitrary<String> value =
                Arbitraries.oneOf(Arbitraries.of("0", "1", "hostile-input", "LAST_READ", "newstream"), texts());
        Arbitrary<String> pairs = Combinators.combine(name, value)
                .as((n, v) -> percentEncoded(n) + "=" + percentEncoded(v))
                .list()
                .ofMaxSize(6)
                .map(all -> String.join("&", all));
        String valid = "app_name=hostile-query&stream_name=newstream&checkpoint_type=LAST_READ&partition_id=0";
        return Arbitraries.oneOf(
                Arbitraries.just(valid),
                pairs,
                pairs.map(more -> valid + "&" + more),
                Arbitraries.of(
                        "%",
                        "%zz", "%ff", "&&&", "=", "?", "a=%", "a".repeat(20_000), "app_name[]=a", "a;b", valid + "&"),
                texts());
    }

    @Provide
    Arbitrary<Map<String, String>> headers() {
        Arbitrary<String> names = Arbitraries.oneOf(oneOf("""
                        ["content-type", "accept", "content-length", "transfer-encoding", "content-encoding", "expect",
                         "connection", "upgrade", "host", "te", "trailer", "cookie", "accept-encoding", "accept-language",
                         "accept-charset", "if-match", "if-none-match", "if-modified-since", "range", "origin", "date",
                         "x-auth-token", "X-Auth-Token", "X-Forwarded-Port", "x-forwarded-port", "x-forwarded-for",
                         "x-forwarded-host", "x-forwarded-proto", "forwarded", "authorization", "http2-settings",
                         "sec-websocket-key", "access-control-request-method", "access-control-request-headers"]"""), texts());
        Arbitrary<String> values = Arbitraries.oneOf(oneOf("""
                        ["application/json", "application/json; charset=utf-16", "application/json;charset=h0stile", "/", "a/b;c",
                         "*/*", "text/html", "application/json;q=2", "chunked", "gzip", "deflate", "br", "identity",
                         "100-continue", "close", "upgrade", "h2c", "websocket", "0", "5", "-1", "99999999999999999999", "70000",
                         ",", ",,", ";", "=", "\\"", "a=\\"", "bytes=0-", "*", "\\t", "\\u00e4"]""", "x".repeat(70_000)), texts());
        return Arbitraries.maps(names, values).ofMaxSize(4);
    }

    @Provide
    Arbitrary<List<Tuple2<String, JsonNode>>> damages() {
        Arbitrary<String> paths = oneOf("""
                ["version", "routeKey", "rawPath", "rawQueryString", "headers", "cookies", "queryStringParameters",
                 "pathParameters", "stageVariables", "body", "isBase64Encoded", "requestContext", "requestContext/http",
                 "requestContext/http/method", "requestContext/http/path", "requestContext/http/sourceIp",
                 "requestContext/http/protocol", "requestContext/requestId", "requestContext/authorizer", "httpMethod", "path",
                 "multiValueHeaders", "multiValueHeaders/x-auth-token", "multiValueQueryStringParameters",
                 "pathParameters/proxy", "requestContext/elb", "requestContext/identity",
                 "requestContext/identity/sourceIp", "requestContext/path", "requestContext/resourcePath",
                 "requestContext/stage",
                 "requestContext/timeEpoch", "headers/x-auth-token", "headers/content-type", "headers/host",
                 "headers/X-Forwarded-Port"]""");
        List<JsonNode> known = new ArrayList<>();
        tree("""
                [null, true, 0, {}, [], "POST", "/", "192.0.2.1", "::1", "70000", [null], ["a=b", "\\r\\n"], {"": ""},
                 {"a": null}, {"a b": "c"}, "e30="]""").forEach(known::add);
        Arbitrary<JsonNode> values =
                Arbitraries.oneOf(texts().map(MAPPER.getNodeFactory()::textNode), Arbitraries.of(known));
        return Combinators.combine(paths, values)
                .as(Tuple::of)
                .list()
                .ofMinSize(1)
                .ofMaxSize(3);
    }

    private static JsonNode tree(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
