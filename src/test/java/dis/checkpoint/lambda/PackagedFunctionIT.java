package dis.checkpoint.lambda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dis.checkpoint.dev.FakeKeystone;
import dis.checkpoint.support.Api;
import dis.checkpoint.support.Backends;
import dis.checkpoint.support.Events;
import dis.checkpoint.support.PackagedFunction;
import dis.checkpoint.support.RuntimeApi;
import dis.checkpoint.support.Way;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The packaged function, native or for the JVM, started and called as Lambda does. */
@Tag("package")
class PackagedFunctionIT {

    private static final String PROJECT = FakeKeystone.PROJECTS.get(0);
    private static final long SECONDS_TO_ANSWER = 30;

    /** Packages, and the native library of SQLite. */
    private static final List<String> DEVELOPMENT_ONLY = List.of(
            "dis/checkpoint/dev/",
            "com/amazonaws/services/dynamodbv2/local/",
            "com/almworks/sqlite4java/",
            "org/eclipse/jetty/",
            "libsqlite4java");

    private static final List<String> FILES_OF_DEVELOPMENT =
            List.of("application-dev.properties", "application-test.properties", "META-INF/openapi.yaml");

    /** The number of bytes at the beginning of a file that tell it from all others. */
    private static final int BEGINNING = 100;

    /** The class in which Quarkus puts the properties that a start reads. */
    private static final String SETTLED_PROPERTIES = "io/quarkus/runtime/generated/RunTimeConfigCustomizer.class";

    private static PackagedFunction function;
    private static Backends backends;
    private static RuntimeApi runtime;
    private static Process process;

    @BeforeAll
    static void start() throws Exception {
        function = PackagedFunction.unpack(Path.of("target/function"));
        backends = new Backends();
        runtime = new RuntimeApi();
        process = function.start(runtime, backends.environment(), Path.of("target/function.log"));
    }

    @AfterAll
    static void stop() throws Exception {
        process.destroyForcibly().waitFor();
        runtime.close();
        backends.close();
    }

    @Test
    void storesTheDocumentedExample() throws Exception {
        APIGatewayV2HTTPResponse response = submit("newstream", "2");

        assertEquals(201, response.getStatusCode());
        assertTrue(response.getBody() == null || response.getBody().isEmpty());
    }

    @Test
    void refusesALowerSequenceNumber() throws Exception {
        assertEquals(201, submit("advancing", "42").getStatusCode());

        APIGatewayV2HTTPResponse response = submit("advancing", "7");

        assertEquals(400, response.getStatusCode());
        assertTrue(response.getBody().contains("\"errorCode\":\"DIS.4224\""), response.getBody());
        assertTrue(response.getBody().contains("[7][ should be within ][42]"), response.getBody());
    }

    @ParameterizedTest
    @EnumSource
    void eventOfEachWayIsAnsweredInItsForm(Way way) throws Exception {
        String app = Api.newApp();
        assertEquals(201, answer(way, Events.post(Api.submission(app, "2"))).getStatusCode());

        APIGatewayV2HTTPResponse found = answer(way, Events.event("GET", Api.query(app, "0")));
        assertEquals(200, found.getStatusCode());
        assertEquals("{\"sequence_number\":\"2\",\"metadata\":\"\"}", found.getBody());

        assertEquals(
                204, answer(way, Events.event("DELETE", Api.query(app, "0"))).getStatusCode());
    }

    private static APIGatewayV2HTTPResponse answer(Way way, APIGatewayV2HTTPEvent call) throws Exception {
        return way.response(runtime.submit(way.json(call))
                .get(SECONDS_TO_ANSWER, TimeUnit.SECONDS)
                .payload());
    }

    /** The executable has a value of the property from its build. The variable overrides it. */
    @Test
    void takesThePropertiesOfExtensionsFromItsEnvironment() throws Exception {
        Map<String, String> environment = new HashMap<>(backends.environment());
        environment.put("QUARKUS_LOG_LEVEL", "WARN");
        Path log = Path.of("target/quiet-function.log");
        try (RuntimeApi quietRuntime = new RuntimeApi()) {
            Process quiet = function.start(quietRuntime, environment, log);
            try {
                assertEquals(201, submit(quietRuntime, "quiet", "2").getStatusCode());
                assertEquals(400, submit(quietRuntime, "quiet", "1").getStatusCode());
                String output = Files.readString(log);
                assertTrue(output.contains("\"status\":400"), output);
                assertFalse(output.contains("\"status\":201"), output);
            } finally {
                quiet.destroyForcibly();
            }
        }
    }

    /** The event of the deployment's smoke test, with project and token filled in. */
    @Test
    void answersTheSmokeTest() throws Exception {
        String event = Files.readString(Path.of("src/main/serverless/smoke-test.json"))
                .replace("PROJECT", Api.PROJECT)
                .replace("TOKEN", Api.TOKEN);

        APIGatewayV2HTTPResponse response = Events.response(
                runtime.submit(event).get(SECONDS_TO_ANSWER, TimeUnit.SECONDS).payload());

        assertEquals(200, response.getStatusCode());
        assertEquals("{\"sequence_number\":\"-1\",\"metadata\":\"\"}", response.getBody());
    }

    @Test
    void logsOneLineOfJsonForEachRequestAndNothingElse() throws Exception {
        Path log = Path.of("target/logging-function.log");
        try (RuntimeApi newRuntime = new RuntimeApi()) {
            Process logging = function.start(newRuntime, backends.environment(), log);
            try {
                assertEquals(201, submit(newRuntime, "logged", "2").getStatusCode());
                assertEquals(400, submit(newRuntime, "logged", "1").getStatusCode());
                assertEquals(400, submit(newRuntime, "a stream", "3").getStatusCode());
            } finally {
                logging.destroyForcibly().waitFor();
            }
        }
        List<Integer> statuses = new ArrayList<>();
        // The virtual machine itself warns of a library, and leaves a line empty then.
        for (String line : Files.readAllLines(log).stream()
                .filter(line -> !line.startsWith("WARNING: ") && !line.isEmpty())
                .toList()) {
            JsonNode fields = new ObjectMapper().readTree(line);
            statuses.add(fields.get("status").asInt());
            assertHoldsItsMetrics(fields);
        }
        assertEquals(List.of(201, 400, 400), statuses);
    }

    /** CloudWatch's embedded metric format names fields of the same line: numbers, and the texts that are their dimensions. */
    private static void assertHoldsItsMetrics(JsonNode line) {
        assertTrue(line.at("/_aws/Timestamp").isIntegralNumber(), line::toString);
        assertEquals(1, line.at("/_aws/CloudWatchMetrics").size(), line::toString);
        JsonNode directive = line.at("/_aws/CloudWatchMetrics/0");
        assertEquals("CheckpointFunction", directive.path("Namespace").asText());
        assertEquals(
                "[[\"function\",\"outcome\"]]", directive.path("Dimensions").toString());
        assertTrue(line.path("function").isTextual(), line::toString);
        assertTrue(line.path("outcome").isTextual(), line::toString);
        Map<String, String> units = new HashMap<>();
        for (JsonNode metric : directive.path("Metrics")) {
            String name = metric.path("Name").asText();
            units.put(name, metric.path("Unit").asText());
            assertTrue(line.path(name).isNumber(), () -> name + " is no number in " + line);
        }
        assertEquals(
                Map.of(
                        "requests", "Count",
                        "milliseconds", "Milliseconds",
                        "cold_starts", "Count",
                        "iam_calls", "Count",
                        "iam_cache_hits", "Count"),
                units);
    }

    /** DynamoDB Local must not be shipped, and the fake IAM lets everyone in. */
    @Test
    void holdsNothingThatIsForDevelopmentOnly() throws Exception {
        Map<String, byte[]> files = files();
        byte[] executable = files.get(PackagedFunction.NATIVE_EXECUTABLE);
        if (executable == null) {
            assertTrue(files.containsKey("dis/checkpoint/http/CheckpointResource.class"), "a package not looked into");
            assertEquals(
                    List.of(),
                    files.keySet().stream()
                            .filter(file -> Stream.of(DEVELOPMENT_ONLY, FILES_OF_DEVELOPMENT)
                                    .flatMap(List::stream)
                                    .anyMatch(file::contains))
                            .toList());
        } else {
            // The image heap has the names of its classes.
            String content = new String(executable, StandardCharsets.ISO_8859_1);
            assertTrue(content.contains("dis.checkpoint.http.CheckpointResource"), "an executable not looked into");
            assertEquals(
                    List.of(),
                    DEVELOPMENT_ONLY.stream()
                            .filter(part -> content.contains(part.replace('/', '.')))
                            .toList());
            for (String file : FILES_OF_DEVELOPMENT) {
                assertFalse(content.contains(beginning(file)), file);
            }
        }
    }

    /** A start would look through such properties, too. */
    @Test
    void holdsNoPropertyOfAnotherProfile() throws Exception {
        String file = PackagedFunction.isNative() ? PackagedFunction.NATIVE_EXECUTABLE : SETTLED_PROPERTIES;
        String content = new String(files().get(file), StandardCharsets.ISO_8859_1);
        assertTrue(content.contains("quarkus.vertx.event-loops-pool-size"), "properties not looked into");
        // By these, development and tests find their files. They cost nothing.
        content = content.replaceAll("%(dev|test)\\.smallrye\\.config\\.locations", "");
        assertEquals(
                List.of(), Stream.of("%dev", "%test").filter(content::contains).toList());
    }

    private static String beginning(String file) throws IOException {
        try (InputStream content = PackagedFunctionIT.class.getClassLoader().getResourceAsStream(file)) {
            return new String(content.readNBytes(BEGINNING), StandardCharsets.ISO_8859_1);
        }
    }

    private static Map<String, byte[]> files() throws IOException {
        Map<String, byte[]> files = new HashMap<>();
        try (InputStream zip = Files.newInputStream(PackagedFunction.ZIP)) {
            unzip(zip, files);
        }
        return files;
    }

    /** Reads the files of an archive, and those of the archives in it. */
    private static void unzip(InputStream archive, Map<String, byte[]> files) throws IOException {
        ZipInputStream zip = new ZipInputStream(archive);
        for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
            if (entry.isDirectory()) {
                continue;
            }
            byte[] content = zip.readAllBytes();
            files.put(entry.getName(), content);
            if (entry.getName().endsWith(".jar")) {
                unzip(new ByteArrayInputStream(content), files);
            }
        }
    }

    private static APIGatewayV2HTTPResponse submit(String stream, String sequenceNumber) throws Exception {
        return submit(runtime, stream, sequenceNumber);
    }

    private static APIGatewayV2HTTPResponse submit(RuntimeApi runtime, String stream, String sequenceNumber)
            throws Exception {
        String body = """
                {
                  "stream_name" : "%s",
                  "app_name" : "newapp",
                  "partition_id" : "0",
                  "sequence_number" : "%s",
                  "checkpoint_type" : "LAST_READ"
                }""".formatted(stream, sequenceNumber);
        String event = Events.json(Events.event("POST", "", body));
        return Events.response(
                runtime.submit(event).get(SECONDS_TO_ANSWER, TimeUnit.SECONDS).payload());
    }
}
