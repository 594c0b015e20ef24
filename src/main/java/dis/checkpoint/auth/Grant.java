package dis.checkpoint.auth;

import dis.checkpoint.domain.ProjectId;
import java.time.Instant;
import java.util.Optional;

/**
 * An authenticated caller. It is cached, so each part is bounded in size.
 *
 * @param caller for the log line: {@code user:} and the id of IAM's user, or the id of an access key; empty where IAM's id is
 *     not of the form of an id
 * @param project the project that the token or access key belongs to; empty for an unscoped or domain-scoped token, and for a
 *     project whose id no path can name
 * @param hasRequiredRole whether it has one of the required roles, or none is required
 * @param expiresAt the end of the token; {@link Instant#MAX} for an access key
 */
public record Grant(Optional<String> caller, Optional<ProjectId> project, boolean hasRequiredRole, Instant expiresAt) {}
