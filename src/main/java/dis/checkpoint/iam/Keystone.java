package dis.checkpoint.iam;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dis.checkpoint.config.CheckpointConfig;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/**
 * Asks IAM about a token: {@code GET /v3/auth/tokens} of OpenStack Keystone v3.
 *
 * <p>With {@link HttpURLConnection}, because the poll loop of the function and the client of the table have it in the
 * executable already; {@code java.net.http} would add its threads and its classes. It keeps the connection alive, and
 * sends a GET once more when the connection drops.
 */
@Singleton
public class Keystone {

    private static final int CONNECT_MILLIS = 500;
    private static final int RESPONSE_MILLIS = 2_000;

    /** A real answer without catalogue takes a few KiB. */
    private static final int MAX_ANSWER_BYTES = 256 * 1024;

    /** Made when the executable is built, and so not at each start. */
    private static final ObjectReader READER = JsonMapper.builder().build().readerFor(Body.class);

    private final URL tokens;
    private final URL version;
    private final Optional<SSLSocketFactory> trust;
    private final ScheduledExecutorService executor;

    Keystone(CheckpointConfig config, ScheduledExecutorService executor) {
        tokens = url(config.iam(), "/v3/auth/tokens?nocatalog");
        version = url(config.iam(), "/v3");
        trust = config.iam().caBundle().map(Keystone::trust);
        this.executor = executor;
    }

    /** Opens the connection, with the question that anybody may ask: which version IAM is. */
    public void connect() throws IOException {
        read(open(version));
    }

    /**
     * @return what the token grants; empty where IAM does not know it
     * @throws DisException {@code UNAVAILABLE} for anything but a clear yes or no in time
     */
    Optional<Grant> validate(Token token) {
        HttpURLConnection connection = open(tokens);
        connection.setRequestProperty("X-Auth-Token", token.secret());
        connection.setRequestProperty("X-Subject-Token", token.secret());
        Future<Optional<Grant>> answer = executor.submit(() -> grant(connection));
        try {
            // The read timeout of a connection starts anew with each byte; this one does not.
            return answer.get(RESPONSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            connection.disconnect();
            throw unavailable("did not answer in time");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof DisException outage
                    ? outage
                    : unavailable(
                            "could not be asked: " + e.getCause().getClass().getSimpleName());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("could not be asked: the function stops");
        }
    }

    private HttpURLConnection open(URL url) {
        try {
            HttpURLConnection connection = (HttpURLConnection) url.openConnection();
            if (connection instanceof HttpsURLConnection secure) {
                trust.ifPresent(secure::setSSLSocketFactory);
            }
            connection.setConnectTimeout(CONNECT_MILLIS);
            connection.setReadTimeout(RESPONSE_MILLIS);
            connection.setInstanceFollowRedirects(false);
            connection.setUseCaches(false);
            connection.setRequestProperty("Accept", "application/json");
            return connection;
        } catch (IOException e) {
            throw unavailable("could not be asked: " + e.getClass().getSimpleName());
        }
    }

    private Optional<Grant> grant(HttpURLConnection connection) throws IOException {
        byte[] body = read(connection);
        return switch (connection.getResponseCode()) {
            case HttpURLConnection.HTTP_OK -> Optional.of(grant(body));
            case HttpURLConnection.HTTP_UNAUTHORIZED, HttpURLConnection.HTTP_NOT_FOUND -> Optional.empty();
            default -> throw unavailable("answered " + connection.getResponseCode());
        };
    }

    /** Reads an answer to its end, so that the connection is kept alive. */
    private static byte[] read(HttpURLConnection connection) throws IOException {
        boolean failed = connection.getResponseCode() >= HttpURLConnection.HTTP_BAD_REQUEST;
        try (InputStream body = failed ? connection.getErrorStream() : connection.getInputStream()) {
            return body == null ? new byte[0] : body.readNBytes(MAX_ANSWER_BYTES);
        }
    }

    private Grant grant(byte[] body) {
        try {
            Body.Token token = READER.<Body>readValue(body).token();
            return new Grant(
                    Optional.ofNullable(token.project()).map(Body.Project::id),
                    token.roles() == null
                            ? Set.of()
                            : token.roles().stream().map(Body.Role::name).collect(Collectors.toUnmodifiableSet()),
                    Instant.parse(token.expiresAt()));
        } catch (IOException | NullPointerException | DateTimeParseException e) {
            throw unavailable("answered 200 with a body that is no token");
        }
    }

    private static DisException unavailable(String what) {
        return DisError.UNAVAILABLE.tryAgainLater("IAM " + what);
    }

    private static URL url(CheckpointConfig.Iam config, String path) {
        URI endpoint = config.endpoint();
        boolean http = "http".equals(endpoint.getScheme());
        if (!"https".equals(endpoint.getScheme()) && !(http && config.allowHttp()) || endpoint.getHost() == null) {
            throw new ConfigurationException("checkpoint.iam.endpoint must be an https:// address"
                    + (http ? ", or checkpoint.iam.allow-http be true" : ""));
        }
        try {
            return URI.create(endpoint.toString().replaceFirst("/+$", "") + path)
                    .toURL();
        } catch (MalformedURLException e) {
            throw new ConfigurationException("checkpoint.iam.endpoint must be an https:// address");
        }
    }

    private static SSLSocketFactory trust(Path bundle) {
        try (InputStream pem = Files.newInputStream(bundle)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                store.setCertificateEntry("iam-" + store.size(), certificate);
            }
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context.getSocketFactory();
        } catch (IOException | GeneralSecurityException e) {
            throw new ConfigurationException("checkpoint.iam.ca-bundle must be a readable PEM file of certificates");
        }
    }

    /** The part of Keystone's answer that counts here. */
    @RegisterForReflection
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Body(Token token) {

        @RegisterForReflection
        @JsonIgnoreProperties(ignoreUnknown = true)
        record Token(
                Project project,
                List<Role> roles,
                @JsonProperty("expires_at") String expiresAt) {}

        @RegisterForReflection
        @JsonIgnoreProperties(ignoreUnknown = true)
        record Project(String id) {}

        @RegisterForReflection
        @JsonIgnoreProperties(ignoreUnknown = true)
        record Role(String name) {}
    }
}
