package dis.checkpoint.auth;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.ObjectMapper;
import dis.checkpoint.dev.FakeKeystone;
import dis.checkpoint.support.Api;
import dis.checkpoint.support.EmbeddedServices;
import dis.checkpoint.support.Events;
import dis.checkpoint.support.Signer;
import dis.checkpoint.support.Signer.Form;
import dis.checkpoint.support.TableProxy;
import dis.checkpoint.support.Way;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * That no request to the table of checkpoints is caused by somebody who is not let in, neither by a token nor by a
 * signature; counted on the way to it.
 */
@QuarkusTest
@WithTestResource(
        value = EmbeddedServices.class,
        initArgs = @ResourceArg(name = EmbeddedServices.ACCESS_KEYS, value = "on"))
class NobodyGetsInTest {

    private static final String TOKEN = "x-auth-token";
    private static final String OTHERS_TOKEN = FakeKeystone.tokenOf(Api.OTHER_PROJECT);
    private static final String OTHERS_PATH = "/v2/" + Api.OTHER_PROJECT + "/checkpoints";
    private static final List<String> METHODS = List.of("POST", "GET", "DELETE", "PUT", "PATCH", "OPTIONS");

    @Inject
    RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> function;

    @Inject
    ObjectMapper mapper;

    FakeKeystone iam;
    TableProxy proxy;

    private final String app = Api.newApp();

    private APIGatewayV2HTTPEvent event(String method) {
        return method.equals("POST")
                ? Events.post(Api.submission(app, "2"))
                : Events.event(method, Api.query(app, "0"));
    }

    private int checkpointRequests() {
        return proxy.requests() - proxy.keyRequests();
    }

    private void isRefused(APIGatewayV2HTTPEvent event, int status, String code) throws IOException {
        for (Way way : Way.values()) {
            int before = checkpointRequests();
            APIGatewayV2HTTPResponse response = way.answer(function, mapper, event);
            assertThat("requests to the table", checkpointRequests() - before, is(0));
            assertThat(way.name(), response.getStatusCode(), is(status));
            assertThat(response.getHeaders().get("Content-Type"), is(Api.MEDIA_TYPE));
            assertThat(mapper.readTree(response.getBody()).path("errorCode").asText(), is(code));
        }
    }

    static Stream<Arguments> strangers() {
        return Stream.of(
                arguments("no token", headers(), 401, "DIS.4113"),
                arguments("an empty one", headers(TOKEN, ""), 401, "DIS.4113"),
                arguments("blanks", headers(TOKEN, " \t "), 401, "DIS.4113"),
                arguments("only commas", headers(TOKEN, ",,"), 401, "DIS.4113"),
                arguments("unknown", headers(TOKEN, "unknown"), 401, "DIS.4114"),
                arguments("nearly known", headers(TOKEN, Api.TOKEN + "x"), 401, "DIS.4114"),
                arguments("cut short", headers(TOKEN, Api.TOKEN.substring(1)), 401, "DIS.4114"),
                arguments("in another case", headers(TOKEN, Api.TOKEN.toUpperCase()), 401, "DIS.4114"),
                arguments("with a scheme", headers(TOKEN, "Bearer " + Api.TOKEN), 401, "DIS.4114"),
                arguments("quoted", headers(TOKEN, '"' + Api.TOKEN + '"'), 401, "DIS.4114"),
                arguments("of another project", headers(TOKEN, OTHERS_TOKEN), 403, "DIS.4116"),
                arguments("joined", headers(TOKEN, OTHERS_TOKEN + "," + Api.TOKEN), 401, "DIS.4114"),
                arguments("joined the other way", headers(TOKEN, Api.TOKEN + ", " + OTHERS_TOKEN), 401, "DIS.4114"),
                arguments("twice the same", headers(TOKEN, Api.TOKEN + "," + Api.TOKEN), 401, "DIS.4114"),
                arguments("in two headers", headers(TOKEN, Api.TOKEN, "X-Auth-Token", OTHERS_TOKEN), 401, "DIS.4114"),
                arguments("two by a blank", headers(TOKEN, Api.TOKEN + " " + OTHERS_TOKEN), 401, "DIS.4114"),
                arguments("two by a tab", headers(TOKEN, Api.TOKEN + "\t" + Api.TOKEN), 401, "DIS.4114"),
                arguments("a line break", headers(TOKEN, "x\r\nX-Auth-Token: " + Api.TOKEN), 401, "DIS.4114"),
                arguments("a comma behind", headers(TOKEN, Api.TOKEN + ","), 401, "DIS.4114"),
                arguments("a comma and a blank behind", headers(TOKEN, Api.TOKEN + ", "), 401, "DIS.4114"),
                arguments("a comma before", headers(TOKEN, "," + Api.TOKEN), 401, "DIS.4114"),
                arguments("a wide blank", headers(TOKEN, "\u00a0" + Api.TOKEN), 401, "DIS.4114"),
                arguments("a zero-width blank", headers(TOKEN, "\u200b" + Api.TOKEN), 401, "DIS.4114"),
                arguments("an underscored name", headers("x_auth_token", Api.TOKEN), 401, "DIS.4113"),
                arguments("another name", headers("x-subject-token", Api.TOKEN), 401, "DIS.4113"),
                arguments("another scheme", headers("authorization", "Bearer " + Api.TOKEN), 401, "DIS.4114"),
                arguments("a token as a signature", headers("authorization", Api.TOKEN), 401, "DIS.4114"),
                arguments("an empty signature", headers("authorization", " "), 401, "DIS.4113"),
                arguments("a cookie", headers("cookie", "X-Auth-Token=" + Api.TOKEN), 401, "DIS.4113"),
                arguments("named as forwarded", headers("x-forwarded-x-auth-token", Api.TOKEN), 401, "DIS.4113"),
                arguments("a forged role", headers("x-roles", "admin", "x-project-id", Api.PROJECT), 401, "DIS.4113"),
                arguments("a confirmed identity", headers("x-identity-status", "Confirmed"), 401, "DIS.4113"));
    }

    static Stream<Arguments> forgers() {
        return Arrays.stream(Form.values()).flatMap(form -> {
            Signer member = Signer.with(Api.KEY, form);
            Signer other = Signer.with(Api.OTHER_KEY, form);
            return Stream.<Arguments>of(
                    forger(form, "an unknown key", new Signer(form, "AKUNKNOWN123", Api.KEY.secret())::sign, 401),
                    forger(form, "another secret", new Signer(form, Api.KEY.id(), Api.OTHER_KEY.secret())::sign, 401),
                    forger(form, "no secret", new Signer(form, Api.KEY.id(), " ")::sign, 401),
                    forger(form, "of another project", other::sign, 403),
                    forger(form, "a bad token beside it", event -> with(member.sign(event), TOKEN, "unknown"), 401),
                    forger(
                            form,
                            "another's token beside it",
                            event -> with(member.sign(event), TOKEN, OTHERS_TOKEN),
                            403),
                    forger(
                            form,
                            "a second signature",
                            event -> {
                                String first = member.sign(event).getHeaders().get("authorization");
                                return with(event, "Authorization", first);
                            },
                            401),
                    forger(form, "a session", event -> with(member.sign(event), "x-security-token", "x"), 401),
                    forger(form, "another host", event -> with(member.sign(event), "host", "example.com"), 401),
                    forger(form, "another media type", event -> with(member.sign(event), "content-type", "a/b"), 401),
                    forger(
                            form,
                            "another date",
                            event -> with(
                                    member.sign(event),
                                    "x-sdk-date",
                                    Signer.date(Instant.now().minusSeconds(60))),
                            401),
                    forger(
                            form,
                            "another query",
                            event -> {
                                member.sign(event).setRawQueryString(event.getRawQueryString() + "&a=b");
                                return event;
                            },
                            401),
                    forger(
                            form,
                            "another method",
                            event -> {
                                member.sign(event).getRequestContext().getHttp().setMethod("HEAD");
                                return event;
                            },
                            401),
                    forger(
                            form,
                            "another's path",
                            event -> {
                                member.sign(event).setRawPath(OTHERS_PATH);
                                return event;
                            },
                            401),
                    forger(
                            form,
                            "another body",
                            event -> {
                                member.sign(event).setBody("{}");
                                return event;
                            },
                            401));
        });
    }

    private static Arguments forger(Form form, String what, UnaryOperator<APIGatewayV2HTTPEvent> forgery, int status) {
        return arguments(form + ", " + what, forgery, status);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("forgers")
    void aForger(String who, UnaryOperator<APIGatewayV2HTTPEvent> forgery, int status) throws IOException {
        for (String method : METHODS) {
            isRefused(forgery.apply(event(method)), status, status == 401 ? "DIS.4114" : "DIS.4116");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aMemberWithAKeyGetsInEachWayThatAForgerVaries(Form form) {
        Signer member = Signer.with(Api.KEY, form);
        for (Way way : Way.values()) {
            assertThat(way.answer(function, mapper, member.sign(event("POST"))).getStatusCode(), is(201));
            assertThat(way.answer(function, mapper, member.sign(event("GET"))).getStatusCode(), is(200));
            assertThat(
                    way.answer(function, mapper, member.sign(event("DELETE"))).getStatusCode(), is(204));
        }
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

    private static Map<String, String> headers(String... namesAndValues) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return headers;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("strangers")
    void aStranger(String who, Map<String, String> headers, int status, String code) throws IOException {
        for (String method : METHODS) {
            APIGatewayV2HTTPEvent event = event(method);
            event.getHeaders().remove(TOKEN);
            event.getHeaders().putAll(headers);
            isRefused(event, status, code);
        }
    }

    @Test
    void aTokenThatHasExpiredIsUnscopedOrRevoked() throws IOException {
        iam.issue(
                app + "-expired", Api.PROJECT, FakeKeystone.ROLE, Instant.now().minus(Duration.ofSeconds(1)));
        iam.issue(app + "-unscoped", null, FakeKeystone.ROLE, Instant.now().plus(Duration.ofDays(1)));
        iam.issue(
                app + "-revoked", Api.PROJECT, FakeKeystone.ROLE, Instant.now().plus(Duration.ofDays(1)));
        iam.revoke(app + "-revoked");
        for (String method : METHODS) {
            isRefused(with(event(method), TOKEN, app + "-expired"), 401, "DIS.4114");
            isRefused(with(event(method), TOKEN, app + "-unscoped"), 403, "DIS.4116");
            isRefused(with(event(method), TOKEN, app + "-revoked"), 401, "DIS.4114");
        }
    }

    @Test
    void aTokenInTheQueryOrTheBodyIsNone() throws IOException {
        APIGatewayV2HTTPEvent inQuery = event("GET");
        inQuery.setRawQueryString(inQuery.getRawQueryString() + "&X-Auth-Token=" + Api.TOKEN);
        inQuery.getHeaders().remove(TOKEN);
        isRefused(inQuery, 401, "DIS.4113");
        Map<String, Object> submission = Api.submission(app, "2");
        submission.put("X-Auth-Token", Api.TOKEN);
        APIGatewayV2HTTPEvent inBody = Events.post(submission);
        inBody.getHeaders().remove(TOKEN);
        isRefused(inBody, 401, "DIS.4113");
    }

    private static APIGatewayV2HTTPEvent with(APIGatewayV2HTTPEvent event, String header, String value) {
        event.getHeaders().put(header, value);
        return event;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/project-2/checkpoints",
                "/v2/project-1/../project-2/checkpoints",
                "/v2/project-1/%2e%2e/project-2/checkpoints",
                "/v2/project-1/..%2Fproject-2/checkpoints",
                "/v2/project-1%2F..%2Fproject-2/checkpoints",
                "/v2/project-1%2f%2e%2e%2fproject-2/checkpoints",
                "/v2/project-1/..;/project-2/checkpoints",
                "/v2/./project-2/checkpoints",
                "/v2/%2e/project-2/checkpoints",
                "//v2/project-2/checkpoints",
                "/v2//project-2/checkpoints",
                "/v2/project-1//../project-2/checkpoints",
                "/v2/project-2;project-1/checkpoints",
                "/v2/project-1;/../project-2/checkpoints",
                "/v2/project-2%00project-1/checkpoints",
                "/v2/project-2%20/checkpoints",
                "/v2/project-1/checkpoints/../../project-2/checkpoints",
                "/v2/PROJECT-1/checkpoints",
                "/v2/project_1/checkpoints",
                "/v2/project-1./checkpoints",
                "/v2/project%2D2/checkpoints",
                "/v2/project-%31/checkpoints",
                "/v2/project-1%0d%0a/checkpoints",
                "/v2/projec\u0442-1/checkpoints",
                "/v2/project-1\\..\\project-2/checkpoints",
                "/v2/project-1%5c..%5cproject-2/checkpoints",
                "/v2/project-1,project-2/checkpoints",
                "/v2/*/checkpoints",
                "/v2/{project_id}/checkpoints",
                "/v2//checkpoints",
                "/v2/checkpoints",
                "/v2/project-1/checkpoints;a=b",
                "/v2/project-1/checkpoints%2F",
                "/v2/project-1/Checkpoints",
                "/v2/project-1/checkpoints//",
                "/V2/project-1/checkpoints",
                "/v1/project-1/checkpoints",
                "/v3/project-1/checkpoints",
                "/v2.0/project-1/checkpoints",
                "/%76%32/project-1/checkpoints",
                "/prod/v2/project-1/checkpoints",
                "http://host/v2/project-1/checkpoints",
                "*"
            })
    void noSpellingOfAPathLeadsToTheTable(String path) {
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
            strings = {
                "x-original-url",
                "x-rewrite-url",
                "x-forwarded-path",
                "x-forwarded-prefix",
                "x-project-id",
                "x-http-path",
                "x-original-uri"
            })
    void noHeaderLeadsIntoAnotherProject(String header) throws IOException {
        APIGatewayV2HTTPEvent event =
                with(event("POST"), header, header.equals("x-project-id") ? Api.OTHER_PROJECT : OTHERS_PATH);
        assertThat(function.handleRequest(event, null).getStatusCode(), is(201));
        APIGatewayV2HTTPEvent others = Events.event("GET", Api.query(app, "0"));
        others.setRawPath(OTHERS_PATH);
        others.getHeaders().put(TOKEN, OTHERS_TOKEN);
        APIGatewayV2HTTPResponse found = function.handleRequest(others, null);
        assertThat(mapper.readTree(found.getBody()).path("sequence_number").asText(), is("-1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x-http-method-override", "x-http-method", "x-method-override", "_method"})
    void noHeaderOrParameterReplacesTheMethod(String name) {
        assertThat(function.handleRequest(event("POST"), null).getStatusCode(), is(201));
        APIGatewayV2HTTPEvent query = with(event("GET"), name, "DELETE");
        query.setRawQueryString(query.getRawQueryString() + "&" + name + "=DELETE");
        assertThat(function.handleRequest(query, null).getStatusCode(), is(200));
        assertThat(Api.storedSequenceNumber(app), is("2"));
    }
}
