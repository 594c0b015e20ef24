package dis.checkpoint.auth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dis.checkpoint.config.CheckpointConfig;
import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import dis.checkpoint.network.CertificateBundle;
import dis.checkpoint.network.MultiAddressSocketFactory;
import dis.checkpoint.request.Deadline;
import dis.checkpoint.request.NonInterningJson;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.MalformedURLException;
import java.net.Proxy;
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
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Asks IAM about a token: {@code GET /v3/auth/tokens} of OpenStack Keystone v3.
 *
 * <p>Each question has a connection of its own, so that no answer can belong to another question, and no connection can die
 * while the function is frozen. TLS sessions are resumed.
 *
 * <p>It uses {@link HttpURLConnection}, because the poll loop of the function and the client of the table have it in the
 * executable already; {@code java.net.http} would add its threads and its classes. The JDK repeats a GET once where the
 * server closes the connection without an answer.
 */
@Singleton
public class Keystone {

    /** For each address of IAM. */
    private static final Duration CONNECT_TIME = Duration.ofMillis(500);

    /** For one question to one server, with its answer: it leaves time for the table. */
    private static final Duration ANSWER_TIME = Duration.ofSeconds(2);

    /** The last read ends this much earlier, so that the diagnosis can say how far the answer had come. */
    private static final Duration TIME_TO_DIAGNOSE = Duration.ofMillis(200);

    /** An answer takes a few KiB, and some hundred KiB where a deployment sends the catalogue although it need not. */
    private static final int MAX_ANSWER_BYTES = 1024 * 1024;

    private static final int TOO_MANY_REQUESTS = 429;

    private static final Pattern USER_ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    /** Made when the executable is built, and so not at each start. */
    private static final ObjectReader JSON =
            JsonMapper.builder(NonInterningJson.factory()).build().reader();

    private final URI address;
    private final URL tokens;
    private final URL version;
    private final String userAgent;
    private final Set<String> requiredRoles;
    private final MultiAddressSocketFactory sockets;
    private final ScheduledExecutorService executor;

    /**
     * An HTTP response of any status.
     *
     * @param subjectToken the header {@code X-Subject-Token}
     */
    private record Response(int status, Optional<String> subjectToken, byte[] body) {}

    /**
     * @param functionVersion for the header {@code User-Agent}, by which IAM's operators recognize the function
     */
    @Inject
    Keystone(
            CheckpointConfig config,
            ScheduledExecutorService executor,
            @ConfigProperty(name = "quarkus.application.version") String functionVersion) {
        this(config, executor, functionVersion, InetAddress::getAllByName);
    }

    Keystone(
            CheckpointConfig config,
            ScheduledExecutorService executor,
            String functionVersion,
            MultiAddressSocketFactory.Lookup lookup) {
        CheckpointConfig.Endpoint endpoint = config.iam().endpoint().orElseThrow();
        address = endpoint.uri();
        userAgent = "checkpoint-function/" + functionVersion;
        tokens = url(endpoint, "/v3/auth/tokens?nocatalog=true");
        version = url(endpoint, "/v3");
        requiredRoles =
                config.iam().requiredRoles().map(CheckpointConfig.Roles::names).orElse(Set.of());
        sockets = new MultiAddressSocketFactory(
                config.iam().caBundle().map(Keystone::trusting).orElse(HttpsURLConnection::getDefaultSSLSocketFactory),
                lookup);
        this.executor = executor;
    }

    /**
     * Asks for the version of IAM, which needs no token. Later questions resume the TLS session.
     *
     * @throws DisException {@code UNAVAILABLE} where the answer is not that of Keystone v3; its diagnosis says which answer came
     */
    void connect(Deadline deadline) {
        Response response = ask(version, Optional.empty(), deadline);
        if (response.status() != HttpURLConnection.HTTP_OK || !isVersion3(response.body())) {
            throw unavailable(
                    "answered " + response.status() + " to GET " + version
                            + ", where Keystone v3 answers 200 and its version",
                    null);
        }
    }

    /**
     * Asks who the token belongs to.
     *
     * @param deadline by which the method returns or throws
     * @throws DisException {@code INVALID_TOKEN} where IAM does not accept the token, {@code FORBIDDEN} where IAM does not let
     *     it be checked, {@code UNAVAILABLE} for anything but a clear answer in time
     */
    Grant validate(Token token, Deadline deadline) {
        Response response = ask(tokens, Optional.of(token), deadline);
        if (response.subjectToken()
                .filter(subject -> !subject.equals(token.secret()))
                .isPresent()) {
            throw unavailable("answered for another token", null);
        }
        int status = response.status();
        if (status == HttpURLConnection.HTTP_OK) {
            return grant(response.body());
        }
        if (status == HttpURLConnection.HTTP_FORBIDDEN) {
            throw DisError.FORBIDDEN.because("IAM does not let the token be checked", "IAM answered 403", null);
        }
        // A server in front of Keystone answers 400 or 431 to a long token.
        if (status >= 400
                && status < 500
                && status != HttpURLConnection.HTTP_CLIENT_TIMEOUT
                && status != TOO_MANY_REQUESTS) {
            throw DisError.INVALID_TOKEN.because("IAM does not know the token");
        }
        throw unavailable("answered " + status, null);
    }

    /** Tries the next address of IAM's name where a server fails before it has answered. */
    private Response ask(URL question, Optional<Token> token, Deadline deadline) {
        for (int attempt = 1; ; attempt++) {
            int attemptsLeft = Math.max(1, sockets.addressCount() - attempt + 1);
            Duration share = deadline.remaining().dividedBy(attemptsLeft);
            Deadline end = deadline.within(share.compareTo(ANSWER_TIME) < 0 ? share : ANSWER_TIME);
            try {
                return askOnce(question, token, end);
            } catch (IOException | TimeoutException e) {
                if (attempt >= sockets.addressCount()) {
                    boolean late = e instanceof TimeoutException || e instanceof SocketTimeoutException;
                    throw unavailable(late ? "did not answer in time" : "could not be asked: " + e, e);
                }
            }
        }
    }

    /**
     * @throws IOException where no answer has begun
     * @throws TimeoutException where the deadline has passed
     */
    private Response askOnce(URL question, Optional<Token> token, Deadline deadline)
            throws IOException, TimeoutException {
        HttpURLConnection connection = open(question, deadline);
        token.map(Token::secret).ifPresent(secret -> {
            connection.setRequestProperty("X-Auth-Token", secret);
            connection.setRequestProperty("X-Subject-Token", secret);
        });
        // By another thread, because the JDK resolves names without a limit, and its read timeout begins anew with each
        // byte.
        Future<Response> response = executor.submit(() -> read(connection, deadline));
        try {
            return response.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            response.cancel(true);
            // By another thread, because disconnect() waits for the thread that reads.
            executor.execute(connection::disconnect);
            throw e;
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof IOException failure) {
                throw failure;
            }
            if (cause instanceof DisException unusable) {
                throw unusable;
            }
            if (cause instanceof OutOfMemoryError outOfMemory) {
                throw outOfMemory;
            }
            // Some input that is not HTTP makes the JDK overflow its stack.
            throw new IOException("its answer could not be read: " + cause, cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the function stops", e);
        }
    }

    private HttpURLConnection open(URL url, Deadline deadline) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
        if (connection instanceof HttpsURLConnection secure) {
            secure.setSSLSocketFactory(sockets);
        }
        connection.setConnectTimeout(millis(deadline.within(CONNECT_TIME)));
        connection.setReadTimeout(millis(deadline.minus(TIME_TO_DIAGNOSE)));
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        // The JDK keeps a connection where the server insists on it, but reuses it for the same authenticator alone.
        connection.setAuthenticator(new java.net.Authenticator() {});
        connection.setRequestProperty("Connection", "close");
        connection.setRequestProperty("Accept", "application/json");
        connection.setRequestProperty("User-Agent", userAgent);
        return connection;
    }

    /** At least 1, because the JDK takes 0 for no limit. */
    private static int millis(Deadline end) {
        return (int) Math.max(1, end.remaining().toMillis());
    }

    private Response read(HttpURLConnection connection, Deadline deadline) throws IOException {
        try {
            int status = connection.getResponseCode();
            Optional<String> subjectToken = Optional.ofNullable(connection.getHeaderField("X-Subject-Token"));
            return new Response(status, subjectToken, body(connection, status, deadline));
        } finally {
            connection.disconnect();
        }
    }

    private byte[] body(HttpURLConnection connection, int status, Deadline deadline) {
        String encoding = connection.getContentEncoding();
        if (status == HttpURLConnection.HTTP_OK && encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw unavailable(
                    "answered with Content-Encoding "
                            + (encoding.equalsIgnoreCase("gzip") ? "gzip" : "other than identity")
                            + ", which the function did not ask for and cannot read",
                    null);
        }
        boolean failed = status >= HttpURLConnection.HTTP_BAD_REQUEST;
        try (InputStream body = failed ? connection.getErrorStream() : connection.getInputStream()) {
            return body == null ? new byte[0] : read(body, deadline);
        } catch (SocketTimeoutException e) {
            throw unavailable("stopped in the midst of an answer", e);
        } catch (IOException e) {
            throw unavailable("answered what could not be read: " + e, e);
        }
    }

    private static byte[] read(InputStream body, Deadline deadline) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] part = new byte[8 * 1024];
        for (int length = body.read(part); length >= 0; length = body.read(part)) {
            bytes.write(part, 0, length);
            if (bytes.size() > MAX_ANSWER_BYTES) {
                throw new IOException("it answered more than " + MAX_ANSWER_BYTES + " bytes");
            }
            if (deadline.remaining().isNegative()) {
                throw new IOException("its answer took too long");
            }
        }
        return bytes.toByteArray();
    }

    /** Keeps of the answer only what is needed, each part with a bound, because the result is cached. */
    private Grant grant(byte[] body) {
        try {
            JsonNode token = JSON.readTree(body).path("token");
            return new Grant(
                    Optional.ofNullable(token.path("user").path("id").textValue())
                            .filter(id -> USER_ID.matcher(id).matches())
                            .map(id -> "user:" + id),
                    Optional.ofNullable(token.path("project").path("id").textValue())
                            .filter(ProjectId::isValid)
                            .map(ProjectId::new),
                    requiredRoles.isEmpty()
                            || StreamSupport.stream(token.path("roles").spliterator(), false)
                                    .map(role -> role.path("name").asText())
                                    .anyMatch(this::isRequired),
                    Instant.parse(token.path("expires_at").asText()));
        } catch (IOException | DateTimeParseException e) {
            throw unavailable("answered 200 with a body that is no token", e);
        }
    }

    /** Keystone compares names of roles without regard to case. */
    private boolean isRequired(String role) {
        return requiredRoles.stream().anyMatch(role::equalsIgnoreCase);
    }

    private static boolean isVersion3(byte[] body) {
        try {
            return JSON.readTree(body).path("version").path("id").asText().startsWith("v3");
        } catch (IOException e) {
            return false;
        }
    }

    private DisException unavailable(String what, Throwable cause) {
        return DisError.UNAVAILABLE.tryAgainLater("IAM at " + address + ' ' + what, cause);
    }

    private static Supplier<SSLSocketFactory> trusting(Path bundle) {
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
            SSLSocketFactory factory = context.getSocketFactory();
            return () -> factory;
        } catch (IOException | GeneralSecurityException e) {
            throw new ConfigurationException(
                    "checkpoint.iam.ca-bundle (CHECKPOINT_IAM_CA_BUNDLE) must be a readable PEM file of certificates: "
                            + e.getMessage(),
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
