package dis.checkpoint.auth;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;
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
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets in, with IAM and the table of access keys but without the function. */
class AuthenticatorTest {

    private static final String PROJECT = FakeKeystone.PROJECTS.get(0);
    private static final String OTHER_PROJECT = FakeKeystone.PROJECTS.get(1);
    private static final String PATH = "/v2/project-1/checkpoints";

    private static final ScheduledExecutorService EXECUTOR = Executors.newScheduledThreadPool(2);
    private static final AccessKey KEY = DynamoDbLocal.accessKeyOf(PROJECT);

    private static DynamoDbLocal tables;
    private static FakeKeystone iam;
    private static AccessKeyTable keyTable;

    private final MovableClock clock = new MovableClock();
    private final AtomicInteger asked = new AtomicInteger();
    private final String token = UUID.randomUUID().toString();

    @BeforeAll
    static void start() throws Exception {
        tables = DynamoDbLocal.inMemory();
        tables.createAccessKeyTable(EmbeddedServices.ACCESS_KEYS);
        tables.issue(EmbeddedServices.ACCESS_KEYS, KEY);
        keyTable = Tables.accessKeys(tables.endpoint());
        iam = new FakeKeystone(0);
    }

    @AfterAll
    static void stop() {
        iam.close();
        tables.close();
        EXECUTOR.shutdownNow();
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
        return new Authenticator(Instances.of(() -> keystone), Instances.of(() -> keyTable), clock, config);
    }

    private Grant authenticate(Authenticator authenticator, Map<String, String> headers) {
        ClientRequest request = new ClientRequest("GET", PATH, "", headers, new byte[0]);
        return authenticator.authenticate(
                request.received(), Deadline.in(Duration.ofSeconds(5)), asked::incrementAndGet);
    }

    private DisException refusal(Authenticator authenticator, Map<String, String> headers) {
        return assertThrows(DisException.class, () -> authenticate(authenticator, headers));
    }

    private static Map<String, String> token(String token) {
        return Map.of("x-auth-token", token);
    }

    private Map<String, String> signature(AccessKey key) {
        return Signer.with(key, Form.DIS)
                .sign(clock.instant(), "GET", PATH, "", Map.of("host", "localhost"), new byte[0]);
    }

    private void issue(Duration time) {
        iam.issue(token, PROJECT, FakeKeystone.ROLE, clock.instant().plus(time));
    }

    @Test
    void aTokenIsAskedForOnceAndHoldsUntilItEnds() {
        issue(Duration.ofSeconds(60));
        Authenticator authenticator = authenticator(Enabled.TOKENS);
        Grant grant = authenticate(authenticator, token(" " + token + "\t"));
        assertThat(grant.project(), is(Optional.of(PROJECT)));
        assertThat(grant.roles(), is(Set.of(FakeKeystone.ROLE)));
        authenticate(authenticator, token(token));
        assertThat(asked.get(), is(1));
        clock.move(Duration.ofSeconds(61));
        assertThat(refusal(authenticator, token(token)).error(), is(DisError.INVALID_TOKEN));
        assertThat(asked.get(), is(2));
    }

    @Test
    void aTokenThatIamCallsGoodAndThatHasEndedIsNone() {
        issue(Duration.ofSeconds(60));
        clock.move(Duration.ofSeconds(60));
        assertThat(
                refusal(authenticator(Enabled.TOKENS), token(token)).getMessage(),
                is("Invalid Token header. [IAM does not know the token]"));
    }

    @Test
    void aTokenThatIamDoesNotLetBeCheckedIsForbidden() throws IOException {
        try (FakeKeystone strict = new FakeKeystone(0)) {
            strict.answerWith(exchange -> {
                exchange.sendResponseHeaders(403, -1);
                exchange.close();
            });
            Authenticator authenticator = authenticator(
                    Enabled.TOKENS, "checkpoint.iam.endpoint", strict.endpoint().toString());
            assertThat(refusal(authenticator, token(token)).error(), is(DisError.FORBIDDEN));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "TOKENS, X-Auth-Token is required; AK/SK signatures are not enabled at this endpoint",
        "KEYS, an AK/SK signature in Authorization is required",
        "BOTH, X-Auth-Token or an AK/SK signature in Authorization is required"
    })
    void whoSaysNothingIsToldWhatIsRequired(Enabled enabled, String rule) {
        Authenticator authenticator = authenticator(enabled);
        for (Map<String, String> headers :
                Set.of(Map.<String, String>of(), Map.of("x-auth-token", " ,\t", "authorization", ", "))) {
            DisException refusal = refusal(authenticator, headers);
            assertThat(refusal.error(), is(DisError.EMPTY_TOKEN));
            assertThat(refusal.getMessage(), is("Empty Token header. [" + rule + "]"));
            assertThat(
                    refusal.headers().get("WWW-Authenticate"),
                    startsWith(
                            enabled == Enabled.KEYS ? "SDK-HMAC-SHA256" : "Keystone uri=\"" + iam.endpoint() + "\""));
        }
        assertThat(asked.get(), is(0));
    }

    @Test
    void aTokenIsNotAcceptedWhereThereIsNoIam() {
        assertThat(
                refusal(authenticator(Enabled.KEYS), token(token)).getMessage(),
                is("Invalid Token header. [X-Auth-Token is not accepted at this endpoint, only an AK/SK signature]"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a,b", "a b", "ä"})
    void aTextThatIsNoTokenIsNotAskedFor(String text) {
        assertThat(
                refusal(authenticator(Enabled.TOKENS), token(text)).getMessage(),
                is("Invalid Token header. [X-Auth-Token must be one token]"));
        assertThat(asked.get(), is(0));
    }

    @ParameterizedTest
    @CsvSource({"KEYS", "BOTH"})
    void aSignatureLetsInToItsProjectAndItsKeyIsAskedForOnce(Enabled enabled) {
        Authenticator authenticator = authenticator(enabled);
        Grant grant = authenticate(authenticator, signature(KEY));
        assertThat(grant.caller(), is(Optional.of(KEY.id())));
        assertThat(grant.project(), is(Optional.of(PROJECT)));
        // Longer than a no is remembered.
        clock.move(Duration.ofMinutes(1));
        authenticate(authenticator, signature(KEY));
        assertThat(asked.get(), is(1));
        assertDoesNotThrow(() -> authenticator.authorize(grant, new ProjectId(PROJECT)));
    }

    @Test
    void aKeyNeedsNoRole() {
        Authenticator authenticator = authenticator(Enabled.BOTH, "checkpoint.iam.required-roles", "another");
        Grant grant = authenticate(authenticator, signature(KEY));
        assertDoesNotThrow(() -> authenticator.authorize(grant, new ProjectId(PROJECT)));
    }

    @Test
    void aSignatureThatDoesNotHoldIsToldWhatIsAsked() {
        AccessKey unknown = new AccessKey("AKOFNOBODY00", "secret", new ProjectId(PROJECT));
        DisException refusal = refusal(authenticator(Enabled.KEYS), signature(unknown));
        assertThat(refusal.error(), is(DisError.INVALID_TOKEN));
        assertThat(refusal.getMessage(), is("Invalid Token header. [the signature does not hold]"));
        assertThat(refusal.headers(), is(Map.of("WWW-Authenticate", "SDK-HMAC-SHA256")));
        assertThat(
                refusal.diagnosis(),
                is(Optional.of("the access key is unknown or not enabled (access key AKOFNOBODY00)")));
    }

    private static Grant grant(String project, String... roles) {
        return new Grant(Optional.empty(), Optional.ofNullable(project), Set.of(roles), Instant.MAX);
    }

    private void isForbidden(Authenticator authenticator, Grant grant, String diagnosis) {
        DisException refusal =
                assertThrows(DisException.class, () -> authenticator.authorize(grant, new ProjectId(PROJECT)));
        assertThat(refusal.error(), is(DisError.FORBIDDEN));
        assertThat(refusal.diagnosis(), is(Optional.of(diagnosis)));
        assertThat(
                refusal.getMessage(),
                is("Invalid RBAC. [the token or access key is not one of this project with a required role]"));
    }

    @Test
    void onlyAMemberOfTheProjectMayTouchIt() {
        Authenticator authenticator = authenticator(Enabled.TOKENS);
        assertDoesNotThrow(() -> authenticator.authorize(grant(PROJECT), new ProjectId(PROJECT)));
        isForbidden(authenticator, grant(OTHER_PROJECT), "the token or access key is of another project");
        isForbidden(authenticator, grant(null), "the token is of no project");
    }

    @Test
    void oneOfTheRequiredRolesIsEnough() {
        Authenticator authenticator = authenticator(Enabled.TOKENS, "checkpoint.iam.required-roles", "one,two");
        assertDoesNotThrow(() -> authenticator.authorize(grant(PROJECT, "x", "two"), new ProjectId(PROJECT)));
        isForbidden(authenticator, grant(PROJECT, "x"), "the token lacks a required role");
        isForbidden(authenticator, grant(PROJECT), "the token lacks a required role");
    }

    @Test
    void connectsToWhatIsEnabledAlone() throws IOException {
        Deadline deadline = Deadline.in(Duration.ofSeconds(5));
        FakeKeystone stopped = new FakeKeystone(0);
        stopped.close();
        Authenticator cutOff = authenticator(
                Enabled.BOTH, "checkpoint.iam.endpoint", stopped.endpoint().toString());
        assertThat(
                assertThrows(DisException.class, () -> cutOff.connectToIam(deadline))
                        .error(),
                is(DisError.UNAVAILABLE));
        assertThrows(
                DisException.class, () -> cutOff.connectToAccessKeys(Deadline.in(Duration.ZERO)), "the table is asked");
        assertDoesNotThrow(() -> authenticator(Enabled.KEYS).connectToIam(Deadline.in(Duration.ZERO)));
        assertDoesNotThrow(() -> authenticator(Enabled.TOKENS).connectToAccessKeys(Deadline.in(Duration.ZERO)));
    }
}
