package dis.checkpoint.network;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpsServer;
import dis.checkpoint.support.Tls;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which addresses of a name are tried, by the JDK's client of HTTPS. Each server answers with its own address. */
@Timeout(30)
class MultiAddressSocketFactoryTest {

    private static final int TIMEOUT_MS = 300;

    private final List<HttpsServer> servers = new ArrayList<>();
    private List<String> addresses = List.of();
    private final MultiAddressSocketFactory sockets =
            new MultiAddressSocketFactory(() -> Tls.context().getSocketFactory(), host -> {
                InetAddress[] resolved = new InetAddress[addresses.size()];
                for (int i = 0; i < resolved.length; i++) {
                    resolved[i] = InetAddress.getByName(addresses.get(i));
                }
                return resolved;
            });
    private int port;

    @BeforeEach
    void start() throws IOException {
        port = serve("127.0.0.1");
    }

    @AfterEach
    void stop() {
        servers.forEach(server -> server.stop(0));
    }

    private int serve(String address) throws IOException {
        HttpsServer server = Tls.server(address, port);
        server.createContext("/", exchange -> {
            byte[] body = address.getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        servers.add(server);
        return server.getAddress().getPort();
    }

    private String get(String host, String... resolved) throws IOException {
        addresses = Arrays.asList(resolved);
        HttpsURLConnection connection =
                (HttpsURLConnection) new URL("https://" + host + ":" + port + "/").openConnection();
        connection.setSSLSocketFactory(sockets);
        connection.setConnectTimeout(TIMEOUT_MS);
        connection.setReadTimeout(TIMEOUT_MS);
        connection.setRequestProperty("Connection", "close");
        return new String(connection.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }

    @Test
    void nextAddressIsTriedWhereOneRefuses() throws IOException {
        assertThat(get("localhost", "127.0.0.3", "127.0.0.2", "127.0.0.1"), is("127.0.0.1"));
        assertThat(sockets.addressCount(), is(3));
    }

    @Test
    void nextAddressIsTriedWhereOneDoesNotAnswer() throws IOException {
        try (ServerSocket full = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.2"));
                Socket first = new Socket("127.0.0.2", port);
                Socket second = new Socket("127.0.0.2", port)) {
            assertThat(first.isConnected() && second.isConnected() && full.isBound(), is(true));
            assertThrows(SocketTimeoutException.class, () -> get("localhost", "127.0.0.2"));
            assertThat(get("localhost", "127.0.0.2", "127.0.0.1"), is("127.0.0.1"));
        }
    }

    /** Holds for any order of the addresses, because a resolver may change it each time. */
    @Test
    void addressOfTheLastConnectionIsTriedLast() throws IOException {
        serve("127.0.0.2");
        assertThat(get("localhost", "127.0.0.1", "127.0.0.2"), is("127.0.0.1"));
        assertThat(get("localhost", "127.0.0.1", "127.0.0.2"), is("127.0.0.2"));
        assertThat(get("localhost", "127.0.0.2", "127.0.0.1"), is("127.0.0.1"));
        assertThat(get("localhost", "127.0.0.1"), is("127.0.0.1"));
    }

    @Test
    void connectionFailsWhereAllAddressesRefuse() {
        assertThrows(ConnectException.class, () -> get("localhost", "127.0.0.2", "127.0.0.3"));
    }

    @Test
    void interruptedCallerIsNotHeldUpByFurtherAddresses() {
        Thread.currentThread().interrupt();
        try {
            assertThrows(IOException.class, () -> get("localhost", "127.0.0.2", "127.0.0.1"));
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void certificateMustBeForTheName() throws IOException {
        assertThrows(SSLHandshakeException.class, () -> get("127.0.0.1", "127.0.0.1"));
    }

    @Test
    void readTimeoutHoldsDuringTheHandshake() throws IOException {
        try (ServerSocket silent = new ServerSocket(port, 10, InetAddress.getByName("127.0.0.2"))) {
            assertThat(silent.isBound(), is(true));
            assertThrows(SocketTimeoutException.class, () -> get("localhost", "127.0.0.2"));
        }
    }
}
