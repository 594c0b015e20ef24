package dis.checkpoint.iam;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dis.checkpoint.domain.AccessKey;
import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.support.Signer;
import dis.checkpoint.support.Signer.Form;
import java.nio.charset.StandardCharsets;
import java.security.SignatureException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which signatures hold: those that real clients made (API reference, "Access keys"), and none that differs. */
class SignaturesTest {

    static final AccessKey KEY = new AccessKey("AKEXAMPLE123", "SKexampleSecret", new ProjectId("project-1"));

    private static final String PATH = "/v2/project-1/checkpoints";
    private static final String BODY =
            "{\"app_name\":\"app\",\"checkpoint_type\":\"LAST_READ\",\"stream_name\":\"stream\","
                    + "\"partition_id\":\"0\",\"sequence_number\":\"5\",\"metadata\":\"m\"}";
    private static final Instant NOW = Instant.parse("2026-11-25T03:03:10Z");

    private final List<String> lookedFor = new ArrayList<>();

    private AccessKey check(Instant now, ReceivedRequest request) throws SignatureException {
        return new Signatures(Clock.fixed(now, ZoneOffset.UTC)).check(request, id -> {
            lookedFor.add(id);
            return Optional.of(KEY).filter(key -> key.id().equals(id));
        });
    }

    /** A request that the DIS SDK for Java 1.3.21 has signed. */
    private static ReceivedRequest ofDisSdk(String method, String query, String body, String signature) {
        return new ReceivedRequest(
                method,
                PATH + '/',
                query,
                Map.of(
                        "accept", "*/*; charset=utf-8",
                        "content-type", "application/json; charset=utf-8",
                        "host", "127.0.0.1:8123",
                        "x-project-id", "project-1",
                        "x-sdk-date", "20261125T030310Z",
                        "x-sdk-version", "1.3.5-SNAPSHOT/java",
                        "authorization",
                                "SDK-HMAC-SHA256 Credential=AKEXAMPLE123/20261125/eu-de/dis/sdk_request, "
                                        + "SignedHeaders=accept;content-type;host;x-project-id;x-sdk-date;x-sdk-version, "
                                        + "Signature=" + signature),
                body.getBytes(StandardCharsets.UTF_8));
    }

    /** A request that the v3 SDK for Java 3.1.130 has signed. */
    private static ReceivedRequest ofV3Sdk(String method, String query, String body, String signature) {
        return new ReceivedRequest(
                method,
                PATH,
                query,
                Map.of(
                        "host", "127.0.0.1:8123",
                        "user-agent", "huaweicloud-usdk-java/3.0",
                        "x-project-id", "project-1",
                        "x-sdk-date", "20261125T030410Z",
                        "authorization",
                                "SDK-HMAC-SHA256 Access=AKEXAMPLE123, "
                                        + "SignedHeaders=host;user-agent;x-project-id;x-sdk-date, "
                                        + "Signature=" + signature),
                body.getBytes(StandardCharsets.UTF_8));
    }

    static Stream<Arguments> vectors() {
        return Stream.of(
                arguments(
                        "DIS SDK, POST",
                        ofDisSdk("POST", "", BODY, "a03d67ae207377178ea602f71cf543727dd05aac18aa99d954ff36f23e39d68a")),
                arguments(
                        "DIS SDK, GET",
                        ofDisSdk(
                                "GET",
                                "partition_id=0&app_name=app&stream_name=stream&checkpoint_type=LAST_READ&",
                                "",
                                "0d6c6c2b007f679f7502964cbf1c743c361cbf7ceb9a19f5e812b86e40dcb390")),
                arguments(
                        "v3 SDK, POST",
                        ofV3Sdk("POST", "", BODY, "e65b9284498d225f83919d3a0bb210979406c987a3a746bb224131269255f878")),
                arguments(
                        "v3 SDK, GET",
                        ofV3Sdk(
                                "GET",
                                "checkpoint_type=LAST_READ&partition_id=0&app_name=app&stream_name=stream",
                                "",
                                "a04c7732e5a98932cc85968931c4b0d21e576678c702efbc24a7386fc4f9f552")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("vectors")
    void whatARealClientSignedHolds(String client, ReceivedRequest request) throws SignatureException {
        assertThat(check(NOW, request), is(KEY));
    }

    @ParameterizedTest
    @EnumSource
    void aRequestAsTestsSignItHolds(Form form) throws SignatureException {
        assertThat(check(NOW, signed(form)), is(KEY));
    }

    static ReceivedRequest signed(Form form) {
        return sign(form, NOW, Map.of("host", "example.com", "x-project-id", "project-1"));
    }

    private static ReceivedRequest sign(Form form, Instant date, Map<String, String> headers) {
        byte[] body = BODY.getBytes(StandardCharsets.UTF_8);
        return new ReceivedRequest(
                "POST",
                PATH,
                "a=1&b=2",
                new Signer(form, KEY.id(), KEY.secret()).sign(date, "POST", PATH, "a=1&b=2", headers, body),
                body);
    }

    /** One client sends what it signed as it is, another percent-encodes it; a plus is no blank to either. */
    @ParameterizedTest
    @CsvSource({
        "a=b c+d, a=b c+d",
        "a=b c+d, a=b%20c%2Bd",
        "a=b c+d, a=b%20c+d",
        "a=ü/~, a=%C3%BC%2f%7e",
        "a=%zz%4, a=%zz%4",
        "a=, a",
        "a=1&b=2&b=3, b=3&&b=2&a=1&"
    })
    void aQueryHoldsInEverySpelling(String signed, String sent) throws SignatureException {
        Map<String, String> headers = new Signer(Form.V3, KEY.id(), KEY.secret())
                .sign(NOW, "GET", PATH, signed, Map.of("host", "example.com"), new byte[0]);
        assertThat(check(NOW, new ReceivedRequest("GET", PATH, sent, headers, new byte[0])), is(KEY));
    }

    /** A signed request with a header replaced, or without it. */
    private static ReceivedRequest with(ReceivedRequest request, String header, UnaryOperator<String> change) {
        Map<String, String> headers = new HashMap<>(request.headers());
        headers.compute(header, (name, value) -> change.apply(value));
        return new ReceivedRequest(request.method(), request.path(), request.query(), headers, request.body());
    }

    private static ReceivedRequest with(ReceivedRequest request, UnaryOperator<String> authorization) {
        return with(request, Signatures.AUTHORIZATION, authorization);
    }

    private void isRefused(Instant now, ReceivedRequest request, String diagnosis) {
        SignatureException refusal = assertThrows(SignatureException.class, () -> check(now, request));
        assertThat(refusal.getMessage(), startsWith(diagnosis));
        assertThat(refusal.getMessage(), not(containsString(KEY.secret())));
    }

    @ParameterizedTest
    @EnumSource
    void anUnknownKey(Form form) {
        isRefused(
                NOW,
                with(signed(form), header -> header.replace(KEY.id(), "AKUNKNOWN123")),
                "access key AKUNKNOWN123 is unknown");
    }

    @ParameterizedTest
    @EnumSource
    void aSignatureWithAnotherSecret(Form form) {
        Map<String, String> headers = new HashMap<>(signed(form).headers());
        headers.remove(Signatures.AUTHORIZATION);
        List<String> names = List.of("host", "x-project-id", "x-sdk-date");
        String other = new Signer(form, KEY.id(), KEY.secret() + 'x')
                .authorization("POST", PATH, "a=1&b=2", headers, names, BODY.getBytes(StandardCharsets.UTF_8));
        isRefused(NOW, with(signed(form), header -> other), "the signature is not the one of access key " + KEY.id());
    }

    @ParameterizedTest
    @EnumSource
    void aDateMoreThan15MinutesOff(Form form) throws SignatureException {
        ReceivedRequest request = signed(form);
        assertThat(check(NOW.plus(Duration.ofMinutes(15)), request), is(KEY));
        assertThat(check(NOW.minus(Duration.ofMinutes(15)), request), is(KEY));
        lookedFor.clear();
        isRefused(NOW.plus(Duration.ofMinutes(15)).plusSeconds(1), request, "X-Sdk-Date is PT15M1S off");
        isRefused(NOW.minus(Duration.ofMinutes(15)).minusSeconds(1), request, "X-Sdk-Date is PT15M1S off");
        assertThat("keys looked for", lookedFor, is(List.of()));
    }

    @Test
    void aDateOfAnotherDayThanTheScope() throws SignatureException {
        Instant midnight = Instant.parse("2026-11-25T00:00:00Z");
        ReceivedRequest request = sign(Form.DIS, midnight, Map.of("host", "example.com"));
        assertThat(check(midnight, request), is(KEY));
        isRefused(
                midnight,
                with(request, header -> header.replace("20261125", "20261124")),
                "X-Sdk-Date is of another day than the scope");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "20261125T030310",
                "20261125T030310Z ",
                "20261125T030310z",
                "20261125030310Z",
                "2026-11-25T03:03:10Z",
                "20261125T250310Z",
                "20261399T030310Z",
                "20261125T030310Z,20261125T030310Z",
                "\uff12\uff10\uff12\uff1620261125T030310Z",
                "Wed, 25 Nov 2026 03:03:10 GMT"
            })
    void aDateThatIsNone(String date) {
        for (Form form : Form.values()) {
            isRefused(NOW, with(signed(form), "x-sdk-date", old -> date), "X-Sdk-Date is not of the form");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSignatureWithoutHostOrDate(Form form) {
        Signer signer = new Signer(form, KEY.id(), KEY.secret());
        Map<String, String> headers = signed(form).headers();
        for (List<String> names : List.of(List.of("host"), List.of("x-sdk-date"), List.of("x-project-id"))) {
            String authorization = signer.authorization(
                    "POST", PATH, "a=1&b=2", headers, names, BODY.getBytes(StandardCharsets.UTF_8));
            isRefused(NOW, with(signed(form), header -> authorization), "Host or X-Sdk-Date is not signed");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSignedHeaderThatIsAbsent(Form form) {
        isRefused(NOW, with(signed(form), "x-project-id", value -> null), "a signed header is absent");
        isRefused(NOW, with(signed(form), "host", value -> null), "a signed header is absent");
        isRefused(NOW, with(signed(form), "x-sdk-date", value -> null), "a signed header is absent");
    }

    @ParameterizedTest
    @EnumSource
    void aTemporaryKey(Form form) {
        isRefused(NOW, with(signed(form), "x-security-token", value -> "token"), "X-Security-Token came along");
        ReceivedRequest signed = sign(form, NOW, Map.of("host", "example.com", "x-security-token", "token"));
        isRefused(NOW, signed, "X-Security-Token came along");
    }

    /** API Gateway joins them by a comma. */
    @ParameterizedTest
    @EnumSource
    void aSecondAuthorization(Form form) {
        for (String second : List.of("Bearer x", "", signed(form).headers().get(Signatures.AUTHORIZATION))) {
            isRefused(NOW, with(signed(form), first -> first + ',' + second), "Authorization is not of");
            isRefused(NOW, with(signed(form), first -> second + ',' + first), "Authorization is not of");
        }
    }

    static Stream<Arguments> otherForms() {
        return Stream.<UnaryOperator<String>>of(
                        header -> "",
                        header -> " " + header,
                        header -> header + " ",
                        header -> header + "\n",
                        header -> header + "00",
                        header -> header.substring(0, header.length() - 2),
                        header -> header.substring(0, header.length() - 1) + 'g',
                        header -> header.replace("SDK-HMAC-SHA256", "SDK-HMAC-SM3"),
                        header -> header.replace("SDK-HMAC-SHA256", "sdk-hmac-sha256"),
                        header -> header.replace("SDK-HMAC-SHA256", "AWS4-HMAC-SHA256"),
                        header -> header.replace("SDK-HMAC-SHA256 ", "SDK-HMAC-SHA256"),
                        header -> header.replace(KEY.id(), ""),
                        header -> header.replace(KEY.id(), "AK/EXAMPLE"),
                        header -> header.replace(KEY.id(), "akexample123"),
                        header -> header.replace(KEY.id(), "A".repeat(41)),
                        header -> header.replace("=" + KEY.id(), "=" + KEY.id() + "/20261125"),
                        header -> header.replace("SignedHeaders=host", "SignedHeaders=Host"),
                        header -> header.replace("SignedHeaders=host", "SignedHeaders=host;host"),
                        header -> header.replaceFirst("SignedHeaders=[^,]*", "SignedHeaders="),
                        header -> header.replaceFirst("SignedHeaders=[^,]*, ", ""),
                        header -> header.replaceFirst(", Signature=.*", ""),
                        header -> header.replaceFirst("(SignedHeaders=[^,]*), (Signature=.*)", "$2, $1"),
                        header -> header + ", Signature=" + "0".repeat(64),
                        header -> header.replace("SignedHeaders=", "SignedHeaders=" + "x;".repeat(3_000)))
                .map(Arguments::of);
    }

    @ParameterizedTest
    @MethodSource("otherForms")
    void anythingThatIsNotOfTheForm(UnaryOperator<String> change) {
        for (Form form : Form.values()) {
            isRefused(NOW, with(signed(form), change), "Authorization is not of");
        }
        assertThat("keys looked for", lookedFor, is(List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/20261125/eu-de/ecs/sdk_request",
                "/20261125/eu-de/dis/",
                "/20261125/eu-de",
                "/20261125//dis/sdk_request",
                ""
            })
    void aScopeThatIsNotOfTheForm(String scope) {
        isRefused(
                NOW,
                with(signed(Form.DIS), header -> header.replace("/20261125/eu-de/dis/sdk_request", scope)),
                "Authorization is not of");
    }

    @ParameterizedTest
    @EnumSource
    void neitherTheParsedHeaderNorTheKeyPrintsASecret(Form form) {
        String header = signed(form).headers().get(Signatures.AUTHORIZATION);
        SignedAuthorization parsed = SignedAuthorization.parse(header).orElseThrow();
        assertThat(parsed.toString(), not(containsString(parsed.signature())));
        assertThat(KEY.toString(), not(containsString(KEY.secret())));
    }
}
