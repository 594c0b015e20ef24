package dis.checkpoint.graal;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dis.checkpoint.support.PackagedFunction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** As {@link SubstitutedVersionsTest}, for the GraalVM that built the executable. */
@Tag("native")
@Tag("package")
class SubstitutedGraalVmIT {

    private static final String REPORT = "-build-output-stats.json";

    @Test
    void substitutionsFitTheGraalVmOfTheExecutable() throws IOException {
        assumeTrue(PackagedFunction.isNative(), "the package is for the JVM");
        try (Stream<Path> files = Files.walk(Path.of("target"), 2)) {
            Path report = files.filter(file -> file.toString().endsWith(REPORT))
                    .findAny()
                    .orElseThrow();
            String version = new ObjectMapper()
                    .readTree(report.toFile())
                    .at("/general_info/java_version")
                    .asText();
            assertThat(
                    SubstitutedVersionsTest.WHAT_TO_DO,
                    Runtime.Version.parse(version).feature(),
                    is(25));
        }
    }
}
