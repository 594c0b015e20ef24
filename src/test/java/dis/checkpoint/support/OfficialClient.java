package dis.checkpoint.support;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program that uses checkpoints through an official Java client as it is published. It runs in a JVM of its own, so that the
 * client and its dependencies never share a class path with the function.
 */
public enum OfficialClient {

    /** The Java client of DIS, with a token or, by default, with an access key. */
    DIS("OfficialClient", """
            get before the first commit: -1 ""
            list before the first commit: newstream, has more: false
            commit 9: done
            get: 9 "first"
            commit the higher 10: done
            commit 10 again: done
            commit the lower 9: DISSequenceNumberOutOfRangeException, stored is 10
            get by the other spelling: 10 "second – 😀"
            commit 11 in generation 5: done
            commit 12 in generation 4: DISConsumerGroupIllegalGenerationException
            get after the refusals: 11 ""
            list: newstream, has more: false, shardId-0000000000: LAST_READ 11 "", offsets null and null, status null
            list behind the partition: newstream, has more: false
            delete: done
            get after delete: -1 ""
            commit by a stranger: DISAuthenticationException
            get by a stranger: DISAuthenticationException
            list by a stranger: DISAuthenticationException
            """),

    /** The second asynchronous client of DIS, which always signs. */
    DIS_ASYNC("AsyncClient", """
            commit 9: done
            get: 9 "first – 😀"
            get by a stranger: 401 Unauthorized
            """),

    /** The v3 client, which always signs, in another format. */
    V3("V3Client", """
            get before the first commit: -1 ""
            commit 9: 201
            get: 9 "first – 😀"
            list: 200 true
            commit the lower 8: 400 DIS.4224 Sequence_number out of range. [8][ should be within ][9][ ][9223372036854775807]
            delete: 204
            get after delete: -1 ""
            commit by a stranger: 401 DIS.4114 Invalid Token header. [the signature does not hold]
            get by a stranger: 401 DIS.4114 Invalid Token header. [the signature does not hold]
            """),

    /** The Kafka adapter of DIS, which needs a token, and a router to DIS and the function. It commits the next offset. */
    KAFKA_ADAPTER("KafkaAdapter", """
            poll: 0/0=a 0/1=b 0/2=c 1/0=x 1/1=y
            committed before the first commit: null
            commitSync of 2: committed is OffsetAndMetadata{offset=2, metadata='two – 😀'}
            poll after a restart: 0/2=c 1/0=x 1/1=y
            committed: OffsetAndMetadata{offset=2, metadata='two – 😀'} and null
            commitAsync: done
            poll after another restart: none
            committed: OffsetAndMetadata{offset=3, metadata=''} and OffsetAndMetadata{offset=2, metadata=''}
            commitSync of the lower 1: returns
            commitAsync of the lower 1: DISSequenceNumberOutOfRangeException
            committed after the refusals: OffsetAndMetadata{offset=3, metadata=''}
            """);

    /** Written by the build, see pom.xml. */
    private static final Path CLASS_PATH = Path.of("target/official-clients.classpath");

    private final String program;
    private final String outcome;

    OfficialClient(String program, String outcome) {
        this.program = program;
        this.outcome = outcome;
    }

    /**
     * Runs the program, and asserts that it prints what it should.
     *
     * @param credentials a token, or a key and its secret
     */
    public void works(Path directory, URI endpoint, String... credentials) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(endpoint.toString(), Api.PROJECT, Api.newApp()));
        arguments.addAll(List.of(credentials));
        assertEquals(outcome, run(directory, List.of(), program, arguments.toArray(String[]::new)));
    }

    /**
     * Runs a program of {@code src/test/official-clients} to its end, which has to be exit code 0.
     *
     * @param directory for its output. Both streams go to files: a pipe that nobody reads would block the program, or
     *     reading it outlast the limit
     * @return its standard output
     */
    public static String run(Path directory, List<String> jvmOptions, String program, String... arguments)
            throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        Path errors = directory.resolve("errors");
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dfile.encoding=UTF-8",
                "-Dstdout.encoding=UTF-8",
                "-cp",
                Files.readString(CLASS_PATH).strip());
        builder.command().addAll(jvmOptions);
        builder.command().add("src/test/official-clients/" + program + ".java");
        builder.command().addAll(List.of(arguments));
        Process process = builder.redirectOutput(Redirect.to(output.toFile()))
                .redirectError(Redirect.to(errors.toFile()))
                .start();
        try {
            assertTrue(
                    process.waitFor(60, TimeUnit.SECONDS),
                    () -> "The program did not end within 60 s: " + text(output) + text(errors));
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
