package dis.checkpoint.config;

import static dis.checkpoint.support.Configurations.config;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which values stop the start, and that the sentence names the property and its variable. */
class CheckpointConfigTest {

    private static void isRefused(String property, String value, String variable) {
        CheckpointConfig config = config(Map.of(property, value));
        assertThat(
                assertThrows(ConfigurationException.class, () -> CheckpointConfig.check(config))
                        .getMessage(),
                startsWith(property + " (" + variable + ") must be "));
    }

    @Test
    void theDefaultsAreAccepted() {
        CheckpointConfig.check(config(Map.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "checkpoint.iam.cache-time, PT0.001S",
        "checkpoint.iam.cache-time, P1D",
        "checkpoint.iam.cache-size, 1",
        "checkpoint.iam.cache-size, 10000",
        "checkpoint.iam.endpoint, HTTPS://iam.example.com:5000/v3"
    })
    void valuesAtTheEndsOfTheirRangesAreAccepted(String property, String value) {
        CheckpointConfig.check(config(Map.of(property, value)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "-PT1S", "P1DT0.001S"})
    void aCacheTimeOutOfItsRangeIsRefused(String time) {
        isRefused("checkpoint.iam.cache-time", time, "CHECKPOINT_IAM_CACHE_TIME");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "10001"})
    void aCacheSizeOutOfItsRangeIsRefused(String size) {
        isRefused("checkpoint.iam.cache-size", size, "CHECKPOINT_IAM_CACHE_SIZE");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://iam.example.com",
                "ftp://iam.example.com",
                "iam.example.com",
                "https:///v3",
                "https:iam.example.com",
                "https://iam_example.com:port",
                "https://user@iam.example.com",
                "https://iam.example.com?a=b",
                "https://iam.example.com/#v3"
            })
    void anEndpointThatIsNoneIsRefused(String endpoint) {
        isRefused("checkpoint.iam.endpoint", endpoint, "CHECKPOINT_IAM_ENDPOINT");
    }

    @Test
    void withoutIamAndAccessKeysTheStartIsRefused() {
        isRefused("checkpoint.iam.endpoint", "", "CHECKPOINT_IAM_ENDPOINT");
    }

    @Test
    void accessKeysMakeUpForIam() {
        CheckpointConfig.check(config(Map.of("checkpoint.iam.endpoint", "", "checkpoint.access-keys-table", "keys")));
    }

    @Test
    void anUnsafeEndpointIsAcceptedWhereThatIsAllowed() {
        CheckpointConfig.check(config(
                Map.of("checkpoint.iam.endpoint", "http://iam.example.com", "checkpoint.iam.allow-http", "true")));
    }

    @ParameterizedTest
    @CsvSource({
        "https://iam.example.com, https://iam.example.com",
        "https://iam.example.com/, https://iam.example.com",
        "https://iam.example.com/v3, https://iam.example.com",
        "https://iam.example.com//v3//, https://iam.example.com",
        "https://iam.example.com/identity/v3/, https://iam.example.com/identity",
        "https://iam.example.com/iv3, https://iam.example.com/iv3"
    })
    void anEndpointIsTheSameWithVersionAndSlashesOrWithout(String text, URI endpoint) {
        assertThat(CheckpointConfig.Endpoint.of(text).uri(), is(endpoint));
    }
}
