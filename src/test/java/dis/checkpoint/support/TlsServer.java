package dis.checkpoint.support;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** An HTTPS server on loopback with a self-signed certificate. It answers {@code 201} to every request, and records each. */
public final class TlsServer implements AutoCloseable {

    private static final String ALIAS = "server";

    /**
     * @param connection the client's port, which differs for each connection
     */
    public record Request(String method, URI uri, String host, String token, int connection) {}

    private final Queue<Request> requests = new ConcurrentLinkedQueue<>();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final Path keyStore;
    private final HttpsServer server;

    /**
     * @param directory for the key store
     * @param subject the certificate's name, such as {@code dns:example.com} or {@code ip:127.0.0.1}
     */
    public TlsServer(Path directory, String subject)
            throws IOException, GeneralSecurityException, InterruptedException {
        keyStore = directory.resolve("key-store.p12");
        // A name of its own: OpenSSL finds an issuer by its name.
        String name = "CN=" + subject.replace(':', ' ');
        Keytool.run(
                keyStore, "-genkeypair", "-alias", ALIAS, "-keyalg", "EC", "-dname", name, "-ext", "san=" + subject);
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(keyStore(), Keytool.PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.setExecutor(executor);
        server.createContext("/", exchange -> answer((HttpsExchange) exchange));
        server.start();
    }

    private void answer(HttpsExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            requests.add(new Request(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI(),
                    exchange.getRequestHeaders().getFirst("Host"),
                    exchange.getRequestHeaders().getFirst("X-Auth-Token"),
                    exchange.getRemoteAddress().getPort()));
            exchange.sendResponseHeaders(201, -1);
        }
    }

    private KeyStore keyStore() throws IOException, GeneralSecurityException {
        return KeyStore.getInstance(keyStore.toFile(), Keytool.PASSWORD.toCharArray());
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public URI endpoint() {
        return URI.create("https://127.0.0.1:" + port());
    }

    /** The requests that came through a finished TLS handshake. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    /** Forgets the requests so far. */
    public void clear() {
        requests.clear();
    }

    /** Writes a PKCS12 store, with the password {@code changeit}, of which the certificate is the only trusted one. */
    public Path trustStore(Path file) throws IOException, GeneralSecurityException {
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        trust.setCertificateEntry(ALIAS, keyStore().getCertificate(ALIAS));
        try (var out = Files.newOutputStream(file)) {
            trust.store(out, Keytool.PASSWORD.toCharArray());
        }
        return file;
    }

    /** The certificate in PEM. */
    public String certificate() throws IOException, GeneralSecurityException {
        return pem("CERTIFICATE", keyStore().getCertificate(ALIAS).getEncoded());
    }

    /** The private key of the certificate in PEM. */
    public String privateKey() throws IOException, GeneralSecurityException {
        Key key = keyStore().getKey(ALIAS, Keytool.PASSWORD.toCharArray());
        return pem("PRIVATE KEY", key.getEncoded());
    }

    private static String pem(String type, byte[] content) {
        return "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n"
                .formatted(type, Base64.getMimeEncoder().encodeToString(content));
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
