package dis.checkpoint.auth;

import dis.checkpoint.config.CheckpointConfig;
import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import dis.checkpoint.request.Deadline;
import dis.checkpoint.request.ReceivedRequest;
import dis.checkpoint.table.AccessKeyTable;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.security.SignatureException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Lets a caller in whose token IAM knows, or whose signature is made with an access key, and who is one of the project.
 * That is found out before anything else about a request, so that nobody else learns which paths and methods there are, or
 * has a body read.
 */
@Singleton
public class Authenticator {

    private static final String TOKEN_HEADER = "x-auth-token";
    private static final String CHALLENGE = "WWW-Authenticate";

    private final Clock clock;
    private final Optional<Keystone> iam;
    private final AnswerCache<TokenAnswer> grants;
    private final Optional<AccessKeys> accessKeys;
    private final String challenge;
    private final Set<String> requiredRoles;

    /** What it takes to check signatures. */
    private record AccessKeys(
            AccessKeyTable table, AnswerCache<Optional<AccessKey>> remembered, Signatures signatures) {}

    /**
     * @param iam made only where it has an endpoint
     * @param keyTable made only where access keys are enabled
     */
    Authenticator(Instance<Keystone> iam, Instance<AccessKeyTable> keyTable, Clock clock, CheckpointConfig config) {
        this.clock = clock;
        this.iam = config.iam().endpoint().map(endpoint -> iam.get());
        grants = cache(
                config, answer -> answer instanceof Grant grant ? Optional.of(grant.expiresAt()) : Optional.empty());
        accessKeys = config.accessKeysTable()
                .map(name -> new AccessKeys(
                        keyTable.get(), cache(config, key -> key.map(its -> Instant.MAX)), new Signatures(clock)));
        challenge = config.iam()
                .endpoint()
                .map(endpoint -> "Keystone uri=\"" + endpoint.uri() + "\"")
                .orElse("SDK-HMAC-SHA256");
        requiredRoles =
                config.iam().requiredRoles().map(CheckpointConfig.Roles::names).orElse(Set.of());
    }

    private <A> AnswerCache<A> cache(CheckpointConfig config, Function<A, Optional<Instant>> yesUntil) {
        return new AnswerCache<>(clock, config.iam().cacheTime(), config.iam().cacheSize(), yesUntil);
    }

    /**
     * Opens the connection to IAM, where IAM is asked at all.
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
        accessKeys.ifPresent(keys -> keys.table().connect(deadline));
    }

    /**
     * Finds out who calls: by the token where there is one, else by the signature.
     *
     * @param asking runs before IAM or the table of access keys is asked; it does not where the answer is remembered
     * @return what the caller may do
     * @throws DisException {@link DisError#EMPTY_TOKEN} or {@link DisError#INVALID_TOKEN} where nobody is known by what the
     *     request says, {@link DisError#FORBIDDEN} where IAM does not let it be checked, {@link DisError#UNAVAILABLE} or
     *     {@link DisError#TRAFFIC_LIMIT} where it cannot be found out
     */
    public Grant authenticate(ReceivedRequest request, Deadline deadline, Runnable asking) {
        String token = request.headers().getOrDefault(TOKEN_HEADER, "");
        if (!isEmpty(token)) {
            return byToken(token(token), deadline, asking);
        }
        if (accessKeys.isEmpty()) {
            throw unauthorized(
                    DisError.EMPTY_TOKEN,
                    "X-Auth-Token is required; AK/SK signatures are not enabled at this endpoint");
        }
        if (isEmpty(request.headers().getOrDefault(Signatures.AUTHORIZATION, ""))) {
            throw unauthorized(
                    DisError.EMPTY_TOKEN,
                    (iam.isPresent() ? "X-Auth-Token or " : "") + "an AK/SK signature in Authorization is required");
        }
        return bySignature(request, accessKeys.get(), deadline, asking);
    }

    private Grant byToken(Token token, Deadline deadline, Runnable asking) {
        Keystone keystone = iam.orElseThrow(() -> unauthorized(
                DisError.INVALID_TOKEN, "X-Auth-Token is not accepted at this endpoint, only an AK/SK signature"));
        TokenAnswer answer = grants.get(token.fingerprint(), () -> {
            asking.run();
            return keystone.validate(token, deadline);
        });
        if (answer instanceof Grant grant && clock.instant().isBefore(grant.expiresAt())) {
            return grant;
        }
        if (answer == TokenAnswer.No.FORBIDDEN) {
            throw DisError.FORBIDDEN.because("IAM does not let the token be checked", "IAM answered 403", null);
        }
        throw unauthorized(DisError.INVALID_TOKEN, "IAM does not know the token");
    }

    private Grant bySignature(ReceivedRequest request, AccessKeys keys, Deadline deadline, Runnable asking) {
        try {
            AccessKey key = keys.signatures()
                    .check(
                            request,
                            id -> keys.remembered().get(id, () -> {
                                asking.run();
                                return keys.table().find(id, deadline).flatMap(item -> key(id, item));
                            }));
            // The operator who issued it for the project has decided what a role would.
            return new Grant(Optional.of(key.id()), Optional.of(key.project().value()), requiredRoles, Instant.MAX);
        } catch (SignatureException e) {
            throw DisError.INVALID_TOKEN
                    .because("the signature does not hold", e.getMessage(), e)
                    .with(CHALLENGE, challenge);
        }
    }

    /** Makes a key of an item. People edit tables by hand, so an item may be malformed; such a key admits nobody. */
    private static Optional<AccessKey> key(String id, AccessKeyTable.Item item) {
        try {
            return Optional.of(new AccessKey(id, item.secret(), new ProjectId(item.projectId())));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * Lets the caller in to the project.
     *
     * @throws DisException {@link DisError#FORBIDDEN} where the caller belongs to another one, to none, or lacks a role
     */
    public void authorize(Grant grant, ProjectId project) {
        if (grant.project().isEmpty()) {
            throw forbidden("the token is of no project");
        }
        if (!grant.project().get().equals(project.value())) {
            throw forbidden("the token or access key is of another project");
        }
        if (!requiredRoles.isEmpty() && grant.roles().stream().noneMatch(requiredRoles::contains)) {
            throw forbidden("the token lacks a required role");
        }
    }

    /** Which of them it was is for the log alone. */
    private static DisException forbidden(String diagnosis) {
        return DisError.FORBIDDEN.because(
                "the token or access key is not one of this project with a required role", diagnosis, null);
    }

    /** A header that was sent empty several times is joined by commas, and still empty. */
    private static boolean isEmpty(String header) {
        return header.chars().allMatch(c -> c == ',' || Character.isWhitespace(c));
    }

    private Token token(String header) {
        try {
            return new Token(header.strip());
        } catch (IllegalArgumentException e) {
            throw unauthorized(DisError.INVALID_TOKEN, "X-Auth-Token must be one token");
        }
    }

    private DisException unauthorized(DisError error, String reason) {
        return error.because(reason).with(CHALLENGE, challenge);
    }
}
