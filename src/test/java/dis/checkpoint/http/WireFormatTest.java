package dis.checkpoint.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dis.checkpoint.support.Api;
import dis.checkpoint.support.EmbeddedServices;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The requests of public clients, byte for byte, and the framing of the answers that they rely on. It uses sockets, because an
 * HTTP client would repair both.
 */
@QuarkusTest
@WithTestResource(EmbeddedServices.class)
class WireFormatTest {

    private static final int TIMEOUT_MILLIS = 10_000;

    /**
     * The official Java client keeps its connection, so that a byte too many or too few in an answer would corrupt the next. It
     * also sends a {@code stream_id}, which the function ignores.
     */
    @Test
    void servesTheOfficialJavaClientOnOneConnection() throws IOException {
        String app = Api.newApp();
        String query = "stream_id=9Xk/+w:@!$'()*,;~&partition_id=shardId-0000000000&app_name=" + app
                + "&stream_name=newstream&checkpoint_type=LAST_READ&";

        try (Connection connection = new Connection()) {
            connection.send(javaClient("POST", "", body(app, "2")));
            Answer created = connection.answer();
            assertEquals("HTTP/1.1 201 Created", created.status());
            assertEquals(emptyBody(), created.framing());

            connection.send(javaClient("GET", query, ""));
            Answer found = connection.answer();
            assertEquals("HTTP/1.1 200 OK", found.status());
            assertEquals(Api.MEDIA_TYPE, found.headers().get("Content-Type"));
            assertEquals("{\"sequence_number\":\"2\",\"metadata\":\"\"}", found.body());

            connection.send(javaClient("POST", "", body(app, "1")));
            Answer refused = connection.answer();
            assertEquals("HTTP/1.1 400 Bad Request", refused.status());
            assertEquals(Api.MEDIA_TYPE, refused.headers().get("Content-Type"));
            assertTrue(refused.body()
                    .contains("Sequence_number out of range. [1][ should be within ][2][ ][9223372036854775807]"));

            connection.send(javaClient("DELETE", query, ""));
            Answer deleted = connection.answer();
            assertEquals("HTTP/1.1 204 No Content", deleted.status());
            assertEquals(missingBodyIsAnswered400(), deleted.framing());

            connection.send(javaClient("GET", query, ""));
            assertEquals(
                    "{\"sequence_number\":\"-1\",\"metadata\":\"\"}",
                    connection.answer().body());
        }
    }

    /** The Go client opens a connection for each call, and accepts 201, 200 and 204 only. */
    @Test
    void servesTheGoClient() throws IOException {
        String app = Api.newApp();
        String query = "app_name=" + app + "&checkpoint_type=LAST_READ&partition_id=0&stream_name=newstream";

        Answer created = goClient("POST", "", Api.TOKEN, body(app, "2"));
        assertEquals("HTTP/1.1 201 Created", created.status());
        assertEquals(emptyBody(), created.framing());

        Answer found = goClient("GET", "?" + query, Api.TOKEN, "");
        assertEquals("HTTP/1.1 200 OK", found.status());
        assertEquals("{\"sequence_number\":\"2\",\"metadata\":\"\"}", found.body());

        Answer deleted = goClient("DELETE", "?" + query.replace("&partition_id=0", ""), Api.TOKEN, "");
        assertEquals("HTTP/1.1 204 No Content", deleted.status());
        assertEquals(missingBodyIsAnswered400(), deleted.framing());

        assertEquals(
                "{\"sequence_number\":\"-1\",\"metadata\":\"\"}",
                goClient("GET", "?" + query, Api.TOKEN, "").body());
    }

    /** The Go client fetches a new token on this status and no other. */
    @Test
    void asksTheGoClientForANewToken() throws IOException {
        Answer unauthorized = goClient("POST", "", "expired", body(Api.newApp(), "2"));
        assertEquals("HTTP/1.1 401 Unauthorized", unauthorized.status());
        assertNotNull(unauthorized.headers().get("WWW-Authenticate"));
    }

    private static Map<String, String> emptyBody() {
        return Map.of("Content-Length", "0");
    }

    private static Map<String, String> missingBodyIsAnswered400() {
        return Map.of();
    }

    private static String body(String app, String sequenceNumber) {
        return """
                {"app_name":"%s","checkpoint_type":"LAST_READ","stream_name":"newstream","partition_id":"0",\
                "sequence_number":"%s","stream_id":""}""".formatted(app, sequenceNumber);
    }

    private static String javaClient(String method, String query, String body) {
        return method + " " + Api.path() + "/" + (query.isEmpty() ? "" : "?" + query) + " HTTP/1.1\r\n"
                + "X-Auth-Token: " + Api.TOKEN + "\r\n"
                + "X-SDK-Version: 1.3.5-SNAPSHOT/java\r\n"
                + "X-Project-Id: " + Api.PROJECT + "\r\n"
                + "Content-Type: application/json; charset=utf-8\r\n"
                + "accept: */*; charset=utf-8\r\n"
                + contentLength(body)
                + "Host: " + Api.endpoint().getAuthority() + "\r\n"
                + "Connection: Keep-Alive\r\n"
                + "User-Agent: Apache-HttpClient/4.5.14 (Java/17.0.15)\r\n"
                + "Accept-Encoding: gzip,deflate\r\n"
                + "\r\n"
                + body;
    }

    private static Answer goClient(String method, String query, String token, String body) throws IOException {
        try (Connection connection = new Connection()) {
            connection.send(method + " " + Api.path() + query + " HTTP/1.1\r\n"
                    + "Host: " + Api.endpoint().getAuthority() + "\r\n"
                    + "User-Agent: golangsdk/2.0.0\r\n"
                    + "Connection: close\r\n"
                    + contentLength(body)
                    + "Accept: application/json\r\n"
                    + (body.isEmpty() ? "" : "Content-Type: application/json\r\n")
                    + "X-Auth-Token: " + token + "\r\n"
                    + "Accept-Encoding: gzip\r\n"
                    + "\r\n"
                    + body);
            Answer answer = connection.answer();
            assertTrue(connection.hasEnded(), "bytes follow the body");
            return answer;
        }
    }

    private static String contentLength(String body) {
        return body.isEmpty() ? "" : "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n";
    }

    /**
     * @param headers by name, in any case
     */
    private record Answer(String status, Map<String, String> headers, String body) {

        /** The headers that delimit and describe the body. */
        Map<String, String> framing() {
            return Stream.of("Content-Length", "Content-Type", "Transfer-Encoding")
                    .filter(headers::containsKey)
                    .collect(Collectors.toMap(Function.identity(), headers::get));
        }
    }

    private static final class Connection implements AutoCloseable {

        private final Socket socket;
        private final InputStream in;

        Connection() throws IOException {
            socket = new Socket(Api.endpoint().getHost(), Api.endpoint().getPort());
            socket.setSoTimeout(TIMEOUT_MILLIS);
            in = new BufferedInputStream(socket.getInputStream());
        }

        void send(String request) throws IOException {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
        }

        /** Reads an answer whose body has the length of its Content-Length. */
        Answer answer() throws IOException {
            String status = line();
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            for (String header = line(); !header.isEmpty(); header = line()) {
                headers.put(
                        header.substring(0, header.indexOf(':')),
                        header.substring(header.indexOf(':') + 1).strip());
            }
            int length = Integer.parseInt(headers.getOrDefault("Content-Length", "0"));
            return new Answer(status, headers, new String(in.readNBytes(length), StandardCharsets.UTF_8));
        }

        boolean hasEnded() throws IOException {
            return in.read() < 0;
        }

        private String line() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int next = in.read(); next != '\n'; next = in.read()) {
                if (next < 0) {
                    throw new EOFException("The connection ended within a line: " + line);
                }
                line.write(next);
            }
            return line.toString(StandardCharsets.US_ASCII).stripTrailing();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
