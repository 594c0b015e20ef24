package dis.checkpoint.iam;

import dis.checkpoint.config.CheckpointConfig;
import dis.checkpoint.domain.Deadline;
import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Lets a caller in whose token IAM knows and which is one of the project. That is found out before anything else about a
 * request, so that nobody else learns which paths and methods there are, or has a body read.
 */
@Singleton
public class Authenticator {

    private static final String TOKEN_HEADER = "x-auth-token";

    private final Keystone iam;
    private final AnswerCache<Grant> grants;
    private final String challenge;
    private final Set<String> requiredRoles;

    Authenticator(Keystone iam, Clock clock, CheckpointConfig config) {
        this.iam = iam;
        grants = new AnswerCache<>(clock, config.iam().cacheTime(), config.iam().cacheSize());
        challenge = "Keystone uri=\"" + config.iam().endpoint().uri() + "\"";
        requiredRoles =
                config.iam().requiredRoles().map(CheckpointConfig.Roles::names).orElse(Set.of());
    }

    /**
     * Finds out who calls.
     *
     * @param askingIam runs before IAM is asked; it does not where the answer is remembered
     * @return what the caller may do
     * @throws DisException {@link DisError#EMPTY_TOKEN} or {@link DisError#INVALID_TOKEN} where nobody is known by what the
     *     request says, {@link DisError#FORBIDDEN} where IAM does not let it be checked, {@link DisError#UNAVAILABLE} where it
     *     cannot be found out
     */
    public Grant authenticate(ReceivedRequest request, Deadline deadline, Runnable askingIam) {
        Token token = token(request.headers().getOrDefault(TOKEN_HEADER, ""));
        Supplier<Optional<Grant>> question = () -> {
            askingIam.run();
            return iam.validate(token, deadline);
        };
        return grants.get(token.fingerprint(), question, Grant::expiresAt)
                .value()
                .orElseThrow(() -> unauthorized(DisError.INVALID_TOKEN, "IAM does not know the token"));
    }

    /**
     * Lets the caller in to the project.
     *
     * @throws DisException {@link DisError#FORBIDDEN} where the caller belongs to another one, to none, or lacks a role
     */
    public void authorize(Grant grant, ProjectId project) {
        if (!grant.admitsTo(project, requiredRoles)) {
            throw DisError.FORBIDDEN.because("the token is not one of this project with a required role");
        }
    }

    /** A header that was sent empty several times is joined by commas, and still empty. */
    private Token token(String header) {
        if (header.chars().allMatch(c -> c == ',' || Character.isWhitespace(c))) {
            throw unauthorized(
                    DisError.EMPTY_TOKEN,
                    "X-Auth-Token is required; AK/SK signatures are not enabled at this endpoint");
        }
        try {
            return new Token(header.strip());
        } catch (IllegalArgumentException e) {
            throw unauthorized(DisError.INVALID_TOKEN, "X-Auth-Token must be one token");
        }
    }

    private DisException unauthorized(DisError error, String reason) {
        return error.because(reason).with("WWW-Authenticate", challenge);
    }
}
