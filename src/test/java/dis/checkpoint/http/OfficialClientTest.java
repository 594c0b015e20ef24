package dis.checkpoint.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dis.checkpoint.support.Api;
import dis.checkpoint.support.EmbeddedServices;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The official Java clients, unchanged, against the function. They run in a JVM of their own: neither they nor the HTTP
 * clients and Jackson that they bring are on a class path together with the function.
 */
@QuarkusTest
@WithTestResource(
        value = EmbeddedServices.class,
        initArgs = @ResourceArg(name = EmbeddedServices.ACCESS_KEYS, value = "on"))
class OfficialClientTest {

    /** Written by the build, see pom.xml. */
    private static final Path CLASS_PATH = Path.of("target/official-clients.classpath");

    private static final String DIS_CLIENT = "OfficialClient";
    private static final String V3_CLIENT = "V3Client";

    private static final String OUTCOME = """
            get before the first commit: -1 ""
            commit 9: done
            get: 9 "first"
            commit the higher 10: done
            commit 10 again: done
            commit the lower 9: DISSequenceNumberOutOfRangeException, stored is 10
            get by the other spelling: 10 "second – 😀"
            commit 11 in generation 5: done
            commit 12 in generation 4: DISConsumerGroupIllegalGenerationException
            get after the refusals: 11 ""
            delete: done
            get after delete: -1 ""
            commit by a stranger: DISAuthenticationException
            get by a stranger: DISAuthenticationException
            """;

    @Test
    void worksWithATokenUnchanged(@TempDir Path directory) throws Exception {
        assertEquals(OUTCOME, run(directory, DIS_CLIENT, Api.TOKEN));
    }

    @Test
    void worksWithAnAccessKeyAsItComes(@TempDir Path directory) throws Exception {
        assertEquals(OUTCOME, run(directory, DIS_CLIENT, Api.KEY.id(), Api.KEY.secret()));
    }

    @Test
    void theV3ClientWorksUnchanged(@TempDir Path directory) throws Exception {
        assertEquals("""
                get before the first commit: -1 ""
                commit 9: 201
                get: 9 "first – 😀"
                commit the lower 8: 400 DIS.4224 Sequence_number out of range. [8][ should be within ][9][ ][9223372036854775807]
                delete: 204
                get after delete: -1 ""
                commit by a stranger: 401 DIS.4114 Invalid Token header. [the signature does not hold]
                get by a stranger: 401 DIS.4114 Invalid Token header. [the signature does not hold]
                """, run(directory, V3_CLIENT, Api.KEY.id(), Api.KEY.secret()));
    }

    @Test
    void theyAreNotOnTheClassPathOfTheFunction() {
        assertThrows(ClassNotFoundException.class, () -> Class.forName("com.huaweicloud.dis.DIS"));
        assertThrows(ClassNotFoundException.class, () -> Class.forName("com.huaweicloud.sdk.dis.v2.DisClient"));
    }

    /** Both streams go to files: a pipe that nobody reads would block the program, or reading it outlast the limit. */
    private static String run(Path directory, String program, String... credentials)
            throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        Path errors = directory.resolve("errors");
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dfile.encoding=UTF-8",
                "-Dstdout.encoding=UTF-8",
                "-cp",
                Files.readString(CLASS_PATH).strip(),
                "src/test/official-clients/" + program + ".java",
                Api.endpoint().toString(),
                Api.PROJECT,
                Api.newApp());
        builder.command().addAll(List.of(credentials));
        Process process = builder.redirectOutput(Redirect.to(output.toFile()))
                .redirectError(Redirect.to(errors.toFile()))
                .start();
        try {
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), () -> "It did not end: " + text(errors));
            assertEquals(0, process.exitValue(), () -> text(errors));
            return text(output);
        } finally {
            process.destroyForcibly();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
