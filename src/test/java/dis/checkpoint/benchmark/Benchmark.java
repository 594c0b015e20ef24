package dis.checkpoint.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dis.checkpoint.support.Backends;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures the packaged function beside its peers, each driven as Lambda drives it. The runs of the candidates take
 * turns, so that what else the machine does falls on all of them.
 *
 * <p>System properties: {@code benchmark.runs} of each candidate, {@code benchmark.warm-up} and
 * {@code benchmark.submissions} in each run ({@link Run}), {@code benchmark.peers} ({@link Candidate}).
 */
public final class Benchmark {

    private static final Path JSON = Path.of("target/benchmark.json");
    private static final Path SVG = Path.of("target/benchmark.svg");
    private static final Path BACKENDS_LOG = Path.of("target/benchmark-backends.log");

    /** Until DynamoDB Local is compiled. */
    private static final int BACKENDS_WARM_UP = 10_000;

    private Benchmark() {}

    public static void main(String[] arguments) throws Exception {
        int runs = Integer.getInteger("benchmark.runs");
        int warmUp = Integer.getInteger("benchmark.warm-up");
        int submissions = Integer.getInteger("benchmark.submissions");
        List<Candidate> candidates = Candidate.all(System.getProperty("benchmark.peers"));
        Machine before = Machine.now();
        Map<Candidate, List<Run>> measured = new LinkedHashMap<>();
        candidates.forEach(candidate -> measured.put(candidate, new ArrayList<>()));

        Process backends = startBackends();
        try {
            Map<String, String> environment = environment(backends);
            Run.of(candidates.get(0), environment, BACKENDS_WARM_UP, 1);
            for (int run = 0; run < runs; run++) {
                for (int turn = 0; turn < candidates.size(); turn++) {
                    Candidate candidate = candidates.get((run + turn) % candidates.size());
                    measured.get(candidate).add(Run.of(candidate, environment, warmUp, submissions));
                }
            }
        } finally {
            backends.destroy();
        }

        Report report = new Report(
                before,
                Machine.now(),
                runs,
                warmUp,
                submissions,
                measured.entrySet().stream()
                        .map(entry -> Report.Row.of(entry.getKey(), entry.getValue()))
                        .toList());
        System.out.print(report.table());
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(JSON.toFile(), report);
        Chart.draw(JSON, SVG);
        System.out.println("All runs: " + JSON + ", chart: " + SVG);
    }

    private static Process startBackends() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        // Else the answers of the fake IAM wait for the acknowledgement of their headers.
                        "-Dsun.net.httpserver.nodelay=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Backends.class.getName())
                .redirectError(BACKENDS_LOG.toFile())
                .start();
    }

    private static Map<String, String> environment(Process backends) throws IOException {
        BufferedReader output = backends.inputReader();
        Map<String, String> environment = new LinkedHashMap<>();
        for (String line = output.readLine(); !line.isEmpty(); line = output.readLine()) {
            String[] nameAndValue = line.split("=", 2);
            environment.put(nameAndValue[0], nameAndValue[1]);
        }
        return environment;
    }
}
