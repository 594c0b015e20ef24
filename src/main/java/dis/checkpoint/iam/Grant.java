package dis.checkpoint.iam;

import dis.checkpoint.domain.ProjectId;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * What IAM says of a valid token.
 *
 * @param project the id of the project it is scoped to; empty for an unscoped or domain-scoped token
 * @param expiresAt when it ceases to be valid
 */
public record Grant(Optional<String> project, Set<String> roles, Instant expiresAt) {

    /** Whether the token is one of the project, with one of the roles where any are required. */
    boolean admitsTo(ProjectId wanted, Set<String> requiredRoles) {
        return project.filter(wanted.value()::equals).isPresent()
                && (requiredRoles.isEmpty() || roles.stream().anyMatch(requiredRoles::contains));
    }
}
