package dis.checkpoint.http;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import dis.checkpoint.request.Body;
import dis.checkpoint.request.Deadline;
import dis.checkpoint.request.ReceivedRequest;
import dis.checkpoint.request.RequestPath;
import io.netty.handler.codec.http.FullHttpRequest;
import io.quarkus.vertx.http.runtime.QuarkusHttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The parts of a request that reach the HTTP stack, on both sides of each rule. */
class RequestFactoryTest {

    private static final String PATH = "/v2/project-1/checkpoints";

    private final Call call = new Call(new ProjectId("project-1"), Deadline.in(Duration.ofSeconds(5)));

    private FullHttpRequest make(String method, String path, String query, Map<String, String> headers, String body) {
        ReceivedRequest received = ReceivedRequest.of(method, path, query, headers, Body.ofText(body));
        return RequestFactory.make(received, RequestPath.parse(path), call);
    }

    private FullHttpRequest get(String query) {
        return make("GET", PATH, query, Map.of(), "");
    }

    private static DisException refused(DisError error, Runnable making) {
        DisException refusal = assertThrows(DisException.class, making::run);
        assertThat(refusal.error(), is(error));
        return refusal;
    }

    @Test
    void submissionKeepsBodyAndCall() {
        FullHttpRequest request = make(
                "POST",
                PATH + '/',
                "a=b",
                Map.of("Content-Type", "application/json ;\tcharset=utf-8", "x", "y"),
                "{ä}");
        assertThat(request.uri(), is(PATH));
        assertThat(request.method().name(), is("POST"));
        assertThat(request.content().toString(StandardCharsets.UTF_8), is("{ä}"));
        assertThat(
                request.headers().entries().stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)),
                is(Map.of(
                        "Host", "localhost", "Content-Type", "application/json;charset=utf-8", "Content-Length", "4")));
        assertThat(((QuarkusHttpHeaders) request.headers()).getContextObject(Call.class), is(call));
    }

    @Test
    void listKeepsItsOwnParameters() {
        FullHttpRequest request = make(
                "GET",
                "/v2/project-1/apps/a/streams/s/",
                "app_name=x&app_name=y&partition_id=1&stream_id=z&start_partition_id=7&limit=&checkpoint_type=LAST_READ",
                Map.of(),
                "{}");
        assertThat(
                request.uri(),
                is(
                        "/v2/project-1/apps/a/streams/s?stream_id=+&start_partition_id=7&limit=+&checkpoint_type=LAST_READ"));
        assertThat(request.content().readableBytes(), is(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"checkpoint_type", "limit", "start_partition_id"})
    void parameterOfAListMustBeGivenOnce(String name) {
        assertThat(
                refused(
                                DisError.INVALID_REQUEST,
                                () -> make(
                                        "GET",
                                        "/v2/project-1/apps/a/streams/s",
                                        name + "=1&" + name + "=1",
                                        Map.of(),
                                        ""))
                        .getMessage(),
                is("Invalid request. [" + name + " must be given once]"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "DELETE", "PUT", "HEAD", "OPTIONS", "get"})
    void appOnStreamAllowsGetAlone(String method) {
        assertThat(
                refused(
                                DisError.METHOD_NOT_ALLOWED,
                                () -> make(method, "/v2/project-1/apps/a/streams/s", "", Map.of(), ""))
                        .headers(),
                is(Map.of("Allow", "GET")));
    }

    @Test
    void queryKeepsKnownParametersAndDropsTheBody() {
        FullHttpRequest request =
                make("GET", PATH, "x=y&app_name=a%26b&stream_name=&partition_id=7", Map.of("Accept", "*/*, a/b"), "{}");
        assertThat(request.uri(), is(PATH + "?app_name=a%26b&stream_name=+&partition_id=7"));
        assertThat(request.content().readableBytes(), is(0));
        assertThat(request.headers().get("Accept"), is("*/*,a/b"));
        assertThat(request.headers().contains("Content-Length"), is(false));
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v2/project-1, NOT_FOUND",
        "PUT, /v2/project-1, NOT_FOUND",
        "PUT, /v2/project-1/checkpoints, METHOD_NOT_ALLOWED",
        "get, /v2/project-1/checkpoints, METHOD_NOT_ALLOWED"
    })
    void unknownPathOrMethodIsRefused(String method, String path, DisError error) {
        refused(error, () -> make(method, path, "", Map.of(), ""));
    }

    @Test
    void methodNotAllowedListsTheAllowedMethods() {
        assertThat(
                refused(DisError.METHOD_NOT_ALLOWED, () -> make("PUT", PATH, "", Map.of(), ""))
                        .headers(),
                is(Map.of("Allow", "DELETE, GET, POST")));
    }

    @Test
    void unreadableBodyIsRefused() {
        refused(DisError.REQUEST_ERROR, () -> make("POST", PATH, "", Map.of(), "\ud83d"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/json|application/json",
                "a/b;c=~|a/b;c=~",
                "a/b, c/d|application/octet-stream",
                "'a/b\u007f'|application/octet-stream",
                "'a/b\u001f'|application/octet-stream",
                "ä|application/octet-stream"
            })
    void invalidMediaTypeIsReplacedByOctetStream(String sent, String handedOn) {
        assertThat(
                make("POST", PATH, "", Map.of("content-type", sent), "{}")
                        .headers()
                        .get("Content-Type"),
                is(handedOn));
    }

    /** RFC 9110, section 5.6.1.2: a recipient ignores empty elements of a list. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "', application/json'|application/json",
                "'application/json,'|application/json",
                "'a/b, 	,,c/d ;q=1 , '|'a/b,c/d;q=1'",
                "' , ,'|",
                "''|"
            })
    void emptyElementsOfAcceptAreLeftOut(String sent, String handedOn) {
        assertThat(make("GET", PATH, "", Map.of("accept", sent), "").headers().get("Accept"), is(handedOn));
    }

    @Test
    void mediaTypeHasAtMost1024Characters() {
        String longest = "a".repeat(1024);
        assertThat(
                make("GET", PATH, "", Map.of("accept", longest), "").headers().get("Accept"), is(longest));
        assertThat(
                make("GET", PATH, "", Map.of("accept", longest + 'a'), "")
                        .headers()
                        .get("Accept"),
                is("application/octet-stream"));
    }

    @Test
    void queryHasAtMost64Parameters() {
        String most = IntStream.range(0, 64).mapToObj(number -> "x" + number).collect(Collectors.joining("&"));
        assertDoesNotThrow(() -> get(most));
        refused(DisError.INVALID_REQUEST, () -> get(most + "&y"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"app_name", "stream_name", "checkpoint_type", "partition_id"})
    void repeatedParameterIsRefused(String name) {
        assertThat(
                refused(DisError.INVALID_REQUEST, () -> get(name + "=1&" + name + "=1"))
                        .getMessage(),
                is("Invalid request. [" + name + " must be given once]"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "partitionId",
                "PARTITION_ID",
                "my-partitions",
                "shard",
                "Shard_Id",
                "partitio_id",
                "artition_id",
                "partition_i",
                "p_rtition_id",
                "pxrtition_id",
                "partitixn_id",
                "partxition_id",
                "paritionid",
                "partitonid"
            })
    void deleteRefusesMisspelledPartitionParameter(String name) {
        refused(DisError.INVALID_PARTITION_ID, () -> make("DELETE", PATH, name + "=1", Map.of(), ""));
        refused(DisError.INVALID_PARTITION_ID, () -> make("DELETE", PATH, "partition_id=1&" + name, Map.of(), ""));
        refused(
                DisError.INVALID_PARTITION_ID,
                () -> make("DELETE", PATH, "", Map.of(), "{\"a\":{\"" + name + "\":1}}"));
        assertDoesNotThrow(() -> make("DELETE", PATH, "partition_id=1", Map.of(), name + "=1"));
        assertDoesNotThrow(() -> get(name + "=1"));
    }

    @Test
    void deleteRefusesPartitionInABodyThatIsNotJson() {
        refused(DisError.INVALID_PARTITION_ID, () -> make("DELETE", PATH, "", Map.of(), "a=b&partition_id=1"));
        assertDoesNotThrow(() -> make("DELETE", PATH, "", Map.of(), "a=b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"p", "paxxitionid", "partionid", "id", "partiton_name", "xxrtitionid", "app_name"})
    void deleteAcceptsUnrelatedNames(String name) {
        assertDoesNotThrow(() -> make("DELETE", PATH, name + "=1", Map.of(), "{\"" + name + "\":\"partition\"}"));
    }
}
