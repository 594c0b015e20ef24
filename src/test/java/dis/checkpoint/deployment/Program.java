package dis.checkpoint.deployment;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A run of a program.
 *
 * @param output of both its streams
 */
record Program(int exitCode, String output) {

    static final String NODE_IS_MISSING = "Node.js is not on the PATH";

    private static final long SECONDS = 180;

    /** Whether Node.js can run the programs of a deployment. In CI it must be there, because skipped tests would go unseen. */
    static boolean nodeIsThere() {
        return isInCi() || isOnPath("node");
    }

    static boolean isInCi() {
        return "true".equals(System.getenv("CI"));
    }

    static boolean isOnPath(String name) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, name)));
    }

    /**
     * Runs a command to its end.
     *
     * @param environment in addition to that of this process, without its variables of AWS
     */
    static Program run(Path directory, Map<String, String> environment, String input, List<String> command) {
        try {
            Path files = Files.createTempDirectory("program");
            Path output = files.resolve("output.txt");
            Path stdin = Files.writeString(files.resolve("input.txt"), input);
            try {
                ProcessBuilder builder = new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectInput(stdin.toFile())
                        .redirectOutput(output.toFile());
                builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
                builder.environment().putAll(environment);
                Process process = builder.start();
                if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new IllegalStateException("No end in time: " + Files.readString(output));
                }
                return new Program(process.exitValue(), Files.readString(output));
            } finally {
                Files.deleteIfExists(output);
                Files.delete(stdin);
                Files.delete(files);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
