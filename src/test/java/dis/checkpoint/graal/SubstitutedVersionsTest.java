package dis.checkpoint.graal;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import io.quarkus.builder.Version;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.util.VersionInfo;

/** A substitution fits the version that it was written for. It has to be read again before an update. */
class SubstitutedVersionsTest {

    static final String WHAT_TO_DO =
            "Read the substitutions of dis.checkpoint.graal against this version, run ./mvnw verify -Dnative, then name it here";

    @Test
    void substitutionsFitQuarkus() {
        assertThat(WHAT_TO_DO, Version.getVersion(), is("3.33.2"));
    }

    @Test
    void substitutionsFitTheSdk() {
        assertThat(WHAT_TO_DO, VersionInfo.SDK_VERSION, is("2.42.22"));
    }

    /** The executable does not look for these files. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "global/handlers/execution.interceptors",
                "services/dynamodb/execution.interceptors",
                "global/partitions.json"
            })
    void noLibraryHasAFileThatTheExecutableWouldIgnore(String file) throws IOException {
        assertThat(
                Collections.list(getClass().getClassLoader().getResources("software/amazon/awssdk/" + file)),
                is(List.of()));
    }
}
