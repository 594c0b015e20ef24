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
 * from {@code CHECKPOINT_IAM_ENDPOINT}. A property without a default has to be set in production. In a function,
 * {@code startup.StartCheck} has refused what is missing or out of its range before.
 */
@ConfigMapping(prefix = "checkpoint")
public interface CheckpointConfig {

    Duration LONGEST_CACHE_TIME = Duration.ofHours(24);

    /** An answer takes some hundred bytes of memory. */
    int LARGEST_CACHE_SIZE = 10_000;

    /** The name of the DynamoDB table. */
    String table();

    /** The name of the DynamoDB table of access keys. Without one, which takes IAM, only tokens are accepted. */
    Optional<String> accessKeysTable();

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
            names = Set.copyOf(names);
        }

        /** Reads names that are separated by commas. */
        public static Roles of(String text) {
            return new Roles(Arrays.stream(text.split(","))
                    .map(String::strip)
                    .filter(name -> !name.isEmpty())
                    .collect(Collectors.toUnmodifiableSet()));
        }
    }

    /**
     * The address of Keystone.
     *
     * @param uri without a slash or the {@code /v3} of its version at the end
     */
    record Endpoint(URI uri) {

        /** Reads an address, with or without {@code /v3} and slashes at its end: clouds print it with them. */
        public static Endpoint of(String text) {
            return new Endpoint(URI.create(text.strip().replaceFirst("(?<=[^/:])/+(v3/*)?$", "")));
        }
    }

    /** The identity service that checks the callers' tokens. */
    interface Iam {

        /**
         * The address of Keystone, such as {@code https://iam.eu-de.otc.t-systems.com/v3}: the version may be left out.
         * {@code https}, or {@code http} where that is allowed; with a host, and without user, query and fragment. Without
         * one, which takes access keys, only signatures are accepted.
         */
        Optional<Endpoint> endpoint();

        /** Whether an {@code http://} endpoint is accepted. Tokens then cross the network in the clear. */
        @WithDefault("false")
        boolean allowHttp();

        /**
         * How long a valid token is not asked about again: the longest that a revoked one goes on working. More than zero,
         * and 24 hours at most.
         */
        @WithDefault("PT5M")
        Duration cacheTime();

        /** The most valid tokens that are remembered at a time, and the most others: 1 to 10,000. */
        @WithDefault("1000")
        int cacheSize();

        /** Role names, separated by commas, of which a token needs at least one; none are required by default. */
        Optional<Roles> requiredRoles();

        /** A PEM file with the certificates to trust instead of the platform's. */
        Optional<Path> caBundle();
    }
}
