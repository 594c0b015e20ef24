package dis.checkpoint.auth;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * What a caller may do who is known.
 *
 * @param caller who it is, for the log line: {@code user:} and the id of IAM's user, or the id of an access key; empty where
 *     IAM said none in the form of one
 * @param project the id of the project that the caller is one of; empty for an unscoped or domain-scoped token
 * @param expiresAt when it ceases to hold
 */
public record Grant(Optional<String> caller, Optional<String> project, Set<String> roles, Instant expiresAt)
        implements TokenAnswer {

    public Grant {
        roles = Set.copyOf(roles);
    }
}
