package dis.checkpoint.auth;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.ObjectMapper;
import dis.checkpoint.config.CheckpointConfig;
import dis.checkpoint.dev.DynamoDbLocal;
import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import dis.checkpoint.request.Deadline;
import dis.checkpoint.support.Api;
import dis.checkpoint.support.CapturedLog;
import dis.checkpoint.support.ClientRequest;
import dis.checkpoint.support.EmbeddedServices;
import dis.checkpoint.support.Events;
import dis.checkpoint.support.MovableClock;
import dis.checkpoint.support.Signer;
import dis.checkpoint.support.Signer.Form;
import dis.checkpoint.support.TableProxy;
import dis.checkpoint.support.TableProxy.Fault;
import dis.checkpoint.table.AccessKeyTable;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Calls that are signed with an access key: what is answered, what is asked of the table of keys, and what is logged. */
@QuarkusTest
@WithTestResource(
        value = EmbeddedServices.class,
        initArgs = @ResourceArg(name = EmbeddedServices.ACCESS_KEYS, value = "on"))
class AccessKeysTest {

    @Inject
    RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> function;

    @Inject
    ObjectMapper mapper;

    TableProxy proxy;
    DynamoDbLocal tables;
    DynamoDbClient dynamoDb;

    @Inject
    Instance<Keystone> keystone;

    @Inject
    Instance<AccessKeyTable> keyTable;

    @Inject
    CheckpointConfig config;

    private final String app = Api.newApp();

    /** One that no other test uses, so that nothing is remembered of it. */
    private final AccessKey key = newKey();

    @AfterEach
    void letTheTablesAnswerAgain() {
        proxy.recover();
    }

    private APIGatewayV2HTTPEvent post() {
        return Events.post(Api.submission(app, "2"));
    }

    private APIGatewayV2HTTPEvent signed(Form form, APIGatewayV2HTTPEvent event) {
        return Signer.with(key, form).sign(event);
    }

    private int status(APIGatewayV2HTTPEvent event) {
        return function.handleRequest(event, null).getStatusCode();
    }

    private void isAnswered(APIGatewayV2HTTPEvent event, int status, String code, String title) throws IOException {
        APIGatewayV2HTTPResponse response = function.handleRequest(event, null);
        assertThat(response.getStatusCode(), is(status));
        assertThat(mapper.readTree(response.getBody()).path("errorCode").asText(), is(code));
        assertThat(mapper.readTree(response.getBody()).path("message").asText(), startsWith(title));
    }

    private static AccessKey newKey() {
        return new AccessKey(
                "AK" + UUID.randomUUID().toString().replace("-", "").toUpperCase(Locale.ROOT),
                "secret-of-" + UUID.randomUUID(),
                new ProjectId(Api.PROJECT));
    }

    private void change(AccessKey issued, String attribute, AttributeValue value) {
        dynamoDb.updateItem(request -> request.tableName(EmbeddedServices.ACCESS_KEYS)
                .key(Map.of("access_key", AttributeValue.fromS(issued.id())))
                .updateExpression("SET #name = :value")
                .expressionAttributeNames(Map.of("#name", attribute))
                .expressionAttributeValues(Map.of(":value", value)));
    }

    @ParameterizedTest
    @EnumSource
    void aKeyLetsInToItsProjectAndIsAskedForOnce(Form form) {
        tables.issue(EmbeddedServices.ACCESS_KEYS, key);
        int before = proxy.keyRequests();
        assertThat(status(signed(form, post())), is(201));
        assertThat(status(signed(form, Events.event("GET", Api.query(app, "0")))), is(200));
        assertThat(status(signed(form, Events.event("DELETE", Api.query(app, "0")))), is(204));
        assertThat(proxy.keyRequests() - before, is(1));
    }

    @Test
    void aTokenStillLetsIn() {
        assertThat(status(post()), is(201));
    }

    @Test
    void aRequestWithATokenIsJudgedByThatAlone() throws IOException {
        APIGatewayV2HTTPEvent goodToken = signed(Form.V3, post());
        goodToken.getHeaders().put("x-auth-token", Api.TOKEN);
        assertThat(status(goodToken), is(201));
        APIGatewayV2HTTPEvent badToken = Signer.with(Api.KEY, Form.V3).sign(post());
        badToken.getHeaders().put("x-auth-token", "unknown");
        isAnswered(badToken, 401, "DIS.4114", "Invalid Token header. [IAM does not know");
    }

    @Test
    void withoutBothTheAnswerNamesBoth() throws IOException {
        APIGatewayV2HTTPEvent event = post();
        event.getHeaders().remove("x-auth-token");
        isAnswered(event, 401, "DIS.4113", "Empty Token header. [X-Auth-Token or an AK/SK signature");
    }

    @Test
    void aSignatureIsLookedAtBeforeProjectPathMethodAndBody() throws IOException {
        Signer stranger = new Signer(Form.V3, Api.KEY.id(), "wrong");
        Signer other = Signer.with(Api.OTHER_KEY, Form.V3);
        Signer member = Signer.with(Api.KEY, Form.V3);
        isAnswered(stranger.sign(Events.event("POST", "", "[]")), 401, "DIS.4114", "Invalid Token header.");
        isAnswered(other.sign(Events.event("POST", "", "[]")), 403, "DIS.4116", "Invalid RBAC.");
        isAnswered(member.sign(Events.event("POST", "", "[]")), 400, "DIS.4300", "Request error.");
        isAnswered(stranger.sign(Events.event("PUT", "", "x")), 401, "DIS.4114", "Invalid Token header.");
        isAnswered(other.sign(Events.event("PUT", "", "x")), 403, "DIS.4116", "Invalid RBAC.");
        isAnswered(member.sign(Events.event("PUT", "", "x")), 405, "DIS.4200", "Invalid request.");
    }

    /** A body that is not UTF-8 is signed as its bytes, which the event holds in base64. */
    @Test
    void whatIsSignedIsTheBodyAsItsBytes() throws IOException {
        String submission = mapper.writeValueAsString(Api.submission(app, "2"));
        APIGatewayV2HTTPEvent event = Signer.with(Api.KEY, Form.DIS).sign(Events.event("POST", "", submission));
        event.setBody(Base64.getEncoder().encodeToString(submission.getBytes(StandardCharsets.UTF_8)));
        event.setIsBase64Encoded(true);
        assertThat(status(event), is(201));
    }

    @Test
    void anUnknownKeyIsAskedForOnceAndWhatIsNoKeyNever() throws IOException {
        int before = proxy.keyRequests();
        for (int call = 0; call < 3; call++) {
            isAnswered(
                    signed(Form.DIS, post()), 401, "DIS.4114", "Invalid Token header. [the signature does not hold]");
        }
        assertThat(proxy.keyRequests() - before, is(1));
        for (String id : List.of("AK", "ak" + "x".repeat(20), "A".repeat(41), "AK/" + key.id(), "", "consumer")) {
            isAnswered(
                    new Signer(Form.V3, id, key.secret()).sign(post()),
                    401,
                    "DIS.4114",
                    "Invalid Token header. [the signature does not hold]");
        }
        assertThat(proxy.keyRequests() - before, is(1));
    }

    static Stream<Arguments> damages() {
        return Stream.of(
                arguments("enabled", AttributeValue.fromBool(false)),
                arguments("enabled", AttributeValue.fromS("true")),
                arguments("enabled", AttributeValue.fromN("1")),
                arguments("secret", AttributeValue.fromS(" ")),
                arguments("secret", AttributeValue.fromN("7")),
                arguments("project_id", AttributeValue.fromN("1")),
                arguments("project_id", AttributeValue.fromS("project/1")));
    }

    @ParameterizedTest
    @MethodSource("damages")
    void aKeyThatIsDisabledOrEditedLetsNobodyIn(String attribute, AttributeValue value) throws IOException {
        tables.issue(EmbeddedServices.ACCESS_KEYS, key);
        change(key, attribute, value);
        isAnswered(signed(Form.V3, post()), 401, "DIS.4114", "Invalid Token header. [the signature does not hold]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"enabled", "secret", "project_id"})
    void aKeyThatLacksSomethingLetsNobodyIn(String attribute) throws IOException {
        tables.issue(EmbeddedServices.ACCESS_KEYS, key);
        dynamoDb.updateItem(request -> request.tableName(EmbeddedServices.ACCESS_KEYS)
                .key(Map.of("access_key", AttributeValue.fromS(key.id())))
                .updateExpression("REMOVE " + attribute));
        isAnswered(signed(Form.DIS, post()), 401, "DIS.4114", "Invalid Token header. [the signature does not hold]");
    }

    @ParameterizedTest
    @CsvSource({
        "THROTTLED, 429, DIS.4303, Exceeded traffic control limit.",
        "RESET_BEFORE_APPLIED, 503, DIS.5000, System error.",
        "SERVER_ERROR, 503, DIS.5000, System error.",
        "MISSING_TABLE, 503, DIS.5000, System error."
    })
    void aTableOfKeysThatFailsIsNeitherAYesNorRemembered(Fault fault, int status, String code, String title)
            throws IOException {
        tables.issue(EmbeddedServices.ACCESS_KEYS, key);
        proxy.failWith(() -> fault);
        isAnswered(signed(Form.V3, post()), status, code, title);
        proxy.recover();
        assertThat(status(signed(Form.V3, post())), is(201));
    }

    @Test
    @Timeout(10)
    void aTableOfKeysThatDoesNotAnswerIsAnOutageInTime() throws IOException {
        tables.issue(EmbeddedServices.ACCESS_KEYS, key);
        proxy.failWith(() -> Fault.HANG);
        isAnswered(signed(Form.V3, post()), 503, "DIS.5000", "System error.");
    }

    private Authenticator authenticator(Clock clock) {
        return new Authenticator(keystone, keyTable, clock, config);
    }

    private boolean letsIn(Authenticator authenticator, Clock clock) {
        Map<String, String> headers = Signer.with(key, Form.DIS)
                .sign(clock.instant(), "GET", "/", "", Map.of("host", "example.com"), new byte[0]);
        try {
            authenticator.authenticate(
                    new ClientRequest("GET", "/", "", headers, new byte[0]).received(),
                    Deadline.in(Duration.ofSeconds(5)),
                    () -> {});
            return true;
        } catch (DisException e) {
            assertThat(e.error(), is(DisError.INVALID_TOKEN));
            return false;
        }
    }

    @Test
    void aKeyThatIsDisabledOrDeletedLetsInForTheCacheTimeAtMost() {
        MovableClock clock = new MovableClock();
        Duration cacheTime = config.iam().cacheTime();
        tables.issue(EmbeddedServices.ACCESS_KEYS, key);
        Authenticator disabled = authenticator(clock);
        Authenticator deleted = authenticator(clock);
        assertThat(letsIn(disabled, clock), is(true));
        change(key, "enabled", AttributeValue.fromBool(false));
        clock.move(cacheTime.minusSeconds(1));
        assertThat(letsIn(disabled, clock), is(true));
        clock.move(Duration.ofSeconds(1));
        assertThat(letsIn(disabled, clock), is(false));

        change(key, "enabled", AttributeValue.fromBool(true));
        assertThat("a no is remembered", letsIn(disabled, clock), is(false));
        clock.move(Duration.ofSeconds(10));
        assertThat(letsIn(disabled, clock), is(true));

        assertThat(letsIn(deleted, clock), is(true));
        dynamoDb.deleteItem(request -> request.tableName(EmbeddedServices.ACCESS_KEYS)
                .key(Map.of("access_key", AttributeValue.fromS(key.id()))));
        clock.move(cacheTime.minusSeconds(1));
        assertThat(letsIn(deleted, clock), is(true));
        clock.move(Duration.ofSeconds(1));
        assertThat(letsIn(deleted, clock), is(false));
    }

    @ParameterizedTest
    @EnumSource
    void theLogSaysWhatIsWrongWithASignatureAndHoldsNoSecretAndNoSignature(Form form) {
        tables.issue(EmbeddedServices.ACCESS_KEYS, key);
        List<String> secrets = new ArrayList<>();
        try (CapturedLog log = new CapturedLog()) {
            for (Signer signer : List.of(
                    Signer.with(key, form),
                    new Signer(form, key.id(), "no-secret-of-it"),
                    new Signer(form, "AKUNKNOWN123", key.secret()))) {
                APIGatewayV2HTTPEvent event = signer.sign(post());
                String authorization = event.getHeaders().get("authorization");
                secrets.add(signer.secret());
                secrets.add(authorization.substring(authorization.length() - 64));
                function.handleRequest(event, null);
            }
            APIGatewayV2HTTPEvent joined = Signer.with(key, form).sign(post());
            joined.getHeaders().compute("authorization", (name, value) -> value + ", " + value);
            function.handleRequest(joined, null);

            assertThat(
                    log.messages(),
                    hasItem(containsString("is not the one of the access key (access key " + key.id() + ")")));
            assertThat(log.messages(), hasItem(containsString("is unknown or not enabled (access key AKUNKNOWN123)")));
            assertThat(log.messages(), hasItem(containsString("Authorization is not of a signature's form")));
            for (String secret : secrets) {
                assertThat(log.messages(), everyItem(not(containsString(secret))));
            }
        }
    }
}
