package dis.checkpoint.startup;

import dis.checkpoint.config.CheckpointConfig;
import dis.checkpoint.network.CertificateBundle;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.SmallRyeConfigBuilderCustomizer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Checks each setting of {@code src/docs/configuration.md} before a function starts. Where one is missing or wrong, one line
 * names its variable, and the process ends.
 *
 * <p>SmallRye calls it before anything reads the configuration, because Quarkus writes a stack trace that names a property for
 * a value that cannot be converted. No other name leads to a setting, so that the values which it checks are those in use.
 */
public final class StartCheck implements SmallRyeConfigBuilderCustomizer {

    /** Lambda sets it for every function. Builds and development do not have it. */
    private static final String RUNTIME_API = "AWS_LAMBDA_RUNTIME_API";

    private static final String ACCESS_KEYS_TABLE = "CHECKPOINT_ACCESS_KEYS_TABLE";
    private static final String ALLOW_HTTP = "CHECKPOINT_IAM_ALLOW_HTTP";

    /** SmallRye replaces it by the value of another property. */
    private static final String REFERENCE = "${";

    private static final Pattern TABLE = Pattern.compile("[A-Za-z0-9._-]{3,255}");
    private static final String TABLE_RULE = "the name of a DynamoDB table, 3 to 255 of A-Z a-z 0-9 . _ -";

    private static final Pattern REGION = Pattern.compile("[a-z0-9-]{1,63}");
    private static final Pattern BOOLEAN = Pattern.compile("(?i)true|false");
    private static final Pattern LEVEL = Pattern.compile("(?i)INFO|WARN|ERROR");

    private static final String ADDRESS_RULE =
            " address with a host, a port of at most 65535, and without user, query and fragment";
    private static final String CREDENTIAL_RULE = "the credential that Lambda sets";

    /** How SmallRye matches the name of a variable with that of a property. */
    private static final Pattern NO_LETTER_OR_DIGIT = Pattern.compile("[^A-Za-z0-9]");

    /** Variables that SmallRye reads as properties of the function or of a library, maybe for one profile. */
    private static final Pattern SMALLRYE_VARIABLE =
            Pattern.compile("(_.*_)?(CHECKPOINT|QUARKUS|SMALLRYE_CONFIG|MP_CONFIG)_.*");

    /** The variables of all settings. */
    private static final Set<String> VARIABLES =
            rules(Map.of()).stream().map(Rule::variable).collect(Collectors.toUnmodifiableSet());

    /**
     * The rule of one setting.
     *
     * @param rule what the value must be, after "must be"
     */
    private record Rule(String variable, boolean required, String rule, Check check) {

        Optional<String> fault(String value) {
            if (isMissing(value)) {
                return required ? Optional.of(variable + " is not set. It must be " + rule) : Optional.empty();
            }
            String fault = variable + " must be " + rule;
            try {
                boolean valid = !value.contains(REFERENCE) && check.test(value);
                return valid ? Optional.empty() : Optional.of(fault);
            } catch (CertificateException e) {
                return Optional.of(fault + ", but " + e.getMessage());
            } catch (IOException | RuntimeException e) {
                return Optional.of(fault);
            }
        }
    }

    private interface Check {

        /**
         * Whether a value is right. Any exception means that it is wrong.
         *
         * @throws CertificateException with a clause that says why
         */
        boolean test(String value) throws IOException, CertificateException;
    }

    @Override
    public void configBuilder(SmallRyeConfigBuilder builder) {
        Map<String, String> environment = System.getenv();
        if (environment.containsKey(RUNTIME_API)) {
            faultOfNames(System.getProperties().stringPropertyNames())
                    .or(() -> fault(environment))
                    .ifPresent(EndOfProcess::halt);
        }
    }

    /**
     * Looks for the first fault in the environment of a function.
     *
     * @return a sentence with the variable and its rule, but without its value, because that may be a secret
     */
    public static Optional<String> fault(Map<String, String> environment) {
        return faultOfNames(environment.keySet())
                .or(() -> rules(environment).stream()
                        .flatMap(rule -> rule.fault(environment.get(rule.variable())).stream())
                        .findFirst());
    }

    /**
     * Looks for a variable or a system property that changes a setting, but is none of the documented variables:
     * {@code checkpoint_iam_endpoint}, {@code CHECKPOINT_REGION}, {@code _PROD_CHECKPOINT_TABLE}, {@code QUARKUS_PROFILE}.
     *
     * @return a sentence with its name
     */
    static Optional<String> faultOfNames(Collection<String> names) {
        return names.stream()
                .filter(name -> !VARIABLES.contains(name))
                .filter(name -> {
                    String variable = asVariable(name);
                    return VARIABLES.contains(variable)
                            || SMALLRYE_VARIABLE.matcher(variable).matches();
                })
                .sorted()
                .findFirst()
                .map(name -> name + " is not a setting of the function"
                        + variableMeantBy(name)
                                .map(variable -> ". The setting is " + variable)
                                .orElse(""));
    }

    private static Optional<String> variableMeantBy(String name) {
        String variable = asVariable(name);
        return VARIABLES.stream()
                .filter(known -> variable.equals(known) || variable.startsWith("_") && variable.endsWith('_' + known))
                .findAny();
    }

    private static List<Rule> rules(Map<String, String> environment) {
        boolean accessKeys = !isMissing(environment.get(ACCESS_KEYS_TABLE));
        boolean http = "true".equalsIgnoreCase(environment.get(ALLOW_HTTP));
        return List.of(
                new Rule("CHECKPOINT_TABLE", true, TABLE_RULE, text -> matches(TABLE, text)),
                new Rule(ACCESS_KEYS_TABLE, false, TABLE_RULE, text -> matches(TABLE, text)),
                new Rule(ALLOW_HTTP, false, "true or false", text -> matches(BOOLEAN, text)),
                new Rule(
                        "CHECKPOINT_IAM_ENDPOINT",
                        !accessKeys,
                        "an https://" + (http ? " or http://" : "") + ADDRESS_RULE
                                + (http ? "" : "; http:// needs " + ALLOW_HTTP + "=true")
                                + (accessKeys ? "" : "; it may be left out where " + ACCESS_KEYS_TABLE + " is set"),
                        text -> isEndpoint(CheckpointConfig.Endpoint.of(text).uri(), http)),
                new Rule(
                        "CHECKPOINT_IAM_CACHE_TIME",
                        false,
                        "a duration such as PT5M or 5m, more than zero and at most 24 hours",
                        text -> new CheckpointConfig.CacheTime().convert(text) != null),
                new Rule(
                        "CHECKPOINT_IAM_CACHE_SIZE",
                        false,
                        "a number from 1 to 10000",
                        text -> new CheckpointConfig.CacheSize().convert(text) != null),
                new Rule(
                        "CHECKPOINT_IAM_REQUIRED_ROLES",
                        false,
                        "names of roles, separated by commas",
                        text -> CheckpointConfig.Roles.of(text) != null),
                new Rule(
                        "CHECKPOINT_IAM_CA_BUNDLE",
                        false,
                        "the path of a readable PEM file of certificates",
                        text -> !CertificateBundle.read(Path.of(text)).isEmpty()),
                new Rule(
                        "QUARKUS_DYNAMODB_ENDPOINT_OVERRIDE",
                        false,
                        "an https:// or http://" + ADDRESS_RULE,
                        text -> new CheckpointConfig.Address().convert(text) != null),
                new Rule("QUARKUS_LOG_LEVEL", false, "INFO, WARN or ERROR", text -> matches(LEVEL, text)),
                new Rule("AWS_REGION", true, "a region such as eu-central-1", text -> matches(REGION, text)),
                new Rule("AWS_ACCESS_KEY_ID", true, CREDENTIAL_RULE, text -> !text.isBlank()),
                new Rule("AWS_SECRET_ACCESS_KEY", true, CREDENTIAL_RULE, text -> !text.isBlank()),
                new Rule("AWS_SESSION_TOKEN", false, CREDENTIAL_RULE, text -> !text.isBlank()));
    }

    private static String asVariable(String name) {
        return NO_LETTER_OR_DIGIT.matcher(name).replaceAll("_").toUpperCase(Locale.ROOT);
    }

    private static boolean isMissing(String value) {
        return value == null || value.isEmpty();
    }

    private static boolean matches(Pattern pattern, String text) {
        return pattern.matcher(text).matches();
    }

    private static boolean isEndpoint(URI uri, boolean http) {
        return http || "https".equalsIgnoreCase(uri.getScheme());
    }
}
