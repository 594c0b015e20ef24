package dis.checkpoint.config;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointConfigTest {

    @ParameterizedTest
    @CsvSource({
        "https://iam.example.com, https://iam.example.com",
        "https://iam.example.com/, https://iam.example.com",
        "https://iam.example.com/v3, https://iam.example.com",
        "https://iam.example.com//v3//, https://iam.example.com",
        "https://iam.example.com/identity/v3/, https://iam.example.com/identity",
        "https://iam.example.com/iv3, https://iam.example.com/iv3"
    })
    void endpointIsTheSameWithAndWithoutVersionAndSlashes(String text, URI endpoint) {
        assertThat(CheckpointConfig.Endpoint.of(text).uri(), is(endpoint));
    }
}
