package dis.checkpoint.deployment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dis.checkpoint.support.TlsServer;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code src/main/serverless/nginx.conf} in a real nginx, between a client and two servers that stand for the function and
 * DIS. Skipped where there is no nginx.
 */
class NginxRouterIT {

    private static final Path CONFIGURATION = Path.of("src/main/serverless/nginx.conf");
    private static final String FUNCTION = "abc123.execute-api.eu-central-1.amazonaws.com";
    private static final String DIS = "dis.eu-de.otc.t-systems.com";
    private static final long SECONDS_TO_START = 20;

    @TempDir
    private static Path certificates;

    @TempDir
    private Path directory;

    private static TlsServer function;
    private static TlsServer dis;
    private static TlsServer untrusted;
    private static TlsServer ofTheRouter;
    private static SSLContext trustOfTheRouter;

    private Process nginx;
    private int port;

    @BeforeAll
    static void startServers() throws Exception {
        assumeTrue(nginx().isPresent(), "nginx is not installed on this machine");
        function = server("function", "dns:" + FUNCTION);
        dis = server("dis", "dns:" + DIS);
        untrusted = server("untrusted", "dns:" + FUNCTION);
        ofTheRouter = server("router", "ip:127.0.0.1");
        KeyStore trust = KeyStore.getInstance(
                ofTheRouter.trustStore(certificates.resolve("client.p12")).toFile(), "changeit".toCharArray());
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trust);
        trustOfTheRouter = SSLContext.getInstance("TLS");
        trustOfTheRouter.init(null, managers.getTrustManagers(), null);
    }

    @AfterAll
    static void stopServers() {
        servers().forEach(TlsServer::close);
    }

    @AfterEach
    void stopNginx() throws Exception {
        if (nginx != null) {
            nginx.destroyForcibly().waitFor();
        }
        servers().forEach(TlsServer::clear);
    }

    private static TlsServer server(String name, String subject) throws Exception {
        return new TlsServer(Files.createDirectory(certificates.resolve(name)), subject);
    }

    private static Stream<TlsServer> servers() {
        return Stream.of(function, dis, untrusted, ofTheRouter).filter(Objects::nonNull);
    }

    private static Optional<Path> nginx() {
        return Stream.concat(Stream.of(System.getenv("PATH").split(":")), Stream.of("/usr/sbin"))
                .map(folder -> Path.of(folder, "nginx"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Starts nginx with the file of the repository, in which only addresses and paths of this machine are replaced. */
    private void start(TlsServer behindTheName) throws Exception {
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Files.writeString(directory.resolve("trusted.pem"), function.certificate() + dis.certificate());
        Files.writeString(directory.resolve("router.crt"), ofTheRouter.certificate());
        Files.writeString(directory.resolve("router.key"), ofTheRouter.privateKey());
        String configuration = Files.readString(CONFIGURATION);
        Map<String, String> replacements = Map.of(
                FUNCTION + ":443",
                "127.0.0.1:" + behindTheName.port(),
                DIS + ":443",
                "127.0.0.1:" + dis.port(),
                "listen 443 ssl",
                "listen 127.0.0.1:" + port + " ssl",
                "/etc/nginx/router",
                directory.resolve("router").toString(),
                "/etc/ssl/certs/ca-certificates.crt",
                directory.resolve("trusted.pem").toString());
        for (Map.Entry<String, String> replacement : replacements.entrySet()) {
            assertThat(
                    "the file names " + replacement.getKey(), configuration.contains(replacement.getKey()), is(true));
            configuration = configuration.replace(replacement.getKey(), replacement.getValue());
        }
        String temporary = Stream.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
                .map(use -> use + "_temp_path " + directory.resolve(use) + "; ")
                .reduce("access_log off; ", String::concat);
        Files.writeString(directory.resolve("nginx.conf"), configuration.replace("http {", "http { " + temporary));
        Path log = directory.resolve("nginx.log");
        nginx = new ProcessBuilder(
                        nginx().orElseThrow().toString(),
                        "-p",
                        directory.toString(),
                        "-c",
                        "nginx.conf",
                        "-e",
                        "stderr",
                        "-g",
                        "daemon off; master_process off; pid " + directory.resolve("nginx.pid") + ";")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_TO_START);
        while (!isListening()) {
            assertThat(Files.readString(log), nginx.isAlive() && System.nanoTime() < end, is(true));
            Thread.onSpinWait();
        }
    }

    private boolean isListening() {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private int send(String method, String path, String token) throws Exception {
        HttpsURLConnection connection = (HttpsURLConnection)
                URI.create("https://127.0.0.1:" + port + path).toURL().openConnection();
        connection.setSSLSocketFactory(trustOfTheRouter.getSocketFactory());
        connection.setRequestMethod(method);
        connection.setRequestProperty("X-Auth-Token", token);
        try {
            return connection.getResponseCode();
        } finally {
            connection.disconnect();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/project-1/checkpoints",
                "/v2/project-1/checkpoints/?stream_name=a%2Fb&app_name=c&",
                "//v2/project-1/checkpoints",
                "/v2/project-1/apps/app/streams/checkpoints?checkpoint_type=LAST_READ"
            })
    void checkpointsGoToTheFunctionUnchanged(String path) throws Exception {
        start(function);
        String token = "t".repeat(9_000);

        assertThat(send("GET", path, token), is(HttpURLConnection.HTTP_CREATED));

        assertThat(dis.requests(), is(empty()));
        TlsServer.Request request = function.requests().get(0);
        assertThat(request.uri().toString(), is(path));
        assertThat(request.host(), is(FUNCTION));
        assertThat(request.token(), is(token));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/project-1/records",
                "/v2/project-1/streams/checkpoints",
                "/v2/project-1/checkpoints/more",
                "/v2/project-1/apps/app"
            })
    void everythingElseGoesToDis(String path) throws Exception {
        start(function);

        assertThat(send("POST", path, "token"), is(HttpURLConnection.HTTP_CREATED));

        assertThat(function.requests(), is(empty()));
        assertThat(dis.requests().get(0).uri().toString(), is(path));
        assertThat(dis.requests().get(0).host(), is(DIS));
    }

    @Test
    void serverWithAnUnknownCertificateGetsNoToken() throws Exception {
        start(untrusted);

        assertThat(send("GET", "/v2/project-1/checkpoints", "token"), is(HttpURLConnection.HTTP_BAD_GATEWAY));

        assertThat(untrusted.requests(), is(empty()));
    }

    @Test
    void serverWithTheCertificateOfAnotherNameGetsNoToken() throws Exception {
        start(dis);

        assertThat(send("GET", "/v2/project-1/checkpoints", "token"), is(HttpURLConnection.HTTP_BAD_GATEWAY));

        assertThat(dis.requests(), is(empty()));
    }

    @Test
    void connectionToTheFunctionIsKept() throws Exception {
        start(function);
        for (int call = 0; call < 10; call++) {
            assertThat(send("POST", "/v2/project-1/checkpoints", "token"), is(HttpURLConnection.HTTP_CREATED));
        }

        List<Integer> connections =
                function.requests().stream().map(TlsServer.Request::connection).toList();
        assertThat(connections, hasSize(10));
        assertThat(connections.stream().distinct().toList(), hasSize(1));
    }
}
