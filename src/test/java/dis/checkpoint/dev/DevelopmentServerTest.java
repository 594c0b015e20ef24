package dis.checkpoint.dev;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dis.checkpoint.support.EmbeddedServices;
import io.quarkus.amazon.lambda.runtime.MockEventServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DevelopmentServerTest {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static int port;

    @BeforeAll
    static void listen() throws IOException {
        port = EmbeddedServices.freePort();
        new DevelopmentServer().listen(port);
    }

    /** Posts a body, and polls for its event as the function does. */
    private static JsonNode event(byte[] body) throws Exception {
        CLIENT.sendAsync(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v2/project-1/checkpoints"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build(),
                BodyHandlers.discarding());
        return new ObjectMapper()
                .readTree(CLIENT.send(
                                HttpRequest.newBuilder(URI.create(
                                                "http://127.0.0.1:" + port + MockEventServer.NEXT_INVOCATION))
                                        .build(),
                                BodyHandlers.ofByteArray())
                        .body());
    }

    @Test
    void serverListensOnLoopbackAlone() throws IOException {
        new Socket("127.0.0.1", port).close();
        // Linux answers on the whole network of loopback, where a server listens on all addresses.
        assertThrows(ConnectException.class, () -> new Socket("127.0.0.2", port).close());
    }

    @Test
    void takenPortIsReportedAtOnce() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThrows(IOException.class, () -> new DevelopmentServer().listen(taken.getLocalPort()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"metadata\":\"Füße 🔑\"}"})
    void bodyInUtf8IsHandedOverAsText(String body) throws Exception {
        JsonNode event = event(body.getBytes(StandardCharsets.UTF_8));
        assertThat(event.path("body").asText(), is(body));
        assertThat(event.path("isBase64Encoded").asBoolean(), is(false));
    }

    @Test
    void bodyThatIsNoUtf8IsHandedOverUnchangedAsBase64() throws Exception {
        byte[] body = "{\"metadata\":\"Füße\"}".getBytes(StandardCharsets.ISO_8859_1);
        JsonNode event = event(body);
        assertThat(event.path("isBase64Encoded").asBoolean(), is(true));
        assertThat(event.path("body").binaryValue(), is(body));
    }
}
