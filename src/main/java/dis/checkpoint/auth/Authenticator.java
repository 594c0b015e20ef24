package dis.checkpoint.auth;

import dis.checkpoint.config.CheckpointConfig;
import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import dis.checkpoint.request.Deadline;
import dis.checkpoint.request.ReceivedRequest;
import dis.checkpoint.table.AccessKeyTable;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Authenticates a caller by a token of IAM or by a signature made with an access key, and authorizes it for the project. This
 * comes before anything else about a request, so that nobody else learns which paths and methods exist, or has a body read.
 */
@Singleton
public class Authenticator {

    private static final String TOKEN = "x-auth-token";
    private static final int UNAUTHORIZED = 401;

    private final Clock clock;
    private final Optional<Keystone> iam;
    private final AnswerCache<Grant> grants;
    private final Optional<AccessKeyTable> keyTable;
    private final AnswerCache<AccessKey> keys;
    private final Signatures signatures;
    private final String challenge;

    /**
     * @param iam used only where IAM has an endpoint
     * @param keyTable used only where access keys are enabled
     */
    @Inject
    Authenticator(Instance<Keystone> iam, Instance<AccessKeyTable> keyTable, Clock clock, CheckpointConfig config) {
        this(iam, keyTable, clock, System::nanoTime, config);
    }

    Authenticator(
            Instance<Keystone> iam,
            Instance<AccessKeyTable> keyTable,
            Clock clock,
            LongSupplier nanoTime,
            CheckpointConfig config) {
        this.clock = clock;
        this.iam = config.iam().endpoint().map(endpoint -> iam.get());
        this.keyTable = config.accessKeysTable().map(name -> keyTable.get());
        grants = cache(clock, nanoTime, config, Grant::expiresAt);
        keys = cache(clock, nanoTime, config, key -> Instant.MAX);
        signatures = new Signatures(clock);
        challenge = config.iam()
                .endpoint()
                .map(endpoint -> "Keystone uri=\"" + endpoint.uri() + "\"")
                .orElse("SDK-HMAC-SHA256");
    }

    private static <V> AnswerCache<V> cache(
            Clock clock, LongSupplier nanoTime, CheckpointConfig config, Function<V, Instant> expiry) {
        return new AnswerCache<>(
                clock, nanoTime, config.iam().cacheTime(), config.iam().cacheSize(), expiry);
    }

    /**
     * Makes the first call to IAM, where IAM has an endpoint.
     *
     * @throws DisException {@link DisError#UNAVAILABLE} where that has failed
     */
    public void connectToIam(Deadline deadline) {
        iam.ifPresent(keystone -> keystone.connect(deadline));
    }

    /**
     * Opens the connection to the table of access keys, where they are enabled.
     *
     * @throws DisException {@link DisError#UNAVAILABLE} or {@link DisError#TRAFFIC_LIMIT} where that has failed
     */
    public void connectToAccessKeys(Deadline deadline) {
        keyTable.ifPresent(table -> table.connect(deadline));
    }

    /**
     * Finds out who calls: by the token where there is one, else by the signature.
     *
     * @param onMiss runs before IAM or the table of access keys is asked; not where the result is cached
     * @throws DisException {@link DisError#EMPTY_TOKEN} where the request has no credentials, {@link DisError#INVALID_TOKEN}
     *     where they are not accepted, {@link DisError#FORBIDDEN} where IAM does not let them be checked,
     *     {@link DisError#UNAVAILABLE} or {@link DisError#TRAFFIC_LIMIT} where IAM or the table does not answer
     */
    public Grant authenticate(ReceivedRequest request, Deadline deadline, Runnable onMiss) {
        try {
            String token = request.headers().getOrDefault(TOKEN, "");
            return isEmpty(token) ? bySignature(request, deadline, onMiss) : byToken(token(token), deadline, onMiss);
        } catch (DisException e) {
            throw e.error().status() == UNAUTHORIZED ? e.with("WWW-Authenticate", challenge) : e;
        }
    }

    private Grant byToken(Token token, Deadline deadline, Runnable onMiss) {
        Keystone keystone = iam.orElseThrow(() -> DisError.INVALID_TOKEN.because(
                "X-Auth-Token is not accepted at this endpoint, only an AK/SK signature"));
        return grants.get(token.fingerprint(), () -> {
            onMiss.run();
            Grant grant = keystone.validate(token, deadline);
            if (!clock.instant().isBefore(grant.expiresAt())) {
                throw DisError.INVALID_TOKEN.because("IAM does not know the token");
            }
            return grant;
        });
    }

    private Grant bySignature(ReceivedRequest request, Deadline deadline, Runnable onMiss) {
        AccessKeyTable table = keyTable.orElseThrow(() -> DisError.EMPTY_TOKEN.because(
                "X-Auth-Token is required; AK/SK signatures are not enabled at this endpoint"));
        if (!SignedAuthorization.isSignature(request.headers().getOrDefault(Signatures.AUTHORIZATION, ""))) {
            throw DisError.EMPTY_TOKEN.because(
                    (iam.isPresent() ? "X-Auth-Token or " : "") + "an AK/SK signature in Authorization is required");
        }
        AccessKey key = signatures.check(
                request,
                id -> keys.get(id, () -> {
                    onMiss.run();
                    return table.find(id, deadline)
                            .flatMap(item -> key(id, item))
                            .orElseThrow(() -> Signatures.refused("the access key is unknown or not enabled", id));
                }));
        // Keys need no role, because the operator has issued them for the project.
        return new Grant(Optional.of(key.id()), Optional.of(key.project()), true, Instant.MAX);
    }

    /** People edit tables by hand, so an item may be malformed; such a key is not accepted. */
    private static Optional<AccessKey> key(String id, AccessKeyTable.Item item) {
        try {
            return Optional.of(new AccessKey(id, item.secret(), new ProjectId(item.projectId())));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * Checks that the caller may use the project.
     *
     * @throws DisException {@link DisError#FORBIDDEN} where the caller belongs to another project, to no project, or lacks a
     *     required role
     */
    public void authorize(Grant grant, ProjectId project) {
        if (grant.project().isEmpty()) {
            throw forbidden("the token is of no project");
        }
        if (!grant.project().get().equals(project)) {
            throw forbidden("the token or access key is of another project");
        }
        if (!grant.hasRequiredRole()) {
            throw forbidden("the token lacks a required role");
        }
    }

    /** The caller is not told which of the reasons it was; the log is. */
    private static DisException forbidden(String diagnosis) {
        return DisError.FORBIDDEN.because(
                "the token or access key is not one of this project with a required role", diagnosis, null);
    }

    /** Headers that were sent empty several times arrive joined by commas. */
    private static boolean isEmpty(String header) {
        return header.chars().allMatch(c -> c == ',' || Character.isWhitespace(c));
    }

    private static Token token(String header) {
        try {
            return new Token(header.strip());
        } catch (IllegalArgumentException e) {
            throw DisError.INVALID_TOKEN.because("X-Auth-Token must be one token");
        }
    }
}
