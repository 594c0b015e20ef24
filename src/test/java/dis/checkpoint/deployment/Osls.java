package dis.checkpoint.deployment;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The open fork of the Serverless Framework that the manual deploys with. {@code npx} fetches it, once for all tests. */
final class Osls {

    static final String MISSING = "npx, which fetches osls, is not on the PATH, or the registry of npm is out of reach";

    private static final String PACKAGE = "osls@4.3.1";
    private static final long SECONDS = 180;
    private static final Optional<Path> EXECUTABLE = executable();

    private Osls() {}

    /** How a run ended, and what it printed. */
    record Outcome(int exitCode, String output) {}

    static boolean isThere() {
        return EXECUTABLE.isPresent();
    }

    /** Runs it with this environment in place of all variables of AWS. */
    static Outcome run(Path directory, Map<String, String> environment, String... arguments) throws Exception {
        return run(
                directory,
                environment,
                Stream.concat(Stream.of(EXECUTABLE.orElseThrow().toString()), Stream.of(arguments))
                        .toList());
    }

    private static Outcome run(Path directory, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile("osls", ".txt");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
            builder.environment().putAll(environment);
            Process process = builder.start();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("osls did not end in time: " + Files.readString(output));
            }
            return new Outcome(process.exitValue(), Files.readString(output));
        } finally {
            Files.delete(output);
        }
    }

    private static Optional<Path> executable() {
        if (Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .noneMatch(entry -> Files.isExecutable(Path.of(entry, "npx")))) {
            return Optional.empty();
        }
        try {
            Outcome found = run(
                    Path.of("."),
                    Map.of("npm_config_fetch_retries", "1"),
                    List.of("npx", "--yes", "--package=" + PACKAGE, "-c", "command -v osls"));
            return found.output()
                    .lines()
                    .map(Path::of)
                    .filter(Files::isExecutable)
                    .findAny();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
