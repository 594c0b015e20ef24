package dis.checkpoint.deployment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** A copy of {@code serverless.yml} and its parts, in which a test may put files and run osls. */
record Service(Path directory) {

    private static final Path PARTS = Path.of("src/main/serverless");

    /**
     * A run of osls.
     *
     * @param directory where it has left what it packaged
     */
    record Run(int exitCode, String output, Path directory) {

        JsonNode template() throws IOException {
            assertThat(output, exitCode, is(0));
            return new ObjectMapper()
                    .readTree(directory
                            .resolve(".serverless/cloudformation-template-update-stack.json")
                            .toFile());
        }
    }

    static Service copy(Path parent) throws IOException {
        Path copy = Files.createTempDirectory(parent, "service");
        Files.copy(Path.of("serverless.yml"), copy.resolve("serverless.yml"));
        Files.createDirectories(copy.resolve(PARTS));
        try (Stream<Path> parts = Files.list(PARTS)) {
            for (Path part : parts.toList()) {
                Files.copy(part, copy.resolve(part));
            }
        }
        return new Service(copy);
    }

    Service with(String name, byte[] content) throws IOException {
        Path path = directory.resolve(name);
        Files.createDirectories(path.getParent());
        Files.write(path, content);
        return this;
    }

    Run run(String command, String... arguments) {
        return run(Map.of(), command, arguments);
    }

    Run run(Map<String, String> environment, String command, String... arguments) {
        String[] all = Stream.concat(Stream.of(command.split(" ")), Stream.of(arguments))
                .toArray(String[]::new);
        Program run = Osls.run(directory, environment, all);
        return new Run(run.exitCode(), run.output(), directory);
    }
}
