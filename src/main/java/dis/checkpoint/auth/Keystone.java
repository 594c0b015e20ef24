package dis.checkpoint.auth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dis.checkpoint.config.CheckpointConfig;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import dis.checkpoint.network.CertificateBundle;
import dis.checkpoint.request.Deadline;
import dis.checkpoint.request.NonInterningJson;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.inject.Singleton;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Asks IAM about a token: {@code GET /v3/auth/tokens} of OpenStack Keystone v3.
 *
 * <p>With {@link HttpURLConnection}, because the poll loop of the function and the client of the table have it in the
 * executable already; {@code java.net.http} would add its threads and its classes. It keeps the connection alive, and
 * sends a GET once more when the connection drops.
 */
@Singleton
public class Keystone {

    private static final Duration CONNECT_TIME = Duration.ofMillis(500);

    /** The longest that one question takes, whatever has come of an answer by then. */
    private static final Duration ANSWER_TIME = Duration.ofSeconds(2);

    /** After so long without any answer, a connection that was kept counts as dead: its packets may just get lost. */
    private static final Duration KEPT_CONNECTION_TIME = Duration.ofSeconds(1);

    /** A real answer takes a few KiB, and some hundred where a deployment puts the catalogue into it all the same. */
    private static final int MAX_ANSWER_BYTES = 1024 * 1024;

    private static final int TOO_MANY_REQUESTS = 429;

    /** How long the JDK keeps an idle connection, unless the server says for how long. */
    private static final Duration KEPT_TIME = Duration.ofSeconds(5);

    private static final Pattern KEPT_SECONDS = Pattern.compile("timeout=([0-9]{1,6})");

    private static final Pattern USER_ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    /** Made when the executable is built, and so not at each start. */
    private static final ObjectReader JSON =
            JsonMapper.builder(NonInterningJson.factory()).build().reader();

    private final URI address;
    private final URL tokens;
    private final URL version;
    private final String userAgent;
    private final Optional<SSLSocketFactory> trust;
    private final ScheduledExecutorService executor;

    /** Until when the JDK would ask the next question on the connection of the last one. */
    private final AtomicReference<Instant> connectionKeptUntil = new AtomicReference<>(Instant.MIN);

    /** An answer of whatever kind. */
    private record Reply(int status, byte[] body) {}

    /**
     * @param functionVersion by which IAM's operators tell the function's questions from those of others
     */
    Keystone(
            CheckpointConfig config,
            ScheduledExecutorService executor,
            @ConfigProperty(name = "quarkus.application.version") String functionVersion) {
        CheckpointConfig.Endpoint endpoint = config.iam().endpoint().orElseThrow();
        address = endpoint.uri();
        userAgent = "checkpoint-function/" + functionVersion;
        tokens = url(endpoint, "/v3/auth/tokens?nocatalog=true");
        version = url(endpoint, "/v3");
        trust = config.iam().caBundle().map(Keystone::trust);
        this.executor = executor;
    }

    /**
     * Opens the connection, with the question that anybody may ask: which version IAM is.
     *
     * @throws DisException {@code UNAVAILABLE} where the answer is not that of Keystone v3, and says which it was instead
     */
    public void connect(Deadline deadline) {
        Reply reply = ask(version, Optional.empty(), deadline);
        if (reply.status() != HttpURLConnection.HTTP_OK || !isVersion3(reply.body())) {
            throw unavailable(
                    "answered " + reply.status() + " to GET " + version
                            + ", where Keystone v3 answers 200 and its version",
                    null);
        }
    }

    /**
     * @param deadline by which there is an answer or an exception
     * @throws DisException {@code UNAVAILABLE} for anything but a clear yes or no in time
     */
    TokenAnswer validate(Token token, Deadline deadline) {
        Reply reply = ask(tokens, Optional.of(token), deadline);
        return switch (reply.status()) {
            case HttpURLConnection.HTTP_OK -> grant(reply.body());
            case HttpURLConnection.HTTP_FORBIDDEN -> TokenAnswer.No.FORBIDDEN;
            case HttpURLConnection.HTTP_CLIENT_TIMEOUT, TOO_MANY_REQUESTS -> throw unavailable(reply.status());
            default -> {
                if (reply.status() < 400 || reply.status() >= 500) {
                    throw unavailable(reply.status());
                }
                yield TokenAnswer.No.UNKNOWN;
            }
        };
    }

    private Reply ask(URL question, Optional<Token> token, Deadline deadline) {
        try {
            if (Instant.now().isBefore(connectionKeptUntil.getAndSet(Instant.MIN))) {
                try {
                    return ask(question, token, KEPT_CONNECTION_TIME, deadline);
                } catch (SocketTimeoutException e) {
                    // That has closed the connection; the next question makes a new one.
                }
            }
            return ask(question, token, ANSWER_TIME, deadline);
        } catch (SocketTimeoutException | TimeoutException e) {
            throw unavailable("did not answer in time", e);
        } catch (IOException e) {
            throw unavailable("could not be asked: " + e, e);
        }
    }

    /**
     * @param silence the longest that nothing may come
     * @throws SocketTimeoutException where nothing has come of an answer
     * @throws TimeoutException where it has not come to its end in time
     */
    private Reply ask(URL question, Optional<Token> token, Duration silence, Deadline deadline)
            throws IOException, TimeoutException {
        Deadline end = deadline.within(ANSWER_TIME);
        HttpURLConnection connection = open(question, end.within(silence));
        token.map(Token::secret).ifPresent(secret -> {
            connection.setRequestProperty("X-Auth-Token", secret);
            connection.setRequestProperty("X-Subject-Token", secret);
        });
        // The read timeout of a connection starts anew with each byte, and names are looked up without one.
        Future<Reply> reply = executor.submit(() -> read(connection, end));
        try {
            return reply.get(end.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // By another thread, because it waits where one is just reading.
            executor.execute(connection::disconnect);
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            if (e.getCause() instanceof OutOfMemoryError outOfMemory) {
                throw outOfMemory;
            }
            // The JDK reads some of what is no HTTP to an error of its stack.
            throw new IOException("its answer could not be read: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the function stops", e);
        }
    }

    private HttpURLConnection open(URL url, Deadline end) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) url.openConnection();
        if (connection instanceof HttpsURLConnection secure) {
            trust.ifPresent(secure::setSSLSocketFactory);
        }
        connection.setConnectTimeout(millis(end.within(CONNECT_TIME)));
        connection.setReadTimeout(millis(end));
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setRequestProperty("Accept", "application/json");
        connection.setRequestProperty("User-Agent", userAgent);
        return connection;
    }

    /** Zero would be for ever. */
    private static int millis(Deadline end) {
        return (int) Math.max(1, end.remaining().toMillis());
    }

    /** To its end, so that the connection is kept alive. */
    private Reply read(HttpURLConnection connection, Deadline end) throws IOException {
        int status = connection.getResponseCode();
        boolean failed = status >= HttpURLConnection.HTTP_BAD_REQUEST;
        try (InputStream body = failed ? connection.getErrorStream() : connection.getInputStream()) {
            Reply reply = new Reply(status, body == null ? new byte[0] : read(body, end));
            connectionKeptUntil.set(keptUntil(connection));
            return reply;
        } catch (SocketTimeoutException e) {
            throw new IOException("it stopped in the midst of an answer", e);
        }
    }

    /** By the rules of the JDK, which tells nobody on which connection it sends: only one that was kept may be dead. */
    private static Instant keptUntil(HttpURLConnection connection) {
        String how = connection.getHeaderField("Connection");
        if (how == null) {
            return Instant.now().plus(KEPT_TIME);
        }
        if (!how.equalsIgnoreCase("keep-alive")) {
            return Instant.MIN;
        }
        Matcher seconds = KEPT_SECONDS.matcher(String.valueOf(connection.getHeaderField("Keep-Alive")));
        return Instant.now().plus(seconds.find() ? Duration.ofSeconds(Long.parseLong(seconds.group(1))) : KEPT_TIME);
    }

    private static byte[] read(InputStream body, Deadline end) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] part = new byte[8 * 1024];
        for (int length = body.read(part); length >= 0; length = body.read(part)) {
            bytes.write(part, 0, length);
            if (bytes.size() > MAX_ANSWER_BYTES) {
                throw new IOException("it answered more than " + MAX_ANSWER_BYTES + " bytes");
            }
            if (end.remaining().isNegative()) {
                throw new IOException("its answer took too long");
            }
        }
        return bytes.toByteArray();
    }

    private Grant grant(byte[] body) {
        try {
            JsonNode token = JSON.readTree(body).path("token");
            return new Grant(
                    Optional.ofNullable(token.path("user").path("id").textValue())
                            .filter(id -> USER_ID.matcher(id).matches())
                            .map(id -> "user:" + id),
                    Optional.ofNullable(token.path("project").path("id").textValue()),
                    StreamSupport.stream(token.path("roles").spliterator(), false)
                            .map(role -> role.path("name").asText())
                            .collect(Collectors.toUnmodifiableSet()),
                    Instant.parse(token.path("expires_at").asText()));
        } catch (IOException | DateTimeParseException e) {
            throw unavailable("answered 200 with a body that is no token", e);
        }
    }

    private static boolean isVersion3(byte[] body) {
        try {
            return JSON.readTree(body).path("version").path("id").asText().startsWith("v3");
        } catch (IOException e) {
            return false;
        }
    }

    private DisException unavailable(int status) {
        return unavailable("answered " + status, null);
    }

    private DisException unavailable(String what, Throwable cause) {
        return DisError.UNAVAILABLE.tryAgainLater("IAM at " + address + ' ' + what, cause);
    }

    private static SSLSocketFactory trust(Path bundle) {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (Certificate certificate : CertificateBundle.read(bundle)) {
                store.setCertificateEntry("iam-" + store.size(), certificate);
            }
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context.getSocketFactory();
        } catch (IOException | GeneralSecurityException e) {
            throw new ConfigurationException(
                    "checkpoint.iam.ca-bundle (CHECKPOINT_IAM_CA_BUNDLE) must be a readable PEM file of certificates",
                    e);
        }
    }

    private static URL url(CheckpointConfig.Endpoint endpoint, String path) {
        try {
            return URI.create(endpoint.uri() + path).toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException("The scheme of an endpoint has been checked", e);
        }
    }
}
