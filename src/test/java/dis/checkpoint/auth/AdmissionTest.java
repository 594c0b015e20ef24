package dis.checkpoint.auth;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dis.checkpoint.dev.DynamoDbLocal;
import dis.checkpoint.dev.FakeKeystone;
import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.support.Api;
import dis.checkpoint.support.CapturedLog;
import dis.checkpoint.support.EmbeddedServices;
import dis.checkpoint.support.Events;
import dis.checkpoint.support.Signer;
import dis.checkpoint.support.Signer.Form;
import dis.checkpoint.support.TableProxy;
import dis.checkpoint.support.TableProxy.Fault;
import dis.checkpoint.support.Way;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Authentication in front of the function: callers who are not let in get the right error and cause no request to the table
 * of checkpoints, counted on the way to it. The rules themselves are tested by {@link AuthenticatorTest},
 * {@link SignaturesTest} and {@link KeystoneTest}; here is one row for each.
 */
@QuarkusTest
@WithTestResource(
        value = EmbeddedServices.class,
        initArgs = @ResourceArg(name = EmbeddedServices.ACCESS_KEYS, value = "on"))
class AdmissionTest {

    private static final String TOKEN = "x-auth-token";
    private static final String OTHERS_TOKEN = FakeKeystone.tokenOf(Api.OTHER_PROJECT);
    private static final String OTHERS_PATH = "/v2/" + Api.OTHER_PROJECT + "/checkpoints";
    private static final List<String> METHODS = List.of("POST", "GET", "DELETE", "PUT", "PATCH", "OPTIONS");
    private static final Instant TOMORROW = Instant.now().plusSeconds(86_400);

    @Inject
    RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> function;

    @Inject
    ObjectMapper mapper;

    FakeKeystone iam;
    TableProxy proxy;
    DynamoDbLocal tables;

    private final String app = Api.newApp();
    private final String token = UUID.randomUUID().toString();

    /** A key that no other test uses, so that nothing is cached of it. */
    private final AccessKey key = new AccessKey(
            "AK" + token.replace("-", "").toUpperCase(Locale.ROOT), "secret-" + token, new ProjectId(Api.PROJECT));

    @AfterEach
    void letIamAndTableAnswerAgain() {
        iam.answerWith(iam::handle);
        proxy.recover();
    }

    private APIGatewayV2HTTPEvent event(String method) {
        return method.equals("POST")
                ? Events.post(Api.submission(app, "2"))
                : Events.event(method, Api.query(app, "0"));
    }

    private static APIGatewayV2HTTPEvent with(APIGatewayV2HTTPEvent event, String header, String value) {
        event.getHeaders().put(header, value);
        return event;
    }

    private APIGatewayV2HTTPResponse call(APIGatewayV2HTTPEvent event) {
        return function.handleRequest(event, null);
    }

    private int status(APIGatewayV2HTTPEvent event) {
        return call(event).getStatusCode();
    }

    private int checkpointRequests() {
        return proxy.requests() - proxy.keyRequests();
    }

    private void isRefused(APIGatewayV2HTTPEvent event, int status, String code) throws IOException {
        for (Way way : Way.values()) {
            int before = checkpointRequests();
            APIGatewayV2HTTPResponse response = way.answer(function, mapper, event);
            assertThat("requests to the table", checkpointRequests() - before, is(0));
            JsonNode body = mapper.readTree(response.getBody());
            assertThat(way + " " + body, response.getStatusCode(), is(status));
            assertThat(body.path("errorCode").asText(), is(code));
            assertThat(response.getHeaders().get("Content-Type"), is(Api.MEDIA_TYPE));
            assertThat(
                    response.getHeaders().get("WWW-Authenticate"),
                    is(status == 401 ? "Keystone uri=\"" + iam.endpoint() + "\"" : null));
        }
    }

    private void issue(String token, String project) {
        iam.issue(token, project, FakeKeystone.ROLE, TOMORROW);
    }

    private static Arguments headers(String who, int status, String code, String... namesAndValues) {
        return arguments(who, status, code, List.of(namesAndValues));
    }

    static Stream<Arguments> strangers() {
        return Stream.of(
                headers("no token", 401, "DIS.4113"),
                headers("only commas", 401, "DIS.4113", TOKEN, ",,"),
                headers("unknown", 401, "DIS.4114", TOKEN, "unknown"),
                headers("in another case", 401, "DIS.4114", TOKEN, Api.TOKEN.toUpperCase(Locale.ROOT)),
                headers("of another project", 403, "DIS.4116", TOKEN, OTHERS_TOKEN),
                headers("in two headers", 401, "DIS.4114", TOKEN, Api.TOKEN, "X-Auth-Token", Api.TOKEN),
                headers("a line break", 401, "DIS.4114", TOKEN, "x\r\nX-Auth-Token: " + Api.TOKEN),
                headers("an underscored name", 401, "DIS.4113", "x_auth_token", Api.TOKEN),
                headers("Bearer", 401, "DIS.4113", "authorization", "Bearer " + Api.TOKEN),
                headers("not a signature", 401, "DIS.4114", "authorization", "SDK-HMAC-SHA256 Access=x"),
                headers("a cookie", 401, "DIS.4113", "cookie", "X-Auth-Token=" + Api.TOKEN),
                headers("forged results", 401, "DIS.4113", "x-roles", "admin", "x-identity-status", "Confirmed"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("strangers")
    void strangerIsRefused(String who, int status, String code, List<String> headers) throws IOException {
        for (String method : METHODS) {
            APIGatewayV2HTTPEvent event = event(method);
            event.getHeaders().remove(TOKEN);
            for (int i = 0; i < headers.size(); i += 2) {
                event.getHeaders().put(headers.get(i), headers.get(i + 1));
            }
            isRefused(event, status, code);
        }
    }

    @Test
    void unscopedTokenIsRefused() throws IOException {
        issue(token, null);
        isRefused(with(event("POST"), TOKEN, token), 403, "DIS.4116");
    }

    @Test
    void tokenInTheQueryOrTheBodyIsIgnored() throws IOException {
        APIGatewayV2HTTPEvent inQuery = event("GET");
        inQuery.setRawQueryString(inQuery.getRawQueryString() + "&X-Auth-Token=" + Api.TOKEN);
        APIGatewayV2HTTPEvent inBody = Events.post(Api.submission(app, "2").with("X-Auth-Token", Api.TOKEN));
        for (APIGatewayV2HTTPEvent event : List.of(inQuery, inBody)) {
            event.getHeaders().remove(TOKEN);
            isRefused(event, 401, "DIS.4113");
        }
    }

    private static Arguments forgery(String what, int status, Consumer<APIGatewayV2HTTPEvent> change) {
        return arguments(what, status, change);
    }

    static Stream<Arguments> forgeries() {
        Signer other = Signer.with(Api.OTHER_KEY, Form.DIS);
        return Stream.of(
                forgery("of another project", 403, other::sign),
                forgery("another secret", 401, new Signer(Form.DERIVED, Api.KEY.id(), "x")::sign),
                forgery("another's token beside it", 403, event -> with(event, TOKEN, OTHERS_TOKEN)),
                forgery("two signatures", 401, event -> with(event, "Authorization", "SDK-HMAC-SHA256 Access=x")),
                forgery("another query", 401, event -> event.setRawQueryString("a=b")),
                forgery("another's path", 401, event -> event.setRawPath(OTHERS_PATH)),
                forgery("another body", 401, event -> event.setBody("{}")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("forgeries")
    void forgedSignatureIsRefused(String what, int status, Consumer<APIGatewayV2HTTPEvent> change) throws IOException {
        for (Form form : Form.values()) {
            APIGatewayV2HTTPEvent event = Signer.with(Api.KEY, form).sign(event("POST"));
            change.accept(event);
            isRefused(event, status, status == 401 ? "DIS.4114" : "DIS.4116");
        }
    }

    @ParameterizedTest
    @EnumSource
    void signatureLetsInAndItsKeyIsLookedUpOnce(Form form) {
        tables.issue(EmbeddedServices.ACCESS_KEYS, key);
        Signer member = Signer.with(key, form);
        int before = proxy.keyRequests();
        for (Way way : Way.values()) {
            assertThat(way.answer(function, mapper, member.sign(event("POST"))).getStatusCode(), is(201));
            assertThat(way.answer(function, mapper, member.sign(event("GET"))).getStatusCode(), is(200));
            assertThat(
                    way.answer(function, mapper, member.sign(event("DELETE"))).getStatusCode(), is(204));
        }
        assertThat(proxy.keyRequests() - before, is(1));
    }

    /** A client signs the path that it calls: at a REST API, with the stage before it. */
    @ParameterizedTest
    @EnumSource
    void signatureOverAPathWithAStageHoldsBehindThatStageAlone(Form form) {
        APIGatewayV2HTTPEvent call = event("POST");
        call.setRawPath('/' + Way.STAGE + Api.path());
        Signer.with(Api.KEY, form).sign(call).setRawPath(Api.path());
        for (Way way : Way.values()) {
            assertThat(
                    way.name(),
                    way.answer(function, mapper, call).getStatusCode(),
                    is(way == Way.REST_API ? 201 : 401));
        }
    }

    /** A body that is not UTF-8 comes in base64. */
    @Test
    void bytesOfTheBodyAreSigned() throws IOException {
        String submission = mapper.writeValueAsString(Api.submission(app, "2"));
        APIGatewayV2HTTPEvent event = Signer.with(Api.KEY, Form.DIS).sign(Events.event("POST", "", submission));
        event.setBody(Base64.getEncoder().encodeToString(submission.getBytes(StandardCharsets.UTF_8)));
        event.setIsBase64Encoded(true);
        assertThat(status(event), is(201));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8 * 1024, 16 * 1024})
    void tokenLetsInWhateverItsLength(int length) {
        String padded = token + "x".repeat(length);
        issue(padded, Api.PROJECT);
        // The token is judged alone where a signature comes along.
        APIGatewayV2HTTPEvent event = new Signer(Form.V3, "AKUNKNOWN123", "x").sign(event("POST"));
        assertThat(status(with(event, TOKEN, padded)), is(201));
    }

    @ParameterizedTest
    @CsvSource({"GET, checkpoints", "PUT, checkpoints", "GET, nowhere", "POST, checkpoints/", "DELETE, checkpoints"})
    void credentialsAreCheckedBeforePathMethodAndBody(String method, String resource) throws IOException {
        String path = "/v2/" + Api.PROJECT + '/' + resource;
        for (String caller : List.of("", "unknown", OTHERS_TOKEN)) {
            APIGatewayV2HTTPEvent event = with(Events.event(method, "", "["), TOKEN, caller);
            event.setRawPath(path);
            isRefused(
                    event,
                    caller.equals(OTHERS_TOKEN) ? 403 : 401,
                    caller.isEmpty() ? "DIS.4113" : caller.equals("unknown") ? "DIS.4114" : "DIS.4116");
        }
        APIGatewayV2HTTPEvent signed = new Signer(Form.V3, Api.KEY.id(), "x").sign(Events.event(method, "", "["));
        signed.setRawPath(path);
        isRefused(signed, 401, "DIS.4114");
    }

    @Test
    void credentialsAreCheckedBeforeTheProjectId() throws IOException {
        APIGatewayV2HTTPEvent event = event("GET");
        event.setRawPath("/v2/b.d/checkpoints");
        isRefused(event, 400, "DIS.4117");
        isRefused(with(event, TOKEN, "unknown"), 401, "DIS.4114");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/project-2/checkpoints",
                "/v2/project-1/../project-2/checkpoints",
                "/v2/project-1/%2e%2e/project-2/checkpoints",
                "/v2/project-1/..%2Fproject-2/checkpoints",
                "/v2/project-1/..;/project-2/checkpoints",
                "//v2/project-2/checkpoints",
                "/v2//project-2/checkpoints",
                "/v2/project-2%00project-1/checkpoints",
                "/v2/project-1/checkpoints/../../project-2/checkpoints",
                "/v2/PROJECT-1/checkpoints",
                "/v2/project%2D1/checkpoints",
                "/v2/projec\u0442-1/checkpoints",
                "/v2/project-1\\..\\project-2/checkpoints",
                "/v2/project-1,project-2/checkpoints",
                "/v2/checkpoints",
                "/v2/project-1/checkpoints;a=b",
                "/v2/project-1/Checkpoints",
                "/v2/project-1/checkpoints//",
                "/prod/v2/project-1/checkpoints",
                "http://host/v2/project-1/checkpoints"
            })
    void noOtherSpellingOfThePathReachesTheTable(String path) {
        for (String method : METHODS) {
            APIGatewayV2HTTPEvent event = event(method);
            event.setRawPath(path);
            for (Way way : Way.values()) {
                int before = checkpointRequests();
                int status = way.answer(function, mapper, event).getStatusCode();
                assertThat("requests to the table", checkpointRequests() - before, is(0));
                assertThat(way.name(), status, is(greaterThanOrEqualTo(400)));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"x-original-url", "x-rewrite-url", "x-forwarded-path", "x-forwarded-prefix", "x-project-id"})
    void noHeaderReplacesPathOrProject(String header) {
        String value = header.equals("x-project-id") ? Api.OTHER_PROJECT : OTHERS_PATH;
        assertThat(status(with(event("POST"), header, value)), is(201));
        APIGatewayV2HTTPEvent others = with(event("GET"), TOKEN, OTHERS_TOKEN);
        others.setRawPath(OTHERS_PATH);
        assertThat(call(others).getBody(), containsString("\"sequence_number\":\"-1\""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x-http-method-override", "x-http-method", "x-method-override", "_method"})
    void noHeaderOrParameterReplacesTheMethod(String name) {
        assertThat(status(event("POST")), is(201));
        APIGatewayV2HTTPEvent query = with(event("GET"), name, "DELETE");
        query.setRawQueryString(query.getRawQueryString() + "&" + name + "=DELETE");
        assertThat(call(query).getBody(), containsString("\"sequence_number\":\"2\""));
        assertThat(Api.storedSequenceNumber(app), is("2"));
    }

    private void iamAnswers(int status) {
        iam.answerWith(exchange -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
    }

    @ParameterizedTest
    @CsvSource({"400, 401, DIS.4114", "403, 403, DIS.4116", "500, 503, DIS.5000"})
    void answerOfIamDecidesAndMembersStayIn(int iamStatus, int status, String code) throws IOException {
        issue(token, Api.PROJECT);
        assertThat(status(with(event("POST"), TOKEN, token)), is(201));
        // More strangers than entries are cached.
        int cached = ConfigProvider.getConfig().getValue("checkpoint.iam.cache-size", Integer.class);
        iamAnswers(iamStatus);
        for (int stranger = 0; stranger <= cached; stranger++) {
            isRefused(with(event("GET"), TOKEN, "stranger-" + stranger + token), status, code);
        }
        assertThat(status(with(event("GET"), TOKEN, token)), is(200));
    }

    @ParameterizedTest
    @CsvSource({
        "THROTTLED, 429, DIS.4303",
        "RESET_BEFORE_APPLIED, 503, DIS.5000",
        "MISSING_TABLE, 503, DIS.5000",
        "HANG, 503, DIS.5000"
    })
    @Timeout(20)
    void failureOfTheTableOfKeysIsNoRefusalAndNotCached(Fault fault, int status, String code) throws IOException {
        tables.issue(EmbeddedServices.ACCESS_KEYS, key);
        proxy.failWith(() -> fault);
        APIGatewayV2HTTPResponse response = call(Signer.with(key, Form.V3).sign(event("POST")));
        assertThat(response.getStatusCode(), is(status));
        assertThat(response.getBody(), containsString(code));
        proxy.recover();
        assertThat(status(Signer.with(key, Form.V3).sign(event("POST"))), is(201));
    }

    @Test
    void logSaysWhyASignatureDoesNotHoldAndHoldsNoSecret() {
        tables.issue(EmbeddedServices.ACCESS_KEYS, key);
        APIGatewayV2HTTPEvent right = Signer.with(key, Form.DIS).sign(event("POST"));
        APIGatewayV2HTTPEvent wrong = new Signer(Form.DERIVED, key.id(), "wrong-secret").sign(event("POST"));
        APIGatewayV2HTTPEvent unknown = new Signer(Form.V3, "AKUNKNOWN123", key.secret()).sign(event("POST"));
        APIGatewayV2HTTPEvent joined = Signer.with(key, Form.DIS).sign(event("POST"));
        joined.getHeaders().compute("authorization", (name, value) -> value + ", " + value);
        try (CapturedLog log = new CapturedLog()) {
            for (APIGatewayV2HTTPEvent event : List.of(right, wrong, unknown, joined)) {
                call(event);
            }
            for (String reason : List.of(
                    "is not that of the access key (access key " + key.id() + ")",
                    "is unknown or not enabled (access key AKUNKNOWN123)",
                    "Authorization is not of a signature's form")) {
                assertThat(log.messages(), hasItem(containsString(reason)));
            }
            Stream<String> signatures = Stream.of(right, wrong, unknown)
                    .map(event -> event.getHeaders().get("authorization").replaceFirst(".*Signature=", ""));
            Stream.concat(signatures, Arrays.stream(new String[] {key.secret(), "wrong-secret"}))
                    .forEach(secret -> assertThat(log.messages(), everyItem(not(containsString(secret)))));
        }
    }
}
