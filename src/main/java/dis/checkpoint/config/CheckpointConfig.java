package dis.checkpoint.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The configuration of the function. Each property is also read from the environment: {@code checkpoint.iam.endpoint}
 * from {@code CHECKPOINT_IAM_ENDPOINT}. A property without a default has to be set in production.
 */
@ConfigMapping(prefix = "checkpoint")
public interface CheckpointConfig {

    /** The name of the DynamoDB table. */
    String table();

    /** The AWS region of the table: that of the function, {@code AWS_REGION}. */
    String region();

    /** Another address of DynamoDB than that of the region: {@code quarkus.dynamodb.endpoint-override}. */
    Optional<URI> tableEndpoint();

    Iam iam();

    /**
     * Names of roles. As a set of texts, it would be looked for in all properties, as a property for each role.
     *
     * @param names at least one
     */
    record Roles(Set<String> names) {

        public Roles {
            if (names.isEmpty()) {
                throw new IllegalArgumentException("Names of roles, separated by commas");
            }
        }

        /** Reads names that are separated by commas. */
        public static Roles of(String text) {
            return new Roles(Arrays.stream(text.split(","))
                    .map(String::strip)
                    .filter(name -> !name.isEmpty())
                    .collect(Collectors.toUnmodifiableSet()));
        }
    }

    /** The identity service that checks the callers' tokens. */
    interface Iam {

        /** The address of Keystone without {@code /v3}, such as {@code https://iam.eu-de.otc.t-systems.com}. */
        URI endpoint();

        /** Whether an {@code http://} endpoint is accepted. Tokens then cross the network in the clear. */
        @WithDefault("false")
        boolean allowHttp();

        /** How long a valid token is not asked about again: the longest that a revoked one goes on working. */
        @WithDefault("PT5M")
        Duration cacheTime();

        /** The most tokens that are remembered at a time. */
        @WithDefault("1000")
        int cacheSize();

        /** Role names, separated by commas, of which a token needs at least one; none are required by default. */
        Optional<Roles> requiredRoles();

        /** A PEM file with the certificates to trust instead of the platform's. */
        Optional<Path> caBundle();
    }
}
