package dis.checkpoint.auth;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.support.ClientRequest;
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

    private AccessKey check(Instant now, ClientRequest request) throws SignatureException {
        return new Signatures(Clock.fixed(now, ZoneOffset.UTC)).check(request.received(), id -> {
            lookedFor.add(id);
            return Optional.of(KEY).filter(key -> key.id().equals(id));
        });
    }

    /** A request that the DIS SDK for Java 1.3.21 has signed. */
    private static ClientRequest ofDisSdk(String method, String query, String body, String signature) {
        return new ClientRequest(
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
    private static ClientRequest ofV3Sdk(String method, String query, String body, String signature) {
        return new ClientRequest(
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

    /** Signed by five other clients, each in its way, at 09:08:01 of the 28th. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // with a derived key
                "V11-HMAC-SHA256 Credential=AKEXAMPLE123/20261128/eu-de/dis/sdk_request | host;x-sdk-date"
                        + " | 4dc5d597ef3c14d802ab48f376f3cb047fb2ca6859d32f4d33d109e223815fe7"
                        + " | a2571aaf8f455ac567b4ef647ee9fb0a1a42d09d60a9590660c2f84ffdfe99ae",
                // v3 SDK for Go
                "SDK-HMAC-SHA256 Access=AKEXAMPLE123 | user-agent;x-project-id;x-sdk-date"
                        + " | e896cbabacfa737592adab922f853f44fa2dfe183baa92830743590bb4ae18ad"
                        + " | d0833517e11a60660c7160c26238bb0256ad381b619186396d91de0fce951cb7",
                // Go and .NET DIS SDK
                "SDK-HMAC-SHA256 Credential=AKEXAMPLE123/20261128/eu-de/dis/sdk_request | content-type;host;x-sdk-date"
                        + " | 733a49b584cc232ff1a7a25c43c7e911d13fc5af1f5eebe65a483465cf5c41d4"
                        + " | a7eb4e108b593a253498274effe9befe9bc6dc9c5e2297a1f4d3926b9978b5d4",
                // gophertelekomcloud
                "SDK-HMAC-SHA256 Credential=AKEXAMPLE123/20261128///sdk_request | accept;host;user-agent;x-sdk-date"
                        + " | 85ada4edac9e78f22b46146929b0721ccfc17ef93ec28e386ed52b25b82dcfac"
                        + " | e4439cb509e92266b7920d57fbc749746d7a1e44bdedd0cfde4a060a28ab0b1a",
                // Python DIS SDK 2.0.7, which signs the host without its port
                "SDK-HMAC-SHA256 Credential=AKEXAMPLE123/20261128/eu-de/dis/sdk_request | host;x-sdk-date"
                        + " | f901467dca9b048f2cbb42365de5a35b35a7a3f58135be56dd874a8b146e7bc7"
                        + " | 769568b301c909869753f7f934c6d435a862fcae99ef5cb156dcc500bc286f72"
            })
    void whatOtherClientsSignedHolds(String credential, String signedHeaders, String ofPost, String ofGet)
            throws SignatureException {
        Instant sent = Instant.parse("2026-11-28T09:08:01Z");
        Map<String, String> headers = new HashMap<>(Map.of(
                "accept", "application/json",
                "content-type", "application/json",
                "host", "127.0.0.1:8123",
                "user-agent", "huaweicloud-usdk-go/3.0",
                "x-project-id", "project-1",
                "x-sdk-date", "20261128T090801Z"));
        String authorization = credential + ", SignedHeaders=" + signedHeaders + ", Signature=";
        headers.put("authorization", authorization + ofPost);
        ClientRequest post = new ClientRequest("POST", PATH, "", headers, BODY.getBytes(StandardCharsets.UTF_8));
        assertThat(check(sent, post), is(KEY));
        headers.put("authorization", authorization + ofGet);
        String query = "stream_name=stream&app_name=app&partition_id=0&checkpoint_type=LAST_READ";
        assertThat(check(sent, new ClientRequest("GET", PATH, query, headers, new byte[0])), is(KEY));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("vectors")
    void whatARealClientSignedHolds(String client, ClientRequest request) throws SignatureException {
        assertThat(check(NOW, request), is(KEY));
    }

    @ParameterizedTest
    @EnumSource
    void aRequestAsTestsSignItHolds(Form form) throws SignatureException {
        assertThat(check(NOW, signed(form)), is(KEY));
    }

    static ClientRequest signed(Form form) {
        return sign(form, NOW, Map.of("host", "example.com", "x-project-id", "project-1"));
    }

    private static ClientRequest sign(Form form, Instant date, Map<String, String> headers) {
        byte[] body = BODY.getBytes(StandardCharsets.UTF_8);
        return new ClientRequest(
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
        assertThat(check(NOW, new ClientRequest("GET", PATH, sent, headers, new byte[0])), is(KEY));
    }

    @Test
    void anAuthorizationHasAtMost4096Characters() {
        String begin = "SDK-HMAC-SHA256 Credential=AKEXAMPLE123/20261125/";
        String end = "/dis/sdk_request, SignedHeaders=host, Signature=" + "0".repeat(64);
        String region = "r".repeat(4_096 - begin.length() - end.length());
        assertDoesNotThrow(() -> SignedAuthorization.parse(begin + region + end));
        assertThrows(SignatureException.class, () -> SignedAuthorization.parse(begin + region + 'r' + end));
    }

    /** A signed request with a header replaced, or without it. */
    private static ClientRequest with(ClientRequest request, String header, UnaryOperator<String> change) {
        Map<String, String> headers = new HashMap<>(request.headers());
        headers.compute(header, (name, value) -> change.apply(value));
        return new ClientRequest(request.method(), request.path(), request.query(), headers, request.body());
    }

    private static ClientRequest with(ClientRequest request, UnaryOperator<String> authorization) {
        return with(request, Signatures.AUTHORIZATION, authorization);
    }

    private void isRefused(Instant now, ClientRequest request, String diagnosis) {
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
                "the access key is unknown or not enabled (access key AKUNKNOWN123)");
    }

    @ParameterizedTest
    @EnumSource
    void aSignatureWithAnotherSecret(Form form) {
        Map<String, String> headers = new HashMap<>(signed(form).headers());
        headers.remove(Signatures.AUTHORIZATION);
        List<String> names = List.of("host", "x-project-id", "x-sdk-date");
        String other = new Signer(form, KEY.id(), KEY.secret() + 'x')
                .authorization("POST", PATH, "a=1&b=2", headers, names, BODY.getBytes(StandardCharsets.UTF_8));
        isRefused(
                NOW,
                with(signed(form), header -> other),
                "the signature is not the one of the access key (access key " + KEY.id() + ")");
    }

    @ParameterizedTest
    @EnumSource
    void aDateMoreThan15MinutesOff(Form form) throws SignatureException {
        ClientRequest request = signed(form);
        assertThat(check(NOW.plus(Duration.ofMinutes(15)), request), is(KEY));
        assertThat(check(NOW.minus(Duration.ofMinutes(15)), request), is(KEY));
        lookedFor.clear();
        isRefused(
                NOW.plus(Duration.ofMinutes(15)).plusSeconds(1),
                request,
                "X-Sdk-Date is PT15M1S off (access key " + KEY.id() + ")");
        isRefused(NOW.minus(Duration.ofMinutes(15)).minusSeconds(1), request, "X-Sdk-Date is PT15M1S off");
        assertThat("keys looked for", lookedFor, is(List.of()));
    }

    @Test
    void aDateOfAnotherDayThanTheScope() throws SignatureException {
        Instant midnight = Instant.parse("2026-11-25T00:00:00Z");
        ClientRequest request = sign(Form.DIS, midnight, Map.of("host", "example.com"));
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
    void aSignatureWithoutADate(Form form) {
        isRefused(NOW, signedOnly(form, List.of("host")), "X-Sdk-Date is not signed");
        isRefused(NOW, signedOnly(form, List.of("x-project-id")), "X-Sdk-Date is not signed");
    }

    @Test
    void aSignatureWithoutAHostHoldsInTheFormOfTheV3SdksAlone() throws SignatureException {
        assertThat(check(NOW, signedOnly(Form.V3, List.of("x-sdk-date"))), is(KEY));
        isRefused(NOW, signedOnly(Form.DIS, List.of("x-sdk-date")), "Host is not signed");
        isRefused(NOW, signedOnly(Form.DERIVED, List.of("x-sdk-date")), "Host is not signed");
    }

    private static ClientRequest signedOnly(Form form, List<String> names) {
        String authorization = new Signer(form, KEY.id(), KEY.secret())
                .authorization(
                        "POST", PATH, "a=1&b=2", signed(form).headers(), names, BODY.getBytes(StandardCharsets.UTF_8));
        return with(signed(form), header -> authorization);
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
        ClientRequest signed = sign(form, NOW, Map.of("host", "example.com", "x-security-token", "token"));
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
                        header -> header.replace("HMAC-SHA256", "HMAC-SM3"),
                        header -> header.replace("HMAC-SHA256", "hmac-sha256"),
                        header -> header.replaceFirst("^...", "AWS4"),
                        header -> header.replaceFirst(" ", ""),
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
                "/20261125/eu-de/dis/",
                "/20261125/eu-de/dis",
                "/20261125/eu-de",
                "/20261125/eu-de/sdk_request",
                "/20261125/eu-de/dis/ecs/sdk_request",
                "//eu-de/dis/sdk_request",
                "/eu-de/dis/sdk_request",
                "/2026112/eu-de/dis/sdk_request",
                ""
            })
    void aScopeThatIsNotOfTheForm(String scope) {
        for (Form form : List.of(Form.DIS, Form.DERIVED)) {
            isRefused(
                    NOW,
                    with(signed(form), header -> header.replace("/20261125/eu-de/dis/sdk_request", scope)),
                    "Authorization is not of a signature's form: Credential is not AK/yyyyMMdd/region/service/");
        }
    }

    /** Clients name any region and service, and some name none. */
    @ParameterizedTest
    @ValueSource(strings = {"20261125/eu-de/dis", "20261125//", "20261125/cn-north-4/ecs", "20261125/ü %/~"})
    void anyScopeOfTheDayHolds(String scope) throws SignatureException {
        for (Form form : List.of(Form.DIS, Form.DERIVED)) {
            assertThat(check(NOW, signedFor(scope, form)), is(KEY));
            isRefused(
                    NOW,
                    with(signedFor(scope, form), header -> header.replace(scope + "/sdk", scope + "x/sdk")),
                    "the signature is not the one of");
        }
        isRefused(
                NOW,
                signedFor(scope.replace("20261125", "20261124"), Form.DERIVED),
                "X-Sdk-Date is of another day than the scope");
    }

    private static ClientRequest signedFor(String scope, Form form) {
        String authorization = new Signer(form, KEY.id(), KEY.secret())
                .authorization(
                        scope,
                        "POST",
                        PATH,
                        "a=1&b=2",
                        signed(form).headers(),
                        List.of("host", "x-sdk-date"),
                        BODY.getBytes(StandardCharsets.UTF_8));
        return with(signed(form), header -> authorization);
    }

    /** The secret under the name of the derived one, and the other way round. */
    @Test
    void aKeyUnderTheNameOfTheOtherAlgorithm() {
        isRefused(
                NOW,
                with(signed(Form.DIS), header -> header.replace("SDK-HMAC-SHA256", "V11-HMAC-SHA256")),
                "the signature is not the one of");
        isRefused(
                NOW,
                with(signed(Form.DERIVED), header -> header.replace("V11-HMAC-SHA256", "SDK-HMAC-SHA256")),
                "the signature is not the one of");
        isRefused(
                NOW,
                with(signed(Form.V3), header -> header.replace("SDK-HMAC-SHA256", "V11-HMAC-SHA256")),
                "Authorization is not of a signature's form: there is no Credential");
    }

    @ParameterizedTest
    @CsvSource({
        "SDK-HMAC-SHA256, SDK-HMAC-SM3, the algorithm is neither",
        "AKEXAMPLE123, akexample123, the access key's id is not",
        "SignedHeaders=host, SignedHeaders=Host, SignedHeaders are not names in lower case",
        "SignedHeaders=, Headers=, there is no SignedHeaders",
        "Signature=, Signature=0, Signature is not 64 hex digits"
    })
    void theDiagnosisSaysWhatIsNotOfTheForm(String right, String wrong, String diagnosis) {
        for (Form form : List.of(Form.DIS, Form.V3)) {
            isRefused(
                    NOW,
                    with(signed(form), header -> header.replace(right, wrong)),
                    "Authorization is not of a signature's form: " + diagnosis);
        }
    }

    /** The Python DIS SDK signs it without its port. */
    @Test
    void aHostIsSignedWithItsPortOrWithout() throws SignatureException {
        for (String host : List.of("127.0.0.1:8080", "[::1]:8080", "localhost:8080")) {
            for (Form form : Form.values()) {
                assertThat(check(NOW, sign(form, NOW, Map.of("host", host))), is(KEY));
                ClientRequest withoutPort = sign(form, NOW, Map.of("host", host.replaceFirst(":8080$", "")));
                assertThat(check(NOW, with(withoutPort, "host", its -> host)), is(KEY));
                isRefused(
                        NOW,
                        with(withoutPort, "host", its -> "other:8080"),
                        "the signature is not the one of the access key");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void neitherTheParsedHeaderNorTheKeyPrintsASecret(Form form) throws SignatureException {
        String header = signed(form).headers().get(Signatures.AUTHORIZATION);
        SignedAuthorization parsed = SignedAuthorization.parse(header);
        assertThat(parsed.toString(), not(containsString(parsed.signature())));
        assertThat(KEY.toString(), not(containsString(KEY.secret())));
    }
}
