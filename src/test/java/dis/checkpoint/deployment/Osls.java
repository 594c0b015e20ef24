package dis.checkpoint.deployment;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The open fork of the Serverless Framework that the manual deploys with. {@code npx} fetches it, once for all tests. */
final class Osls {

    static final String MISSING = "npx, which fetches osls, is not on the PATH, or the registry of npm is out of reach";

    private static final String PACKAGE = "osls@4.3.1";
    private static final Optional<Path> EXECUTABLE = executable();

    private Osls() {}

    /** Whether osls can run. In CI it must, because skipped tests would go unseen: without it, they fail there. */
    static boolean isThere() {
        return EXECUTABLE.isPresent() || Program.isInCi();
    }

    static Program run(Path directory, Map<String, String> environment, String... arguments) {
        return Program.run(
                directory,
                environment,
                "",
                Stream.concat(Stream.of(path().toString()), Stream.of(arguments))
                        .toList());
    }

    /** Where the libraries lie that the plugins take from osls. */
    static Path libraries() {
        return path().resolve("../..").normalize();
    }

    private static Path path() {
        return EXECUTABLE.orElseThrow(() -> new IllegalStateException(MISSING));
    }

    private static Optional<Path> executable() {
        if (!Program.isOnPath("npx")) {
            return Optional.empty();
        }
        return Program.run(
                        Path.of("."),
                        Map.of("npm_config_fetch_retries", "1"),
                        "",
                        List.of("npx", "--yes", "--package=" + PACKAGE, "-c", "command -v osls"))
                .output()
                .lines()
                .map(Path::of)
                .filter(Files::isExecutable)
                .findAny();
    }
}
