package dis.checkpoint.auth;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dis.checkpoint.config.CheckpointConfig;
import dis.checkpoint.dev.DynamoDbLocal;
import dis.checkpoint.dev.FakeKeystone;
import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import dis.checkpoint.request.Deadline;
import dis.checkpoint.support.ClientRequest;
import dis.checkpoint.support.Configurations;
import dis.checkpoint.support.EmbeddedServices;
import dis.checkpoint.support.Instances;
import dis.checkpoint.support.MovableClock;
import dis.checkpoint.support.Signer;
import dis.checkpoint.support.Signer.Form;
import dis.checkpoint.table.AccessKeyTable;
import dis.checkpoint.table.Tables;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Who is let in, with a fake IAM and a table of access keys, without the function around it. */
class AuthenticatorTest {

    private static final String PROJECT = FakeKeystone.PROJECTS.get(0);
    private static final String PATH = "/v2/project-1/checkpoints";
    private static final String NO_TOKEN =
            "X-Auth-Token is required; AK/SK signatures are not enabled at this endpoint";

    private static final ScheduledExecutorService EXECUTOR = Executors.newScheduledThreadPool(2);

    private static DynamoDbLocal tables;
    private static FakeKeystone iam;
    private static AccessKeyTable keyTable;

    private final MovableClock clock = new MovableClock();
    private final AtomicInteger asked = new AtomicInteger();
    private final String token = UUID.randomUUID().toString();
    private final AccessKey key = new AccessKey(
            "AK" + UUID.randomUUID().toString().replace("-", "").toUpperCase(), "secret", new ProjectId(PROJECT));

    @BeforeAll
    static void start() throws Exception {
        tables = DynamoDbLocal.inMemory();
        tables.createAccessKeyTable(EmbeddedServices.ACCESS_KEYS);
        keyTable = Tables.accessKeys(tables.endpoint());
        iam = new FakeKeystone(0);
    }

    @AfterAll
    static void stop() {
        iam.close();
        tables.close();
        EXECUTOR.shutdownNow();
    }

    @AfterEach
    void letIamAnswerAgain() {
        iam.answerWith(iam::handle);
    }

    private enum Enabled {
        TOKENS,
        KEYS,
        BOTH
    }

    private Authenticator authenticator(Enabled enabled, String... more) {
        Map<String, String> properties = new HashMap<>();
        properties.put(
                "checkpoint.iam.endpoint",
                enabled == Enabled.KEYS ? "" : iam.endpoint().toString());
        properties.put("checkpoint.access-keys-table", enabled == Enabled.TOKENS ? "" : EmbeddedServices.ACCESS_KEYS);
        for (int i = 0; i < more.length; i += 2) {
            properties.put(more[i], more[i + 1]);
        }
        CheckpointConfig config = Configurations.config(properties);
        Keystone keystone = enabled == Enabled.KEYS ? null : new Keystone(config, EXECUTOR, "1.2.3");
        return new Authenticator(
                Instances.of(() -> keystone), Instances.of(() -> keyTable), clock, clock::nanoTime, config);
    }

    private static Deadline deadline() {
        return Deadline.in(Duration.ofSeconds(5));
    }

    private Grant authenticate(Authenticator authenticator, Map<String, String> headers) {
        ClientRequest request = new ClientRequest("GET", PATH, "", headers, new byte[0]);
        return authenticator.authenticate(request.received(), deadline(), asked::incrementAndGet);
    }

    private DisException refusal(Authenticator authenticator, Map<String, String> headers) {
        return assertThrows(DisException.class, () -> authenticate(authenticator, headers));
    }

    private static Map<String, String> token(String token) {
        return Map.of("x-auth-token", token);
    }

    private Map<String, String> signature() {
        return Signer.with(key, Form.DIS)
                .sign(clock.instant(), "GET", PATH, "", Map.of("host", "localhost"), new byte[0]);
    }

    private void issueToken(Duration lifetime) {
        iam.issue(token, PROJECT, FakeKeystone.ROLE, clock.instant().plus(lifetime));
    }

    private void issueKey() {
        tables.issue(EmbeddedServices.ACCESS_KEYS, key);
    }

    private void setKey(String attribute, AttributeValue value) {
        tables.client()
                .updateItem(request -> request.tableName(EmbeddedServices.ACCESS_KEYS)
                        .key(Map.of(AccessKeyTable.ACCESS_KEY, AttributeValue.fromS(key.id())))
                        .updateExpression("SET #name = :value")
                        .expressionAttributeNames(Map.of("#name", attribute))
                        .expressionAttributeValues(Map.of(":value", value)));
    }

    private void iamAnswers(int status) {
        iam.answerWith(exchange -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
    }

    @Test
    void tokenIsAskedAboutOnceAndHoldsUntilItExpires() {
        issueToken(Duration.ofSeconds(60));
        Authenticator authenticator = authenticator(Enabled.TOKENS);
        Grant grant = authenticate(authenticator, token(" " + token + "\t"));
        assertThat(
                grant,
                is(new Grant(
                        Optional.of("user:developer"), Optional.of(new ProjectId(PROJECT)), true, grant.expiresAt())));
        clock.move(Duration.ofSeconds(59));
        assertThat(authenticate(authenticator, token(token)), is(grant));
        assertThat(asked.get(), is(1));
        clock.move(Duration.ofSeconds(1));
        DisException refusal = refusal(authenticator, token(token));
        assertThat(refusal.getMessage(), is("Invalid Token header. [IAM does not know the token]"));
        assertThat(asked.get(), is(2));
    }

    /** The clock that does not step ends them, even where the wall clock is set back. */
    @Test
    void revokedTokenAndDeletedKeyHoldForTheCacheTimeAtMost() {
        issueToken(Duration.ofHours(1));
        issueKey();
        Authenticator authenticator = authenticator(Enabled.BOTH);
        authenticate(authenticator, token(token));
        authenticate(authenticator, signature());
        iam.revoke(token);
        setKey("enabled", AttributeValue.fromBool(false));
        clock.moveWallClock(Duration.ofHours(-24));
        clock.moveNanoTime(Duration.ofMinutes(5).minusMillis(1));
        authenticate(authenticator, token(token));
        authenticate(authenticator, signature());
        clock.moveNanoTime(Duration.ofMillis(1));
        assertThat(refusal(authenticator, token(token)).error(), is(DisError.INVALID_TOKEN));
        assertThat(refusal(authenticator, signature()).error(), is(DisError.INVALID_TOKEN));
        assertThat(asked.get(), is(4));
        setKey("enabled", AttributeValue.fromBool(true));
        assertThat("the refusal is cached", refusal(authenticator, signature()).error(), is(DisError.INVALID_TOKEN));
        clock.move(Duration.ofSeconds(10));
        authenticate(authenticator, signature());
    }

    @ParameterizedTest
    @CsvSource({"401, INVALID_TOKEN, 1", "403, FORBIDDEN, 1", "500, UNAVAILABLE, 2"})
    void refusalOfIamIsCachedAndAnOutageIsNot(int status, DisError error, int questions) {
        iamAnswers(status);
        Authenticator authenticator = authenticator(Enabled.TOKENS);
        for (int call = 0; call < 2; call++) {
            DisException refusal = refusal(authenticator, token(token));
            assertThat(refusal.error(), is(error));
            assertThat(refusal.headers().containsKey("WWW-Authenticate"), is(status == 401));
            assertThat(refusal.headers().containsKey("Retry-After"), is(status == 500));
        }
        assertThat(asked.get(), is(questions));
    }

    @ParameterizedTest
    @CsvSource({
        "TOKENS, " + NO_TOKEN,
        "KEYS, an AK/SK signature in Authorization is required",
        "BOTH, X-Auth-Token or an AK/SK signature in Authorization is required"
    })
    void callerWithoutCredentialsIsToldWhatIsRequired(Enabled enabled, String rule) {
        Authenticator authenticator = authenticator(enabled);
        for (String authorization :
                new String[] {"", " ", ",", "Bearer x", "Basic eDp5", token, "SDK-HMAC-SM3 Access=x"}) {
            for (String token : new String[] {"", " ,\t", ",,"}) {
                DisException refusal =
                        refusal(authenticator, Map.of("x-auth-token", token, "authorization", authorization));
                assertThat(refusal.error(), is(DisError.EMPTY_TOKEN));
                assertThat(refusal.getMessage(), is("Empty Token header. [" + rule + "]"));
                assertThat(
                        refusal.headers(),
                        is(Map.of(
                                "WWW-Authenticate",
                                enabled == Enabled.KEYS
                                        ? "SDK-HMAC-SHA256"
                                        : "Keystone uri=\"" + iam.endpoint() + "\"")));
            }
        }
        assertThat(refusal(authenticator, Map.of()).error(), is(DisError.EMPTY_TOKEN));
        assertThat(asked.get(), is(0));
    }

    @Test
    void signatureIsNotCheckedWhereAccessKeysAreNotEnabled() {
        assertThat(
                refusal(authenticator(Enabled.TOKENS), signature()).getMessage(),
                is("Empty Token header. [" + NO_TOKEN + "]"));
    }

    @Test
    void tokenIsNotAcceptedWithoutIam() {
        assertThat(
                refusal(authenticator(Enabled.KEYS), token(token)).getMessage(),
                is("Invalid Token header. [X-Auth-Token is not accepted at this endpoint, only an AK/SK signature]"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a,b", "a,", ",a", "a, b", "a b", "a\tb", "ä", "\u00a0a", "\u200ba", "a\r\nb: c"})
    void textThatIsNotOneTokenIsRefusedWithoutAskingIam(String text) {
        assertThat(
                refusal(authenticator(Enabled.TOKENS), token(text)).getMessage(),
                is("Invalid Token header. [X-Auth-Token must be one token]"));
        assertThat(asked.get(), is(0));
    }

    @ParameterizedTest
    @EnumSource(names = {"KEYS", "BOTH"})
    void keyIsLookedUpOnceAndNeedsNoRole(Enabled enabled) {
        issueKey();
        Authenticator authenticator = authenticator(enabled, "checkpoint.iam.required-roles", "another");
        Grant grant = authenticate(authenticator, signature());
        assertThat(grant, is(new Grant(Optional.of(key.id()), Optional.of(new ProjectId(PROJECT)), true, Instant.MAX)));
        // Longer than a refusal is cached.
        clock.move(Duration.ofMinutes(1));
        authenticate(authenticator, signature());
        assertThat(asked.get(), is(1));
        assertDoesNotThrow(() -> authenticator.authorize(grant, new ProjectId(PROJECT)));
    }

    @ParameterizedTest
    @CsvSource({"enabled, false", "secret, ' '", "project_id, project/1"})
    void unknownDisabledOrMalformedKeyIsRefusedAlike(String attribute, String value) {
        for (boolean exists : new boolean[] {false, true}) {
            if (exists) {
                issueKey();
                setKey(attribute, AttributeValue.fromS(value));
            }
            Authenticator authenticator = authenticator(Enabled.KEYS);
            for (int call = 0; call < 2; call++) {
                DisException refusal = refusal(authenticator, signature());
                assertThat(refusal.error(), is(DisError.INVALID_TOKEN));
                assertThat(refusal.getMessage(), is("Invalid Token header. [the signature does not hold]"));
                assertThat(refusal.headers(), is(Map.of("WWW-Authenticate", "SDK-HMAC-SHA256")));
                assertThat(
                        refusal.diagnosis(),
                        is(Optional.of("the access key is unknown or not enabled (access key " + key.id() + ")")));
            }
        }
        assertThat("once for each authenticator", asked.get(), is(2));
    }

    private static Grant grant(String project, boolean hasRequiredRole) {
        return new Grant(
                Optional.empty(), Optional.ofNullable(project).map(ProjectId::new), hasRequiredRole, Instant.MAX);
    }

    @ParameterizedTest
    @CsvSource({
        "project-1, true, ",
        "project-2, true, the token or access key is of another project",
        ", true, the token is of no project",
        "project-1, false, the token lacks a required role"
    })
    void onlyMembersWithARequiredRoleMayUseTheProject(String project, boolean hasRequiredRole, String diagnosis) {
        Authenticator authenticator = authenticator(Enabled.TOKENS);
        Grant grant = grant(project, hasRequiredRole);
        if (diagnosis == null) {
            assertDoesNotThrow(() -> authenticator.authorize(grant, new ProjectId(PROJECT)));
            return;
        }
        DisException refusal =
                assertThrows(DisException.class, () -> authenticator.authorize(grant, new ProjectId(PROJECT)));
        assertThat(refusal.error(), is(DisError.FORBIDDEN));
        assertThat(refusal.diagnosis(), is(Optional.of(diagnosis)));
        assertThat(
                refusal.getMessage(),
                is("Invalid RBAC. [the token or access key is not one of this project with a required role]"));
    }

    @Test
    void onlyWhatIsEnabledIsConnectedTo() throws IOException {
        FakeKeystone stopped = new FakeKeystone(0);
        stopped.close();
        Authenticator cutOff = authenticator(
                Enabled.BOTH, "checkpoint.iam.endpoint", stopped.endpoint().toString());
        assertThrows(DisException.class, () -> cutOff.connectToIam(deadline()));
        assertThrows(DisException.class, () -> cutOff.connectToAccessKeys(Deadline.in(Duration.ZERO)));
        assertDoesNotThrow(() -> authenticator(Enabled.KEYS).connectToIam(Deadline.in(Duration.ZERO)));
        assertDoesNotThrow(() -> authenticator(Enabled.TOKENS).connectToAccessKeys(Deadline.in(Duration.ZERO)));
    }
}
