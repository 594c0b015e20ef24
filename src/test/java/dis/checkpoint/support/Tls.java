package dis.checkpoint.support;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A self-signed certificate for the names {@code localhost} and {@code iam.test}, made by the JDK's keytool once per process. */
public final class Tls {

    private static final char[] PASSWORD = Keytool.PASSWORD.toCharArray();
    private static final KeyStore STORE = store();

    /** The certificate in PEM. */
    public static final String CERTIFICATE = pem();

    private Tls() {}

    /** A new context, without sessions, that presents the certificate and trusts it alone. */
    public static SSLContext context() {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(STORE, PASSWORD);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            trusted.setCertificateEntry("test", STORE.getCertificate("test"));
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * A server that presents the certificate; the caller adds its handlers and starts it.
     *
     * @param port 0 for any free port
     */
    public static HttpsServer server(String address, int port) throws IOException {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(address, port), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context()));
        return server;
    }

    private static KeyStore store() {
        try {
            Path file = Files.createTempDirectory("tls").resolve("store.p12");
            Keytool.run(
                    file,
                    "-genkeypair",
                    "-alias",
                    "test",
                    "-keyalg",
                    "EC",
                    "-dname",
                    "CN=test",
                    "-ext",
                    "san=dns:localhost,dns:iam.test",
                    "-storetype",
                    "PKCS12");
            KeyStore store = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(file)) {
                store.load(in, PASSWORD);
            }
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String pem() {
        try {
            byte[] lineEnd = {'\n'};
            return "-----BEGIN CERTIFICATE-----\n"
                    + new String(
                            Base64.getMimeEncoder(64, lineEnd)
                                    .encode(STORE.getCertificate("test").getEncoded()),
                            StandardCharsets.US_ASCII)
                    + "\n-----END CERTIFICATE-----\n";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
