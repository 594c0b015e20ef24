package dis.checkpoint.startup;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which values stop the start, and that the sentence names the variable. {@link ConfigurationIT} has the package stop. */
class StartCheckTest {

    private static final Map<String, String> REQUIRED = Map.of(
            "CHECKPOINT_TABLE", "checkpoints",
            "CHECKPOINT_IAM_ENDPOINT", "https://iam.example.com",
            "AWS_REGION", "eu-central-1",
            "AWS_ACCESS_KEY_ID", "id",
            "AWS_SECRET_ACCESS_KEY", "secret");

    private static Optional<String> faultWith(Map<String, String> changes) {
        Map<String, String> environment = new HashMap<>(REQUIRED);
        environment.putAll(changes);
        return StartCheck.fault(environment);
    }

    private static void isRefused(String variable, String value) {
        String fault = faultWith(Map.of(variable, value)).orElse("nothing");
        assertThat(fault, startsWith(variable + " must be "));
        // The line is put together without escapes.
        assertThat(fault, matchesPattern("[ -~&&[^\"\\\\]]+"));
    }

    @Test
    void whatIsRequiredIsEnough() {
        assertThat(StartCheck.fault(REQUIRED), is(Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({
        "CHECKPOINT_TABLE, dis.checkpoints_prod-1",
        "CHECKPOINT_IAM_CACHE_TIME, PT0.001S",
        "CHECKPOINT_IAM_CACHE_TIME, P1D",
        "CHECKPOINT_IAM_CACHE_TIME, 500ms",
        "CHECKPOINT_IAM_CACHE_TIME, 24h",
        "CHECKPOINT_IAM_CACHE_SIZE, 1",
        "CHECKPOINT_IAM_CACHE_SIZE, 10000",
        "CHECKPOINT_IAM_ENDPOINT, HTTPS://iam.example.com:5000/v3",
        "CHECKPOINT_IAM_ALLOW_HTTP, TRUE",
        "CHECKPOINT_IAM_REQUIRED_ROLES, 'one, other'",
        "CHECKPOINT_IAM_REQUIRED_ROLES, ''",
        "QUARKUS_DYNAMODB_ENDPOINT_OVERRIDE, http://127.0.0.1:8000",
        "QUARKUS_LOG_LEVEL, warn",
        "AWS_SESSION_TOKEN, any"
    })
    void valuesAtTheEndsOfTheirRangesAreAccepted(String variable, String value) {
        assertThat(faultWith(Map.of(variable, value)), is(Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({
        "CHECKPOINT_TABLE, ab",
        "CHECKPOINT_TABLE, a table",
        "CHECKPOINT_ACCESS_KEYS_TABLE, ' '",
        "CHECKPOINT_IAM_ALLOW_HTTP, yes",
        "CHECKPOINT_IAM_CACHE_TIME, PT0S",
        "CHECKPOINT_IAM_CACHE_TIME, -PT1S",
        "CHECKPOINT_IAM_CACHE_TIME, P1DT0.001S",
        "CHECKPOINT_IAM_CACHE_TIME, five minutes",
        "CHECKPOINT_IAM_CACHE_TIME, ' '",
        "CHECKPOINT_IAM_CACHE_SIZE, 0",
        "CHECKPOINT_IAM_CACHE_SIZE, -1",
        "CHECKPOINT_IAM_CACHE_SIZE, 10001",
        "CHECKPOINT_IAM_CACHE_SIZE, many",
        "CHECKPOINT_IAM_REQUIRED_ROLES, ' , '",
        "CHECKPOINT_IAM_REQUIRED_ROLES, a${b}",
        "CHECKPOINT_IAM_CA_BUNDLE, /no/such/file",
        "QUARKUS_DYNAMODB_ENDPOINT_OVERRIDE, dynamodb.example.com",
        "QUARKUS_DYNAMODB_ENDPOINT_OVERRIDE, https://dynamodb example.com",
        "QUARKUS_LOG_LEVEL, LOUD",
        "AWS_REGION, eu central",
        "AWS_ACCESS_KEY_ID, ' '",
        "AWS_SECRET_ACCESS_KEY, ' '",
        "AWS_SESSION_TOKEN, ' '"
    })
    void aValueOutOfItsRangeIsRefused(String variable, String value) {
        isRefused(variable, value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://iam.example.com",
                "ftp://iam.example.com",
                "iam.example.com",
                "https:///v3",
                "https:iam.example.com",
                "https://iam.example.com/ v3",
                "https://iam_example.com:port",
                "https://user@iam.example.com",
                "https://iam.example.com?a=b",
                "https://iam.example.com/#v3"
            })
    void anEndpointThatIsNoneIsRefused(String endpoint) {
        isRefused("CHECKPOINT_IAM_ENDPOINT", endpoint);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CHECKPOINT_TABLE",
                "CHECKPOINT_IAM_ENDPOINT",
                "AWS_REGION",
                "AWS_ACCESS_KEY_ID",
                "AWS_SECRET_ACCESS_KEY"
            })
    void whatIsRequiredAndNotThereOrEmptyIsRefused(String variable) {
        Map<String, String> environment = new HashMap<>(REQUIRED);
        environment.remove(variable);
        assertThat(StartCheck.fault(environment).orElse("nothing"), startsWith(variable + " is not set. It must be "));
        assertThat(faultWith(Map.of(variable, "")), is(StartCheck.fault(environment)));
    }

    @Test
    void accessKeysMakeUpForIam() {
        Map<String, String> keysAlone = Map.of("CHECKPOINT_IAM_ENDPOINT", "", "CHECKPOINT_ACCESS_KEYS_TABLE", "keys");
        assertThat(faultWith(keysAlone), is(Optional.empty()));
    }

    @Test
    void anUnsafeEndpointIsAcceptedWhereThatIsAllowed() {
        String endpoint = "http://iam.example.com";
        assertThat(
                faultWith(Map.of("CHECKPOINT_IAM_ENDPOINT", endpoint)).orElse("nothing"),
                containsString("http:// takes CHECKPOINT_IAM_ALLOW_HTTP=true"));
        assertThat(
                faultWith(Map.of("CHECKPOINT_IAM_ENDPOINT", endpoint, "CHECKPOINT_IAM_ALLOW_HTTP", "true")),
                is(Optional.empty()));
    }

    @Test
    void aBundleWithoutACertificateIsRefused(@TempDir Path directory) throws Exception {
        isRefused(
                "CHECKPOINT_IAM_CA_BUNDLE",
                Files.writeString(directory.resolve("empty.pem"), "").toString());
        isRefused(
                "CHECKPOINT_IAM_CA_BUNDLE",
                Files.writeString(directory.resolve("text.pem"), "none").toString());
        isRefused("CHECKPOINT_IAM_CA_BUNDLE", directory.toString());
    }

    /** An address may hold a password. */
    @Test
    void aSentenceDoesNotHoldTheValue() {
        String fault = faultWith(Map.of("CHECKPOINT_IAM_ENDPOINT", "https://user:password@iam.example.com"))
                .orElse("nothing");
        assertThat(fault, not(containsString("password")));
    }
}
