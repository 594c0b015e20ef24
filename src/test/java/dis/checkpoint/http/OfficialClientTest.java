package dis.checkpoint.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dis.checkpoint.support.Api;
import dis.checkpoint.support.EmbeddedServices;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The official Java client, unchanged, against the function. It runs in a JVM of its own: neither it nor the HTTP client
 * and Jackson that it brings are on a class path together with the function.
 */
@QuarkusTest
@WithTestResource(EmbeddedServices.class)
class OfficialClientTest {

    /** Written by the build, see pom.xml. */
    private static final Path CLASS_PATH = Path.of("target/official-client.classpath");

    private static final Path PROGRAM = Path.of("src/test/official-client/OfficialClient.java");

    @Test
    void worksUnchanged(@TempDir Path directory) throws Exception {
        assertEquals("""
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
                commit with a bad token: DISAuthenticationException
                get with a bad token: DISAuthenticationException
                """, run(directory, Api.endpoint().toString(), Api.PROJECT, Api.TOKEN, Api.newApp()));
    }

    @Test
    void isNotOnTheClassPathOfTheFunction() {
        assertThrows(ClassNotFoundException.class, () -> Class.forName("com.huaweicloud.dis.DIS"));
    }

    /** Both streams go to files: a pipe that nobody reads would block the program, or reading it outlast the limit. */
    private static String run(Path directory, String endpoint, String project, String token, String app)
            throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        Path errors = directory.resolve("errors");
        Process program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dfile.encoding=UTF-8",
                        "-Dstdout.encoding=UTF-8",
                        "-cp",
                        Files.readString(CLASS_PATH).strip(),
                        PROGRAM.toString(),
                        endpoint,
                        project,
                        token,
                        app)
                .redirectOutput(Redirect.to(output.toFile()))
                .redirectError(Redirect.to(errors.toFile()))
                .start();
        try {
            assertTrue(program.waitFor(60, TimeUnit.SECONDS), () -> "It did not end: " + text(errors));
            assertEquals(0, program.exitValue(), () -> text(errors));
            return text(output);
        } finally {
            program.destroyForcibly();
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
