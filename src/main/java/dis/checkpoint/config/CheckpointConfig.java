package dis.checkpoint.config;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.spi.Converter;

/**
 * The configuration of the function. Each property is also read from the environment: {@code checkpoint.iam.endpoint}
 * from {@code CHECKPOINT_IAM_ENDPOINT}. A property without a default has to be set in production.
 *
 * <p>The rule for a value is in its type or its converter. {@code startup.StartCheck} applies it before a function starts, to
 * name the variable that is wrong. Right and wrong values of all settings are in {@code src/test/resources/settings.json}.
 */
@ConfigMapping(prefix = "checkpoint")
public interface CheckpointConfig {

    /** The name of the DynamoDB table. */
    String table();

    /** The name of the DynamoDB table of access keys. Without it, only tokens are accepted, and IAM is required. */
    Optional<String> accessKeysTable();

    /** The AWS region of the table. It is that of the function, {@code AWS_REGION}. */
    String region();

    /** The address of DynamoDB, where it is not that of the region: {@code quarkus.dynamodb.endpoint-override}. */
    @WithConverter(Address.class)
    Optional<URI> tableEndpoint();

    Iam iam();

    /** The identity service that checks the callers' tokens. */
    interface Iam {

        /**
         * The address of Keystone, such as {@code https://iam.eu-de.otc.t-systems.com/v3}. Without it, only signatures are
         * accepted, and access keys are required.
         */
        Optional<Endpoint> endpoint();

        /** How long a valid token is not asked about again: the longest time that a revoked token goes on working. */
        @WithDefault("PT5M")
        @WithConverter(CacheTime.class)
        Duration cacheTime();

        /** The most valid tokens that are cached at a time, and the most invalid ones. */
        @WithDefault("1000")
        @WithConverter(CacheSize.class)
        int cacheSize();

        /** The roles of which a token needs at least one. By default none is required. */
        Optional<Roles> requiredRoles();

        /** A PEM file with the certificates to trust instead of the platform's. */
        Optional<Path> caBundle();
    }

    /**
     * The address of Keystone.
     *
     * @param uri without a slash or the {@code /v3} of its version at the end
     */
    record Endpoint(URI uri) {

        /**
         * Reads an address, with or without {@code /v3} and slashes at its end, because clouds print it with them.
         *
         * @throws IllegalArgumentException if it is no {@link Address}
         */
        public static Endpoint of(String text) {
            return new Endpoint(new Address().convert(text.replaceFirst("(?<=[^/:])/+(v3/*)?$", "")));
        }
    }

    /**
     * Names of roles. In a {@code Set<String>}, each would be a property of its own, and SmallRye would look through all
     * properties for them.
     *
     * @param names at least one
     */
    record Roles(Set<String> names) {

        public Roles {
            if (names.isEmpty()) {
                throw new IllegalArgumentException("No name of a role");
            }
            names = Set.copyOf(names);
        }

        /** Reads names that are separated by commas. Blanks around a name, and empty names, are skipped. */
        public static Roles of(String text) {
            return new Roles(Arrays.stream(text.split(","))
                    .map(String::strip)
                    .filter(name -> !name.isEmpty())
                    .collect(Collectors.toUnmodifiableSet()));
        }
    }

    /** Reads the address of a server: {@code http} or {@code https}, a host, maybe a port and a path, and nothing else. */
    final class Address implements Converter<URI> {

        private static final long serialVersionUID = 1;

        private static final int MAX_PORT = 65_535;

        /** {@link URI} takes these for hosts: a dot at the end, a zone, a number without dots. */
        private static final Pattern NO_HOST = Pattern.compile(".*\\.|.*%.*|[0-9][^.]*");

        @Override
        public URI convert(String text) {
            URI uri = URI.create(text);
            if (!isHttp(uri)
                    || !isHost(uri.getHost())
                    || !isPort(uri)
                    || uri.getRawUserInfo() != null
                    || uri.getRawQuery() != null
                    || uri.getRawFragment() != null
                    || !text.equals(uri.toASCIIString())) {
                throw new IllegalArgumentException("No address of a server");
            }
            return uri;
        }

        private static boolean isHttp(URI uri) {
            return "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
        }

        /** Whether it is a name, without a dot at its end, or an IP address, without a zone. */
        private static boolean isHost(String host) {
            return host != null && !NO_HOST.matcher(host).matches();
        }

        private static boolean isPort(URI uri) {
            return uri.getPort() == -1
                    ? !uri.getRawAuthority().endsWith(":")
                    : uri.getPort() > 0 && uri.getPort() <= MAX_PORT;
        }
    }

    /** Reads a time above zero and of 24 hours at most: a number with a unit, or an ISO-8601 duration, without signs. */
    final class CacheTime implements Converter<Duration> {

        private static final long serialVersionUID = 1;

        private static final Duration MAX = Duration.ofHours(24);

        private static final Pattern FORM = Pattern.compile(
                "(?i)[0-9]+(ms|[smhd])?" + "|P([0-9]+D)?(T(?=[0-9])([0-9]+H)?([0-9]+M)?([0-9]+(\\.[0-9]{1,9})?S)?)?");

        @Override
        public Duration convert(String text) {
            if (FORM.matcher(text).matches()) {
                Duration time = DurationConverter.parseDuration(text);
                if (time.compareTo(Duration.ZERO) > 0 && time.compareTo(MAX) <= 0) {
                    return time;
                }
            }
            throw new IllegalArgumentException("No time above zero and of 24 hours at most");
        }
    }

    /** Reads a number from 1 to 10,000, because a cached result takes some hundred bytes of memory. */
    final class CacheSize implements Converter<Integer> {

        private static final long serialVersionUID = 1;

        private static final int MAX = 10_000;

        private static final Pattern FORM = Pattern.compile("[0-9]{1,9}");

        @Override
        public Integer convert(String text) {
            if (FORM.matcher(text).matches()) {
                int size = Integer.parseInt(text);
                if (size >= 1 && size <= MAX) {
                    return size;
                }
            }
            throw new IllegalArgumentException("No number from 1 to 10,000");
        }
    }
}
