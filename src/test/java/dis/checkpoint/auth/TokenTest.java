package dis.checkpoint.auth;

import static dis.checkpoint.support.Api.isError;
import static dis.checkpoint.support.Api.path;
import static dis.checkpoint.support.Api.with;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import dis.checkpoint.dev.FakeKeystone;
import dis.checkpoint.support.Api;
import dis.checkpoint.support.CapturedLog;
import dis.checkpoint.support.EmbeddedServices;
import dis.checkpoint.support.Signer;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets in, in which order that is found out, and what the others are answered. */
@QuarkusTest
@WithTestResource(EmbeddedServices.class)
class TokenTest {

    private static final Instant TOMORROW = Instant.now().plusSeconds(86_400);

    FakeKeystone iam;

    private final String app = Api.newApp();
    private final String token = UUID.randomUUID().toString();

    @AfterEach
    void letIamAnswerAgain() {
        iam.answerWith(iam::handle);
    }

    private Response submit(String token) {
        return with(token)
                .contentType("application/json")
                .body(Api.submission(app, "2"))
                .post(path());
    }

    private void isRefused(Response response, int status, String code, String title) {
        isError(response, status, code, title);
        assertThat(Api.storedSequenceNumber(app), is("-1"));
    }

    private void isUnauthorized(Response response, String code, String title) {
        isRefused(response, 401, code, title);
        response.then().header("WWW-Authenticate", startsWith("Keystone uri=\"" + iam.endpoint() + "\""));
    }

    @Test
    void aMemberOfTheProjectGetsIn() {
        iam.issue(token, Api.PROJECT, FakeKeystone.ROLE, TOMORROW);
        submit(token).then().statusCode(201);
    }

    @Test
    void aTokenThatAClientObtainedWithAPasswordGetsIn() {
        String body = """
                {"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"%s","password":"%s",
                 "domain":{"name":"Default"}}}},"scope":{"project":{"name":"%s"}}}}""".formatted(FakeKeystone.USER, FakeKeystone.PASSWORD, Api.PROJECT);
        String obtained = RestAssured.given()
                .contentType("application/json")
                .body(body)
                .post(iam.endpoint() + "/v3/auth/tokens")
                .then()
                .statusCode(201)
                .extract()
                .header("X-Subject-Token");
        submit(obtained).then().statusCode(201);
    }

    @Test
    void noTokenIsAnEmptyToken() {
        isUnauthorized(
                Api.anonymous().contentType("application/json").body("{}").post(path()),
                "DIS.4113",
                "Empty Token header.");
    }

    /** Access keys are off by default, and most clients sign by default: they are told. */
    @Test
    void aSignatureIsNoTokenAndTheAnswerSaysThatSignaturesAreNotEnabled() {
        Response response = Api.anonymous()
                .header("X-Sdk-Date", Signer.date(Instant.now()))
                .header(
                        "Authorization",
                        "SDK-HMAC-SHA256 Access=%s, SignedHeaders=host;x-sdk-date, Signature=%064d"
                                .formatted(Api.KEY.id(), 0))
                .queryParams(Api.query(app, "0"))
                .get(path());
        isUnauthorized(
                response,
                "DIS.4113",
                "Empty Token header. [X-Auth-Token is required; AK/SK signatures are not enabled");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t", "  ,  "})
    void aBlankTokenIsAnEmptyToken(String blank) {
        isUnauthorized(submit(blank), "DIS.4113", "Empty Token header.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense",
                "token-of-project-1x",
                "TOKEN-OF-PROJECT-1",
                "token-of-project-1 x",
                "token-of-project-1,token-of-project-1",
                "nonsense,token-of-project-1",
                "tökén",
                "a\tb"
            })
    void anUnknownTokenIsInvalid(String unknown) {
        isUnauthorized(submit(unknown), "DIS.4114", "Invalid Token header.");
    }

    @Test
    void twoTokensAreInvalid() {
        isUnauthorized(
                with(Api.TOKEN)
                        .header("X-Auth-Token", Api.TOKEN)
                        .contentType("application/json")
                        .body(Api.submission(app, "2"))
                        .post(path()),
                "DIS.4114",
                "Invalid Token header.");
    }

    @Test
    void anExpiredTokenIsInvalid() {
        iam.issue(token, Api.PROJECT, FakeKeystone.ROLE, Instant.now().minusSeconds(1));
        isUnauthorized(submit(token), "DIS.4114", "Invalid Token header.");
    }

    @Test
    void aRevokedTokenIsInvalid() {
        iam.issue(token, Api.PROJECT, FakeKeystone.ROLE, TOMORROW);
        iam.revoke(token);
        isUnauthorized(submit(token), "DIS.4114", "Invalid Token header.");
    }

    @Test
    void aTokenOfAnotherProjectIsForbidden() {
        isRefused(submit(FakeKeystone.tokenOf(Api.OTHER_PROJECT)), 403, "DIS.4116", "Invalid RBAC.");
    }

    @Test
    void anUnscopedTokenIsForbidden() {
        iam.issue(token, null, FakeKeystone.ROLE, TOMORROW);
        isRefused(submit(token), 403, "DIS.4116", "Invalid RBAC.");
    }

    @ParameterizedTest
    @ValueSource(ints = {8 * 1024, 16 * 1024})
    void aLongTokenGetsIn(int length) {
        String longOne = token + "x".repeat(length - token.length());
        iam.issue(longOne, Api.PROJECT, FakeKeystone.ROLE, TOMORROW);
        submit(longOne).then().statusCode(201);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x-auth-token", "X-AUTH-TOKEN", "x-Auth-tokeN"})
    void theHeaderIsFoundInAnyCase(String header) {
        Api.anonymous()
                .header(header, Api.TOKEN)
                .queryParams(Api.query(app, "0"))
                .get(path())
                .then()
                .statusCode(200);
    }

    @ParameterizedTest
    @CsvSource({"GET, checkpoints", "PUT, checkpoints", "GET, nowhere", "POST, checkpoints/", "DELETE, checkpoints"})
    void theTokenIsLookedAtBeforePathMethodAndBody(String method, String resource) {
        String url = "/v2/" + Api.PROJECT + "/" + resource;
        isError(Api.anonymous().request(method, url), 401, "DIS.4113", "Empty Token header.");
        isError(with(token).request(method, url), 401, "DIS.4114", "Invalid Token header.");
        isError(with(FakeKeystone.tokenOf(Api.OTHER_PROJECT)).request(method, url), 403, "DIS.4116", "Invalid RBAC.");
    }

    @Test
    void aBadTokenWithABadBodyAndABadProjectIsA401() {
        isError(
                with(token).contentType("text/plain").body("[").post("/v2/b.d/checkpoints"),
                401,
                "DIS.4114",
                "Invalid Token header.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"b.d", "a%20b", "%C3%A4", "project-1;a=b", "project-1%2F"})
    void aProjectIdThatIsNoneIsRefused(String project) {
        isError(Api.member().get("/v2/" + project + "/checkpoints"), 400, "DIS.4117", "Invalid Project Id.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/project-1/../project-2/checkpoints",
                "/v2/project-1/%2e%2e/project-2/checkpoints",
                "/v2/./project-2/checkpoints",
                "//v2/project-2/checkpoints",
                "/v2//project-2/checkpoints",
                "/v2/project-1%2F..%2Fproject-2/checkpoints",
                "/v2/project-2%2Fcheckpoints",
                "/v2/project-1/checkpoints;a=b",
                "/v2/project-1/x/../checkpoints",
                "/V2/project-1/checkpoints"
            })
    void noSpellingOfAPathLeadsIntoAnotherProject(String path) {
        Response response = Api.member().queryParams(Api.query(app, "0")).get(path);
        assertThat(response.asString(), response.statusCode() >= 400, is(true));
    }

    @Test
    void iamIsAskedOnceForManyRequests() {
        AtomicInteger asked = new AtomicInteger();
        iam.answerWith(exchange -> {
            asked.incrementAndGet();
            iam.handle(exchange);
        });
        iam.issue(token, Api.PROJECT, FakeKeystone.ROLE, TOMORROW);
        for (int i = 0; i < 5; i++) {
            submit(token).then().statusCode(201);
        }
        assertThat(asked.get(), is(1));
    }

    @Test
    void anOutageOfIamIsA503ForANewTokenAndNothingForAKnownOne() {
        iam.issue(token, Api.PROJECT, FakeKeystone.ROLE, TOMORROW);
        submit(token).then().statusCode(201);
        iam.answerWith(exchange -> {
            exchange.sendResponseHeaders(500, -1);
            exchange.close();
        });
        submit(token).then().statusCode(201);
        isError(submit(UUID.randomUUID().toString()), 503, "DIS.5000", "System error.")
                .header("Retry-After", is("1"));
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void iamAnswers(int status) {
        iam.answerWith(exchange -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
    }

    /** As a server in front of Keystone answers to a long one: 400 or 431. */
    @ParameterizedTest
    @ValueSource(ints = {400, 401, 404, 410, 414, 431})
    void aTokenThatIamDoesNotTakeIsInvalid(int status) {
        iamAnswers(status);
        isUnauthorized(submit(token), "DIS.4114", "Invalid Token header.");
    }

    @Test
    void aTokenThatIamForbidsIsForbiddenAndIsNotAskedAboutEachTime() {
        iamAnswers(403);
        isRefused(submit(token), 403, "DIS.4116", "Invalid RBAC.");
        iamAnswers(500);
        isRefused(submit(token), 403, "DIS.4116", "Invalid RBAC.");
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 302, 408, 429, 500, 502, 503})
    void anyOtherAnswerOfIamIsAnOutage(int status) {
        iamAnswers(status);
        isError(submit(token), 503, "DIS.5000", "System error.").header("Retry-After", is("1"));
    }

    @Test
    void anAnswerOfIamThatIsTooLargeIsSaidToBeInTheLog() {
        iam.answerWith(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream body = exchange.getResponseBody()) {
                body.write(new byte[2_000_000]);
            }
        });
        try (CapturedLog log = new CapturedLog()) {
            isError(submit(token), 503, "DIS.5000", "System error.");
            assertThat(log.messages(), hasItem(containsString("it answered more than 1048576 bytes")));
        }
    }

    /** As if its packets got lost; IAM had promised to keep it. */
    @Test
    void aKeptConnectionToIamThatIsDeadWithoutASignIsReplaced() {
        Set<InetSocketAddress> dead = ConcurrentHashMap.newKeySet();
        CountDownLatch over = new CountDownLatch(1);
        iam.answerWith(exchange -> {
            if (dead.add(exchange.getRemoteAddress())) {
                exchange.getResponseHeaders().set("Connection", "keep-alive");
                exchange.getResponseHeaders().set("Keep-Alive", "timeout=60");
                iam.handle(exchange);
            } else {
                awaitUninterrupted(over);
            }
        });
        for (int i = 0; i < 3; i++) {
            String another = token + i;
            iam.issue(another, Api.PROJECT, FakeKeystone.ROLE, TOMORROW);
            submit(another).then().statusCode(201);
        }
        over.countDown();
        assertThat("connections that answered once", dead.size(), is(3));
    }

    /** More than are remembered. */
    @Test
    void strangersDoNotPushAMemberOut() {
        iam.issue(token, Api.PROJECT, FakeKeystone.ROLE, TOMORROW);
        submit(token).then().statusCode(201);
        int remembered = ConfigProvider.getConfig().getValue("checkpoint.iam.cache-size", Integer.class);
        for (int i = 0; i <= remembered; i++) {
            with("stranger-" + i + app).get(path()).then().statusCode(401);
        }
        iamAnswers(500);
        submit(token).then().statusCode(201);
    }
}
