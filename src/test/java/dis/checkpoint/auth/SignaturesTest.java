package dis.checkpoint.auth;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dis.checkpoint.dev.DynamoDbLocal;
import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import dis.checkpoint.request.ReceivedRequest;
import dis.checkpoint.support.ClientRequest;
import dis.checkpoint.support.Signer;
import dis.checkpoint.support.Signer.Form;
import dis.checkpoint.support.Way;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which signatures hold (API reference, "Access keys"), and the diagnosis of those that do not. */
class SignaturesTest {

    static final AccessKey KEY = new AccessKey("AKEXAMPLE123", "SKexampleSecret", new ProjectId("project-1"));

    private static final String PATH = "/v2/project-1/checkpoints";
    private static final String BODY =
            "{\"app_name\":\"app\",\"checkpoint_type\":\"LAST_READ\",\"stream_name\":\"stream\","
                    + "\"partition_id\":\"0\",\"sequence_number\":\"5\",\"metadata\":\"m\"}";
    private static final Instant NOW = Instant.parse("2026-11-25T03:03:10Z");

    private final List<String> lookedUp = new ArrayList<>();

    private AccessKey check(Instant now, ReceivedRequest request, AccessKey known) {
        return new Signatures(Clock.fixed(now, ZoneOffset.UTC)).check(request, id -> {
            lookedUp.add(id);
            if (!known.id().equals(id)) {
                throw Signatures.refused("unknown", id);
            }
            return known;
        });
    }

    private void holds(Instant now, ClientRequest request) {
        assertThat(check(now, request.received(), KEY), is(KEY));
    }

    private void holdsInEachWay(Instant now, ClientRequest request, AccessKey key) {
        for (Way way : Way.values()) {
            assertThat(way.name(), check(now, request.received(way), key), is(key));
        }
    }

    private void isRefused(Instant now, ClientRequest request, String diagnosis) {
        DisException refusal = assertThrows(DisException.class, () -> check(now, request.received(), KEY));
        assertThat(refusal.error(), is(DisError.INVALID_TOKEN));
        assertThat(refusal.getMessage(), is("Invalid Token header. [the signature does not hold]"));
        assertThat(refusal.diagnosis().orElseThrow(), startsWith(diagnosis));
        assertThat(refusal.diagnosis().orElseThrow(), not(containsString(KEY.secret())));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The vectors of the API reference, each a POST and a GET. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "Java DIS | 20261125T030310Z | SDK-HMAC-SHA256 Credential=AKEXAMPLE123/20261125/eu-de/dis/sdk_request"
                        + " | accept;content-type;host;x-project-id;x-sdk-date;x-sdk-version"
                        + " | a03d67ae207377178ea602f71cf543727dd05aac18aa99d954ff36f23e39d68a"
                        + " | 0d6c6c2b007f679f7502964cbf1c743c361cbf7ceb9a19f5e812b86e40dcb390",
                "Java v3 | 20261125T030410Z | SDK-HMAC-SHA256 Access=AKEXAMPLE123"
                        + " | host;user-agent;x-project-id;x-sdk-date"
                        + " | e65b9284498d225f83919d3a0bb210979406c987a3a746bb224131269255f878"
                        + " | a04c7732e5a98932cc85968931c4b0d21e576678c702efbc24a7386fc4f9f552",
                "derived key | 20261128T090801Z | V11-HMAC-SHA256 Credential=AKEXAMPLE123/20261128/eu-de/dis/sdk_request"
                        + " | host;x-sdk-date"
                        + " | 4dc5d597ef3c14d802ab48f376f3cb047fb2ca6859d32f4d33d109e223815fe7"
                        + " | a2571aaf8f455ac567b4ef647ee9fb0a1a42d09d60a9590660c2f84ffdfe99ae",
                "Go v3 | 20261128T090801Z | SDK-HMAC-SHA256 Access=AKEXAMPLE123"
                        + " | user-agent;x-project-id;x-sdk-date"
                        + " | e896cbabacfa737592adab922f853f44fa2dfe183baa92830743590bb4ae18ad"
                        + " | d0833517e11a60660c7160c26238bb0256ad381b619186396d91de0fce951cb7",
                "Go and .NET DIS | 20261128T090801Z"
                        + " | SDK-HMAC-SHA256 Credential=AKEXAMPLE123/20261128/eu-de/dis/sdk_request"
                        + " | content-type;host;x-sdk-date"
                        + " | 733a49b584cc232ff1a7a25c43c7e911d13fc5af1f5eebe65a483465cf5c41d4"
                        + " | a7eb4e108b593a253498274effe9befe9bc6dc9c5e2297a1f4d3926b9978b5d4",
                "gophertelekomcloud | 20261128T090801Z | SDK-HMAC-SHA256 Credential=AKEXAMPLE123/20261128///sdk_request"
                        + " | accept;host;user-agent;x-sdk-date"
                        + " | 85ada4edac9e78f22b46146929b0721ccfc17ef93ec28e386ed52b25b82dcfac"
                        + " | e4439cb509e92266b7920d57fbc749746d7a1e44bdedd0cfde4a060a28ab0b1a",
                "Python DIS 2.0.7, host without port | 20261128T090801Z"
                        + " | SDK-HMAC-SHA256 Credential=AKEXAMPLE123/20261128/eu-de/dis/sdk_request | host;x-sdk-date"
                        + " | f901467dca9b048f2cbb42365de5a35b35a7a3f58135be56dd874a8b146e7bc7"
                        + " | 769568b301c909869753f7f934c6d435a862fcae99ef5cb156dcc500bc286f72"
            })
    void vectorOfARealClientHolds(
            String client, String date, String credential, String signedHeaders, String post, String get) {
        boolean java = client.startsWith("Java");
        Map<String, String> headers = new HashMap<>(Map.of(
                "accept",
                java ? "*/*; charset=utf-8" : "application/json",
                "content-type",
                java ? "application/json; charset=utf-8" : "application/json",
                "host",
                "127.0.0.1:8123",
                "user-agent",
                java ? "huaweicloud-usdk-java/3.0" : "huaweicloud-usdk-go/3.0",
                "x-project-id",
                "project-1",
                "x-sdk-date",
                date,
                "x-sdk-version",
                "1.3.5-SNAPSHOT/java"));
        String authorization = credential + ", SignedHeaders=" + signedHeaders + ", Signature=";
        String path = client.equals("Java DIS") ? PATH + '/' : PATH;
        Instant sent = date(date);
        headers.put("authorization", authorization + post);
        holdsInEachWay(sent, new ClientRequest("POST", path, "", headers, bytes(BODY)), KEY);
        headers.put("authorization", authorization + get);
        String query = "partition_id=0&app_name=app&stream_name=stream&checkpoint_type=LAST_READ&";
        holdsInEachWay(sent, new ClientRequest("GET", path, query, headers, new byte[0]), KEY);
    }

    private static Instant date(String date) {
        return Instant.parse(date.replaceFirst("(....)(..)(..)T(..)(..)(..)Z", "$1-$2-$3T$4:$5:$6Z"));
    }

    static Stream<Arguments> recordedRequests() throws IOException {
        try (InputStream file = SignaturesTest.class.getResourceAsStream("/signed-requests.http")) {
            String requests = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            return Arrays.stream(requests.split("(?m)^### "))
                    .skip(1)
                    .map(request -> request.split("\n", 2))
                    .map(request -> arguments(request[0], recorded(request[1], request[0].contains("ends in LF"))));
        }
    }

    private static ClientRequest recorded(String request, boolean endsInLineFeed) {
        String[] headAndBody = request.strip().split("\n\n", 2);
        List<String> head = headAndBody[0].lines().toList();
        String[] target = head.get(0).split(" ")[1].split("\\?", 2);
        Map<String, String> headers = new HashMap<>();
        for (String line : head.subList(1, head.size())) {
            String[] header = line.split(":", 2);
            headers.put(header[0].toLowerCase(Locale.ROOT), header[1].strip());
        }
        String body = headAndBody.length < 2 ? "" : headAndBody[1] + (endsInLineFeed ? "\n" : "");
        return new ClientRequest(
                head.get(0).split(" ")[0], target[0], target.length < 2 ? "" : target[1], headers, bytes(body));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recordedRequests")
    void recordedRequestOfARealClientHolds(String client, ClientRequest request) {
        AccessKey key = DynamoDbLocal.accessKeyOf("project-1");
        holdsInEachWay(date(request.headers().get("x-sdk-date")), request, key);
    }

    @Test
    void sevenClientsAreRecordedWithThreeRequestsEach() throws IOException {
        assertThat(recordedRequests().toList(), hasSize(7 * 3));
    }

    private static ClientRequest sign(Form form, Instant date, Map<String, String> headers) {
        return new ClientRequest(
                "POST",
                PATH,
                "a=1&b=2",
                Signer.with(KEY, form).sign(date, "POST", PATH, "a=1&b=2", headers, bytes(BODY)),
                bytes(BODY));
    }

    private static ClientRequest signed(Form form) {
        return sign(form, NOW, Map.of("host", "example.com", "x-project-id", "project-1"));
    }

    /** A signed request whose scope or signed headers are others than those of {@link Signer}. */
    private static ClientRequest signed(Form form, String scope, String... names) {
        String authorization = Signer.with(KEY, form)
                .authorization(scope, "POST", PATH, "a=1&b=2", signed(form).headers(), List.of(names), bytes(BODY));
        return with(signed(form), header -> authorization);
    }

    private static ClientRequest with(ClientRequest request, String header, UnaryOperator<String> change) {
        Map<String, String> headers = new HashMap<>(request.headers());
        headers.compute(header, (name, value) -> change.apply(value));
        return new ClientRequest(request.method(), request.path(), request.query(), headers, request.body());
    }

    private static ClientRequest with(ClientRequest request, UnaryOperator<String> authorization) {
        return with(request, Signatures.AUTHORIZATION, authorization);
    }

    /** One client sends the query as it is, another percent-encodes it; a plus is no blank to either. */
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
    void spellingOfTheQueryDoesNotMatter(String signed, String sent) {
        Map<String, String> headers =
                Signer.with(KEY, Form.V3).sign(NOW, "GET", PATH, signed, Map.of("host", "example.com"), new byte[0]);
        holds(NOW, new ClientRequest("GET", PATH, sent, headers, new byte[0]));
    }

    @ParameterizedTest
    @EnumSource
    void blanksBehindAlgorithmAndCommasDoNotMatter(Form form) {
        holds(NOW, with(signed(form), header -> header.replaceFirst(" ", "   ")));
        holds(NOW, with(signed(form), header -> header.replace(", ", ",")));
        holds(NOW, with(signed(form), header -> header.replace(", ", ",  ")));
    }

    @ParameterizedTest
    @EnumSource
    void dateMayBe15MinutesOff(Form form) {
        Duration tolerance = Duration.ofMinutes(15);
        holds(NOW.plus(tolerance), signed(form));
        holds(NOW.minus(tolerance), signed(form));
        lookedUp.clear();
        String diagnosis = "X-Sdk-Date is PT15M1S off (access key " + KEY.id() + ")";
        isRefused(NOW.plus(tolerance).plusSeconds(1), signed(form), diagnosis);
        isRefused(NOW.minus(tolerance).minusSeconds(1), signed(form), diagnosis);
        assertThat("keys looked up", lookedUp, is(List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "20261125T030310Z ",
                "20261125T030310z",
                "2026-11-25T03:03:10Z",
                "20261125T250310Z",
                "20261125T030310Z,20261125T030310Z",
                "\uff12\uff10\uff12\uff1620261125T030310Z"
            })
    void malformedDateIsRefused(String date) {
        isRefused(NOW, with(signed(Form.V3), "x-sdk-date", old -> date), "X-Sdk-Date is not of the form");
    }

    @ParameterizedTest
    @EnumSource
    void requestThatDiffersIsRefusedWithTheReason(Form form) {
        String scope = "20261125/eu-de/dis";
        isRefused(NOW, signed(form, scope, "host"), "X-Sdk-Date is not signed (access key " + KEY.id() + ")");
        if (form == Form.V3) {
            holds(NOW, signed(form, scope, "x-sdk-date"));
        } else {
            isRefused(NOW, signed(form, scope, "x-sdk-date"), "Host is not signed");
            isRefused(NOW, signed(form, "20261124/eu-de/dis", "host", "x-sdk-date"), "X-Sdk-Date is of another day");
        }
        for (String header : List.of("x-project-id", "host", "x-sdk-date")) {
            isRefused(NOW, with(signed(form), header, value -> null), "a signed header is absent");
        }
        isRefused(NOW, with(signed(form), "x-security-token", value -> "token"), "X-Security-Token came along");
        assertThat(
                "keys looked up",
                lookedUp.stream().distinct().toList(),
                is(form == Form.V3 ? List.of(KEY.id()) : List.of()));

        String other = "the signature is not that of the access key (access key " + KEY.id() + ")";
        isRefused(NOW, with(signed(form), "x-project-id", value -> "project-2"), other);
        isRefused(NOW, with(signed(form), header -> header.replaceFirst("[0-9a-f]{64}$", "0".repeat(64))), other);
        isRefused(NOW, with(signed(form), header -> header.replace(KEY.id(), "AKUNKNOWN123")), "unknown");
    }

    static Stream<UnaryOperator<String>> malformations() {
        return Stream.of(
                header -> "",
                header -> " " + header,
                header -> header + " ",
                header -> header.substring(0, header.length() - 2),
                header -> header.substring(0, header.length() - 1) + 'g',
                header -> header.replace("HMAC-SHA256", "hmac-sha256"),
                header -> header.replaceFirst(" ", ""),
                header -> header.replace(KEY.id(), "AK/EXAMPLE"),
                header -> header.replace(KEY.id(), "A".repeat(41)),
                header -> header.replace("SignedHeaders=host", "SignedHeaders=host;host"),
                header -> header.replaceFirst("SignedHeaders=[^,]*", "SignedHeaders="),
                header -> header.replaceFirst(", Signature=.*", ""),
                header -> header.replaceFirst("(SignedHeaders=[^,]*), (Signature=.*)", "$2, $1"),
                header -> header + ", Signature=" + "0".repeat(64),
                // API Gateway joins several headers by commas.
                header -> header + ',' + header,
                header -> "Bearer x," + header,
                header -> ',' + header);
    }

    @ParameterizedTest
    @MethodSource("malformations")
    void malformedAuthorizationIsRefused(UnaryOperator<String> change) {
        for (Form form : Form.values()) {
            isRefused(NOW, with(signed(form), change), "Authorization is not of a signature's form: ");
        }
        assertThat("keys looked up", lookedUp, is(List.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "SDK-HMAC-SHA256, SDK-HMAC-SM3, the algorithm is neither",
        "AKEXAMPLE123, akexample123, the access key's id is not",
        "SignedHeaders=host, SignedHeaders=Host, SignedHeaders are not names in lower case",
        "SignedHeaders=, Headers=, there is no SignedHeaders",
        "Signature=, Signature=0, Signature is not 64 hex digits"
    })
    void diagnosisSaysWhichPartIsMalformed(String right, String wrong, String diagnosis) {
        for (Form form : List.of(Form.DIS, Form.V3)) {
            isRefused(
                    NOW,
                    with(signed(form), header -> header.replace(right, wrong)),
                    "Authorization is not of a signature's form: " + diagnosis);
        }
    }

    @Test
    void authorizationHasAtMost4096Characters() {
        String rest = signed(Form.DIS, "20261125/%s/dis", "host", "x-sdk-date")
                .headers()
                .get("authorization");
        String region = "r".repeat(4_096 - rest.length() + "%s".length());
        holds(NOW, signed(Form.DIS, "20261125/" + region + "/dis", "host", "x-sdk-date"));
        isRefused(
                NOW,
                signed(Form.DIS, "20261125/" + region + "r/dis", "host", "x-sdk-date"),
                "Authorization is not of a signature's form: it is longer than 4096 characters");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/20261125/eu-de/dis/",
                "/20261125/eu-de/dis",
                "/20261125/eu-de/sdk_request",
                "/20261125/eu-de/dis/ecs/sdk_request",
                "//eu-de/dis/sdk_request",
                "/2026112/eu-de/dis/sdk_request",
                ""
            })
    void malformedScopeIsRefused(String scope) {
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
    void scopeIsAnyRegionAndServiceAndIsSigned(String scope) {
        for (Form form : List.of(Form.DIS, Form.DERIVED)) {
            ClientRequest request = signed(form, scope, "host", "x-sdk-date");
            holds(NOW, request);
            isRefused(
                    NOW,
                    with(request, header -> header.replace(scope + "/sdk", scope + "x/sdk")),
                    "the signature is not that of");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "DIS, SDK-HMAC-SHA256, V11-HMAC-SHA256, the signature is not that of",
        "DERIVED, V11-HMAC-SHA256, SDK-HMAC-SHA256, the signature is not that of",
        "V3, SDK-HMAC-SHA256, V11-HMAC-SHA256, Authorization is not of a signature's form: there is no Credential"
    })
    void algorithmIsPartOfTheSignature(Form form, String signed, String sent, String diagnosis) {
        isRefused(NOW, with(signed(form), header -> header.replace(signed, sent)), diagnosis);
    }

    /** The Python DIS SDK leaves the port out of the signature. */
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "[::1]", "localhost"})
    void hostIsSignedWithItsPortOrWithout(String name) {
        for (Form form : Form.values()) {
            holds(NOW, sign(form, NOW, Map.of("host", name + ":8080")));
            ClientRequest withoutPort = sign(form, NOW, Map.of("host", name));
            holds(NOW, with(withoutPort, "host", host -> name + ":8080"));
            isRefused(NOW, with(withoutPort, "host", host -> "other:8080"), "the signature is not that of");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "SDK-HMAC-SHA256 Access=x, true",
        "V11-HMAC-SHA256, true",
        "'Bearer x, SDK-HMAC-SHA256 Access=x', true",
        "'', false",
        "Bearer x, false",
        "Basic SDK-HMAC-SHA256, false",
        "SDK-HMAC-SM3 Access=x, false",
        "AWS4-HMAC-SHA256 Credential=x, false"
    })
    void onlyTheTwoAlgorithmsAreSchemesOfSignatures(String header, boolean isSignature) {
        assertThat(SignedAuthorization.isSignature(header), is(isSignature));
    }

    @Test
    void secretsAreNotPrinted() {
        SignedAuthorization parsed =
                SignedAuthorization.parse(signed(Form.DIS).headers().get(Signatures.AUTHORIZATION));
        assertThat(parsed.toString(), is("SignedAuthorization of " + KEY.id()));
        assertThat(KEY.toString(), not(containsString(KEY.secret())));
    }

    @ParameterizedTest
    @CsvSource({"AKEXAMPLE1, ' ', false", "AKEXAMPLE1, 's', true", "AKEXAMPLE, s, false", "AKEXAMPLE-1, s, false"})
    void accessKeyHasAnIdAndASecret(String id, String secret, boolean valid) {
        ProjectId project = new ProjectId("project-1");
        if (valid) {
            assertThat(new AccessKey(id, secret, project).secret(), is(secret));
            assertThat(new AccessKey(id, "s".repeat(256), project).id(), is(id));
            assertThrows(IllegalArgumentException.class, () -> new AccessKey(id, "s".repeat(257), project));
        } else {
            assertThrows(IllegalArgumentException.class, () -> new AccessKey(id, secret, project));
        }
    }
}
