package dis.checkpoint.lambda;

import static dis.checkpoint.support.Api.query;
import static dis.checkpoint.support.Api.submission;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dis.checkpoint.dev.FakeKeystone;
import dis.checkpoint.support.Api;
import dis.checkpoint.support.CapturedLog;
import dis.checkpoint.support.EmbeddedServices;
import dis.checkpoint.support.Events;
import dis.checkpoint.support.Signer;
import dis.checkpoint.support.TableProxy;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The log line says who did what, as far as it is known, and nothing else that a caller sent. */
@QuarkusTest
@WithTestResource(
        value = EmbeddedServices.class,
        initArgs = @ResourceArg(name = EmbeddedServices.ACCESS_KEYS, value = "on"))
class LogLineTest {

    @Inject
    RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> function;

    FakeKeystone iam;
    TableProxy proxy;

    private final String app = Api.newApp();

    @AfterEach
    void recover() {
        proxy.recover();
    }

    private record Logged(int status, String text, JsonNode line) {}

    private Logged logged(APIGatewayV2HTTPEvent event) throws Exception {
        try (CapturedLog log = new CapturedLog()) {
            int status = function.handleRequest(event, null).getStatusCode();
            assertThat(log.messages().size(), is(1));
            String text = log.messages().get(0);
            return new Logged(status, text, new ObjectMapper().readTree(text));
        }
    }

    private static Map<String, Object> allOf(String app) {
        Map<String, Object> all = query(app, "0");
        all.remove("partition_id");
        return all;
    }

    @Test
    void storedCheckpointIsLoggedWithItsNumberAndCaller() throws Exception {
        JsonNode line = logged(Events.post(submission(app, "42"))).line();
        assertThat(line.path("project").asText(), is(Api.PROJECT));
        assertThat(line.path("stream").asText(), is("newstream"));
        assertThat(line.path("app").asText(), is(app));
        assertThat(line.path("partition").asLong(), is(0L));
        assertThat(line.path("sequence_number").asLong(), is(42L));
        assertThat(line.path("caller").asText(), is("user:" + FakeKeystone.USER));
        assertThat(line.path("source_ip").asText(), is("192.0.2.1"));
    }

    @Test
    void deletionOfAllPartitionsIsLoggedWithTheirNumberAndTheKey() throws Exception {
        for (int partition = 0; partition < 3; partition++) {
            Map<String, Object> submission = submission(app, "5");
            submission.put("partition_id", Integer.toString(partition));
            assertThat(logged(Events.post(submission)).status(), is(201));
        }
        JsonNode line = logged(Signer.with(Api.KEY, Signer.Form.DIS).sign(Events.event("DELETE", allOf(app))))
                .line();
        assertThat(line.path("deleted").asInt(), is(3));
        assertThat(line.has("partition"), is(false));
        assertThat(line.path("caller").asText(), is(Api.KEY.id()));

        line = logged(Events.event("DELETE", query(app, "7"))).line();
        assertThat(line.has("deleted"), is(false));
        assertThat(line.path("partition").asLong(), is(7L));
    }

    @Test
    void callThatTheTableFailsIsLoggedWithStreamAndApp() throws Exception {
        proxy.failWith(() -> TableProxy.Fault.SERVER_ERROR);
        JsonNode line = logged(Events.post(submission(app, "42"))).line();
        assertThat(line.path("status").asInt(), is(503));
        assertThat(line.path("stream").asText(), is("newstream"));
        assertThat(line.path("app").asText(), is(app));
        assertThat(line.path("partition").asLong(), is(0L));
    }

    @Test
    void strangerIsLoggedWithAddressAndProjectAlone() throws Exception {
        APIGatewayV2HTTPEvent event = Events.post(submission(app, "5"));
        event.getHeaders().put("x-auth-token", "unknown");
        JsonNode line = logged(event).line();
        assertThat(line.path("status").asInt(), is(401));
        assertThat(line.path("project").asText(), is(Api.PROJECT));
        assertThat(line.path("source_ip").asText(), is("192.0.2.1"));
        assertThat(line.has("caller"), is(false));
        assertThat(line.path("iam_cache_hits").asInt(), is(0));
    }

    @Test
    void forbiddenCallerIsLoggedWithTheReason() throws Exception {
        JsonNode line = logged(Signer.with(Api.OTHER_KEY, Signer.Form.V3).sign(Events.post(submission(app, "5"))))
                .line();
        assertThat(line.path("status").asInt(), is(403));
        assertThat(line.path("caller").asText(), is(Api.OTHER_KEY.id()));
        assertThat(line.path("cause").asText(), is("the token or access key is of another project"));

        String unscoped = UUID.randomUUID().toString();
        iam.issue(unscoped, null, FakeKeystone.ROLE, Instant.now().plus(Duration.ofHours(1)));
        APIGatewayV2HTTPEvent event = Events.post(submission(app, "5"));
        event.getHeaders().put("x-auth-token", unscoped);
        assertThat(logged(event).line().path("cause").asText(), is("the token is of no project"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "127.0.0.1, 10.0.0.1", "<script>", "192.0.2.1\n", "nobody"})
    void malformedSourceAddressIsNotLogged(String address) throws Exception {
        APIGatewayV2HTTPEvent event = Events.post(submission(app, "5"));
        event.getRequestContext().getHttp().setSourceIp(address);
        assertThat(logged(event).line().has("source_ip"), is(false));
    }

    @Test
    void refusalNamesTheClientOfTheLastStoredSubmission() throws Exception {
        Map<String, Object> submission = submission(app, "5");
        submission.put("client_id", "first");
        assertThat(logged(Events.post(submission)).status(), is(201));
        assertThat(
                logged(Events.post(submission(app, "4")))
                        .line()
                        .path("stored_client_id")
                        .asText(),
                is("first"));

        assertThat(logged(Events.post(submission(app, "6"))).status(), is(201));
        assertThat(logged(Events.post(submission(app, "5"))).line().has("stored_client_id"), is(false));
    }

    /** Control characters, a reversal of the direction of writing, a line separator. */
    @Test
    void nameOfAConsumerCannotChangeTheLine() throws Exception {
        String name = "a\u009b\u007f\u202e\u2028\u0000\nü😀";
        Map<String, Object> submission = submission(app, "5");
        submission.put("client_id", name);
        assertThat(logged(Events.post(submission)).status(), is(201));
        Logged refused = logged(Events.post(submission(app, "4")));
        assertThat(refused.line().path("stored_client_id").asText(), is(name));
        assertThat(refused.text().chars().allMatch(c -> ' ' <= c && c <= '~'), is(true));
    }

    @Test
    void failureOfTheTableIsLoggedWithItsAwsRequestId() throws Exception {
        proxy.failWith(() -> TableProxy.Fault.THROTTLED);
        JsonNode line = logged(Events.post(submission(app, "5"))).line();
        assertThat(line.path("status").asInt(), is(429));
        assertThat(
                line.path("cause").asText(),
                is("table checkpoints in eu-central-1 refused: ProvisionedThroughputExceededException: injected"));
        assertThat(line.path("aws_request_id").asText(), is("INJECTED"));

        proxy.failWith(() -> TableProxy.Fault.RESET_BEFORE_APPLIED);
        line = logged(Events.post(submission(app, "5"))).line();
        assertThat(line.path("cause").asText(), startsWith("table checkpoints in eu-central-1 did not answer: "));
        assertThat(line.path("cause").asText(), containsString("reset"));
    }
}
