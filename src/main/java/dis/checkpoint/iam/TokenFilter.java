package dis.checkpoint.iam;

import dis.checkpoint.Call;
import dis.checkpoint.CheckpointConfig;
import dis.checkpoint.ProjectId;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Instance;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.ext.Provider;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lets a call in whose token IAM knows and which is about the token's project. It comes before everything else below
 * {@code /v2}, so that nobody else learns which paths and methods there are, or has a body read.
 */
@Provider
@PreMatching
@Priority(Priorities.AUTHENTICATION)
public class TokenFilter implements ContainerRequestFilter {

    private static final String TOKEN_HEADER = "X-Auth-Token";
    private static final Pattern PATH = Pattern.compile("/v2/([^/]*)(.*)", Pattern.DOTALL);

    /** What follows the project: nothing that JAX-RS would decode, cut off or resolve to the path of another project. */
    private static final Pattern PLAIN = Pattern.compile("(/[A-Za-z0-9_-]+)*/?");

    private final Call call;
    private final TokenCache tokens;
    private final Instance<CheckpointConfig> config;

    /** JAX-RS makes its filters when the function is built, before there is a configuration. */
    TokenFilter(Call call, TokenCache tokens, Instance<CheckpointConfig> config) {
        this.call = call;
        this.tokens = tokens;
        this.config = config;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        Matcher path = PATH.matcher(call.path());
        if (!path.matches()) {
            throw nothingThere();
        }
        Token token = token(request.getHeaders().getOrDefault(TOKEN_HEADER, List.of()));
        Grant grant = tokens.grant(token, call::iamIsAsked)
                .orElseThrow(() -> unauthorized(DisError.INVALID_TOKEN, "IAM does not know the token"));
        ProjectId project = project(path.group(1));
        Set<String> roles = config.get()
                .iam()
                .requiredRoles()
                .map(CheckpointConfig.Roles::names)
                .orElse(Set.of());
        if (!grant.admitsTo(project, roles)) {
            throw DisError.FORBIDDEN.because("the token is not one of this project with a required role");
        }
        if (!PLAIN.matcher(path.group(2)).matches()) {
            throw nothingThere();
        }
        call.admit(project);
    }

    private static DisException nothingThere() {
        return DisError.NOT_FOUND.because("there is nothing at this path");
    }

    private Token token(List<String> headers) {
        if (headers.stream().allMatch(String::isBlank)) {
            throw unauthorized(DisError.EMPTY_TOKEN, "X-Auth-Token is required");
        }
        try {
            return new Token(headers.size() == 1 ? headers.get(0).strip() : "");
        } catch (IllegalArgumentException e) {
            throw unauthorized(DisError.INVALID_TOKEN, "X-Auth-Token must be one token");
        }
    }

    private static ProjectId project(String text) {
        try {
            return new ProjectId(text);
        } catch (IllegalArgumentException e) {
            throw DisError.INVALID_PROJECT_ID.because(ProjectId.RULE);
        }
    }

    private DisException unauthorized(DisError error, String reason) {
        return error.because(reason)
                .with(
                        HttpHeaders.WWW_AUTHENTICATE,
                        "Keystone uri=\"" + config.get().iam().endpoint() + "\"");
    }
}
