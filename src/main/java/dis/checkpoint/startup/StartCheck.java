package dis.checkpoint.startup;

import dis.checkpoint.config.CheckpointConfig;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.SmallRyeConfigBuilderCustomizer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Checks each variable of {@code src/docs/configuration.md}. Where one is missing or wrong, one line says which, and the process
 * ends.
 *
 * <p>SmallRye calls it before anything reads a variable: for one that it cannot read, Quarkus would write a stack trace that
 * names a property.
 */
public final class StartCheck implements SmallRyeConfigBuilderCustomizer {

    /** Lambda sets it for whatever runs as a function. Neither a build nor development has it. */
    private static final String OF_A_FUNCTION = "AWS_LAMBDA_RUNTIME_API";

    private static final String ACCESS_KEYS_TABLE = "CHECKPOINT_ACCESS_KEYS_TABLE";
    private static final String ALLOW_HTTP = "CHECKPOINT_IAM_ALLOW_HTTP";

    /** What SmallRye would replace by the value of another property. */
    private static final String REFERENCE = "${";

    private static final Pattern TABLE = Pattern.compile("[A-Za-z0-9._-]{3,255}");
    private static final String TABLE_RULE = "the name of a DynamoDB table, 3 to 255 of A-Z a-z 0-9 . _ -";

    private static final Pattern REGION = Pattern.compile("[a-z0-9-]{1,63}");
    private static final Pattern TRUTH_VALUE = Pattern.compile("(?i)true|false");
    private static final Pattern LEVEL = Pattern.compile("(?i)INFO|WARN|ERROR");

    private static final String ADDRESS_RULE = " address with a host, and without user, query and fragment";
    private static final String CREDENTIAL_RULE = "the credential that Lambda sets";

    /**
     * What holds for one variable.
     *
     * @param rule what the value must be, after "must be"
     * @param check may throw any exception for what is wrong
     */
    private record Rule(String variable, boolean required, String rule, Predicate<String> check) {

        Optional<String> fault(String value) {
            if (isMissing(value)) {
                return required ? Optional.of(variable + " is not set. It must be " + rule) : Optional.empty();
            }
            return isRight(value) ? Optional.empty() : Optional.of(variable + " must be " + rule);
        }

        private boolean isRight(String value) {
            try {
                return check.test(value) && !value.contains(REFERENCE);
            } catch (RuntimeException e) {
                return false;
            }
        }
    }

    @Override
    public void configBuilder(SmallRyeConfigBuilder builder) {
        Map<String, String> environment = System.getenv();
        if (environment.containsKey(OF_A_FUNCTION)) {
            fault(environment).ifPresent(EndOfPolling::halt);
        }
    }

    /**
     * What is wrong with the environment of a function.
     *
     * @return a variable and what it must be; never its value, which may be a secret
     */
    public static Optional<String> fault(Map<String, String> environment) {
        for (Rule rule : rules(environment)) {
            Optional<String> fault = rule.fault(environment.get(rule.variable()));
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }

    private static List<Rule> rules(Map<String, String> environment) {
        boolean accessKeys = !isMissing(environment.get(ACCESS_KEYS_TABLE));
        boolean http = "true".equalsIgnoreCase(environment.get(ALLOW_HTTP));
        return List.of(
                new Rule("CHECKPOINT_TABLE", true, TABLE_RULE, text -> matches(TABLE, text)),
                new Rule(ACCESS_KEYS_TABLE, false, TABLE_RULE, text -> matches(TABLE, text)),
                new Rule(ALLOW_HTTP, false, "true or false", text -> matches(TRUTH_VALUE, text)),
                new Rule(
                        "CHECKPOINT_IAM_ENDPOINT",
                        !accessKeys,
                        "an https://" + (http ? " or http://" : "") + ADDRESS_RULE
                                + (http ? "" : "; http:// takes " + ALLOW_HTTP + "=true")
                                + (accessKeys ? "" : "; it may be left out where " + ACCESS_KEYS_TABLE + " is set"),
                        text -> isAddress(CheckpointConfig.Endpoint.of(text).uri(), http)),
                new Rule(
                        "CHECKPOINT_IAM_CACHE_TIME",
                        false,
                        "a duration such as PT5M or 5m, more than zero and at most 24 hours",
                        text -> isCacheTime(DurationConverter.parseDuration(text))),
                new Rule(
                        "CHECKPOINT_IAM_CACHE_SIZE",
                        false,
                        "a number from 1 to " + CheckpointConfig.LARGEST_CACHE_SIZE,
                        text -> isCacheSize(Integer.parseInt(text))),
                new Rule(
                        "CHECKPOINT_IAM_REQUIRED_ROLES",
                        false,
                        "names of roles, separated by commas",
                        text -> !CheckpointConfig.Roles.of(text).names().isEmpty()),
                new Rule(
                        "CHECKPOINT_IAM_CA_BUNDLE",
                        false,
                        "the path of a readable PEM file of certificates",
                        text -> holdsCertificates(Path.of(text))),
                new Rule(
                        "QUARKUS_DYNAMODB_ENDPOINT_OVERRIDE",
                        false,
                        "an https:// or http://" + ADDRESS_RULE,
                        text -> isAddress(URI.create(text), true)),
                new Rule("QUARKUS_LOG_LEVEL", false, "INFO, WARN or ERROR", text -> matches(LEVEL, text)),
                new Rule("AWS_REGION", true, "a region such as eu-central-1", text -> matches(REGION, text)),
                new Rule("AWS_ACCESS_KEY_ID", true, CREDENTIAL_RULE, text -> !text.isBlank()),
                new Rule("AWS_SECRET_ACCESS_KEY", true, CREDENTIAL_RULE, text -> !text.isBlank()),
                new Rule("AWS_SESSION_TOKEN", false, CREDENTIAL_RULE, text -> !text.isBlank()));
    }

    private static boolean isMissing(String value) {
        return value == null || value.isEmpty();
    }

    private static boolean matches(Pattern pattern, String text) {
        return pattern.matcher(text).matches();
    }

    private static boolean isAddress(URI uri, boolean http) {
        return ("https".equalsIgnoreCase(uri.getScheme()) || http && "http".equalsIgnoreCase(uri.getScheme()))
                && uri.getHost() != null
                && uri.getRawUserInfo() == null
                && uri.getRawQuery() == null
                && uri.getRawFragment() == null;
    }

    private static boolean isCacheTime(Duration time) {
        return time.compareTo(Duration.ZERO) > 0 && time.compareTo(CheckpointConfig.LONGEST_CACHE_TIME) <= 0;
    }

    private static boolean isCacheSize(int size) {
        return size >= 1 && size <= CheckpointConfig.LARGEST_CACHE_SIZE;
    }

    private static boolean holdsCertificates(Path file) {
        try (InputStream pem = Files.newInputStream(file)) {
            return !CertificateFactory.getInstance("X.509")
                    .generateCertificates(pem)
                    .isEmpty();
        } catch (IOException | CertificateException e) {
            return false;
        }
    }
}
