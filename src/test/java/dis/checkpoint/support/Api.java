package dis.checkpoint.support;

import static io.restassured.RestAssured.given;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dis.checkpoint.auth.AccessKey;
import dis.checkpoint.dev.DynamoDbLocal;
import dis.checkpoint.dev.FakeKeystone;
import dis.checkpoint.domain.AppName;
import dis.checkpoint.domain.Consumer;
import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.domain.StreamName;
import io.restassured.response.Response;
import io.restassured.response.ResponseBodyData;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.config.ConfigProvider;

/** The calls of the function over HTTP, as a member of {@link #PROJECT}. */
public final class Api {

    public static final String PROJECT = FakeKeystone.PROJECTS.get(0);
    public static final String OTHER_PROJECT = FakeKeystone.PROJECTS.get(1);
    public static final String TOKEN = FakeKeystone.tokenOf(PROJECT);
    public static final AccessKey KEY = DynamoDbLocal.accessKeyOf(PROJECT);
    public static final AccessKey OTHER_KEY = DynamoDbLocal.accessKeyOf(OTHER_PROJECT);
    public static final String MEDIA_TYPE = "application/json; charset=utf-8";

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Api() {}

    public static String path() {
        return "/v2/" + PROJECT + "/checkpoints";
    }

    /** Where the function's HTTP requests become API Gateway events. */
    public static URI endpoint() {
        int port = ConfigProvider.getConfig().getValue("quarkus.lambda.mock-event-server.test-port", Integer.class);
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Without a token. */
    public static RequestSpecification anonymous() {
        return given().baseUri(endpoint().toString()).urlEncodingEnabled(false);
    }

    public static RequestSpecification with(String token) {
        return anonymous().header("X-Auth-Token", token);
    }

    public static RequestSpecification member() {
        return with(TOKEN);
    }

    public static Response post(Object body) {
        return member().contentType("application/json").body(body).post(path());
    }

    public static Response get(Map<String, ?> query) {
        return member().queryParams(query).get(path());
    }

    /** The list of the checkpoints of an app on {@code newstream}. */
    public static Response list(String app, Map<String, ?> query) {
        return member().queryParams(query).get(listPath(app, "newstream"));
    }

    public static String listPath(String app, String stream) {
        return "/v2/" + PROJECT + "/apps/" + app + "/streams/" + stream;
    }

    public static Response delete(Map<String, ?> query) {
        return member().queryParams(query).delete(path());
    }

    /** An app name that no other test uses. */
    public static String newApp() {
        return "app-" + UUID.randomUUID();
    }

    /** The consumer {@code app} of the stream {@code newstream}. */
    public static Consumer consumer(String app) {
        return new Consumer(new ProjectId(PROJECT), new StreamName("newstream"), new AppName(app));
    }

    /** The example of the API reference, with another app and sequence number. */
    public static Fields submission(String app, String sequenceNumber) {
        return query(app, "0").with("sequence_number", sequenceNumber);
    }

    public static Fields query(String app, String partition) {
        return queryAll(app).with("partition_id", partition);
    }

    /** The parameters of a DELETE of all partitions. */
    public static Fields queryAll(String app) {
        return new Fields()
                .with("stream_name", "newstream")
                .with("app_name", app)
                .with("checkpoint_type", "LAST_READ");
    }

    public static String storedSequenceNumber(String app) {
        return json(get(query(app, "0")).then().statusCode(200).extract())
                .path("sequence_number")
                .textValue();
    }

    /** The JSON body of an answer. REST Assured would compile a script for each path, which takes longer than the call. */
    public static JsonNode json(ResponseBodyData response) {
        try {
            return MAPPER.readTree(response.asByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Asserts that the response is an error in the format of every error.
     *
     * @param message the beginning of its message
     */
    public static ValidatableResponse isError(Response response, int status, String code, String message) {
        JsonNode error = json(response);
        String text = error.path("message").asText();
        String id = error.path("request_id").asText();
        assertThat(text, startsWith(message));
        assertThat(id, not(emptyString()));
        JsonNode expected = MAPPER.valueToTree(
                Map.of("errorCode", code, "message", text, "error_code", code, "error_msg", text, "request_id", id));
        assertThat(error, is(expected));
        return response.then().statusCode(status).header("Content-Type", is(MEDIA_TYPE));
    }
}
