package dis.checkpoint.support;

import com.amazonaws.services.lambda.runtime.api.client.AWSLambda;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;

/**
 * The function as it is deployed, run in a process of its own as Lambda runs it. Needs Linux, with glibc for the JVM package.
 *
 * @param command starts a process that polls a {@link RuntimeApi}
 */
public record PackagedFunction(List<String> command) {

    /** The package of the build, or the file that the system property names: a native executable, or classes and jars. */
    public static final Path ZIP = Path.of(System.getProperty("function.zip", "target/function.zip"));

    /** The name that Lambda gives to a custom runtime's executable. */
    public static final String NATIVE_EXECUTABLE = "bootstrap";

    private static final String HANDLER = "io.quarkus.amazon.lambda.runtime.QuarkusStreamHandler::handleRequest";

    private static final String POLLING_LIBRARY =
            "com.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI";

    /** Whether {@link #ZIP} holds a native executable. */
    public static boolean isNative() throws IOException {
        try (ZipFile zip = new ZipFile(ZIP.toFile())) {
            return zip.getEntry(NATIVE_EXECUTABLE) != null;
        }
    }

    /** Unpacks {@link #ZIP} into a directory, in place of what is there. */
    public static PackagedFunction unpack(Path directory) throws IOException {
        delete(directory);
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(ZIP))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path target = directory.resolve(entry.getName());
                if (!entry.isDirectory()) {
                    Files.createDirectories(target.getParent());
                    Files.write(target, zip.readAllBytes());
                }
            }
        }
        File executable = directory.resolve(NATIVE_EXECUTABLE).toFile();
        if (!executable.exists()) {
            return new PackagedFunction(javaCommand(directory));
        }
        executable.setExecutable(true);
        return new PackagedFunction(List.of(executable.getAbsolutePath()));
    }

    private static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** Uses the flags of Lambda's own Java runtimes, and their client of the Runtime API. */
    private static List<String> javaCommand(Path directory) throws IOException {
        String classPath = Stream.of(
                        directory.toString(), directory + "/lib/*", jarOf(AWSLambda.class), jarOf(PojoSerializer.class))
                .collect(Collectors.joining(File.pathSeparator));
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                // Lambda's client aborts the process where a poll fails, and the JVM then writes a report.
                "-XX:ErrorFile=" + directory.toAbsolutePath().resolve("hs_err_pid%p.log"),
                "-XX:-CreateCoredumpOnCrash",
                // From Java 24 on, the threads of Quarkus need it.
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                // Without it, the client would see the function's logging here, which looks up the name of the host.
                "-Djboss.host.name=localhost",
                "-D" + POLLING_LIBRARY + "=" + pollingLibrary(directory),
                "-cp",
                classPath,
                AWSLambda.class.getName(),
                HANDLER);
    }

    /** Copies it for this function, because by default all processes write it to the same file in {@code /tmp}. */
    private static Path pollingLibrary(Path directory) throws IOException {
        String architecture = System.getProperty("os.arch").equals("aarch64") ? "aarch_64" : "x86_64";
        Path copy = directory.resolve("libaws-lambda-jni.so").toAbsolutePath();
        try (InputStream library =
                AWSLambda.class.getResourceAsStream("/jni/libaws-lambda-jni.linux-" + architecture + ".so")) {
            Files.copy(library, copy);
        }
        return copy;
    }

    private static String jarOf(Class<?> type) {
        return Path.of(URI.create(
                        type.getProtectionDomain().getCodeSource().getLocation().toString()))
                .toString();
    }

    /**
     * Starts a process.
     *
     * @param configuration the environment without the variables that Lambda sets
     * @param log the file for its output; replaced where it exists
     */
    public Process start(RuntimeApi runtime, Map<String, String> configuration, Path log) throws IOException {
        return start(runtime, configuration, log, List.of());
    }

    /**
     * Starts a process.
     *
     * @param options for the virtual machine or the executable, such as {@code -Xmx32m}
     */
    public Process start(RuntimeApi runtime, Map<String, String> configuration, Path log, List<String> options)
            throws IOException {
        List<String> commandWithOptions = new ArrayList<>(command);
        commandWithOptions.addAll(1, options);
        ProcessBuilder builder =
                new ProcessBuilder(commandWithOptions).redirectErrorStream(true).redirectOutput(log.toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().retainAll(List.of("PATH"));
        environment.putAll(Map.of(
                "AWS_LAMBDA_RUNTIME_API", runtime.endpoint(),
                "AWS_LAMBDA_FUNCTION_NAME", "checkpoint-function",
                "AWS_LAMBDA_FUNCTION_VERSION", "$LATEST",
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512",
                "AWS_LAMBDA_LOG_GROUP_NAME", "checkpoint-function",
                "AWS_LAMBDA_LOG_STREAM_NAME", "local",
                "_HANDLER", HANDLER,
                "TZ", ":UTC"));
        environment.putAll(configuration);
        return builder.start();
    }
}
