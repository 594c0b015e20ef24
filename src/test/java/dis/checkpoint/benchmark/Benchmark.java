package dis.checkpoint.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures the packaged function beside its peers, each driven as Lambda drives it. The candidates take turns, so that
 * noise of the machine affects all of them.
 *
 * <p>System properties: {@code benchmark.runs} of each candidate, {@code benchmark.warm-up} and
 * {@code benchmark.submissions} in each run ({@link Run}), {@code benchmark.peers} ({@link Candidate}),
 * {@code benchmark.tls} ({@link BackendProcess}), {@code benchmark.cpu} ({@link CpuShare}).
 */
public final class Benchmark {

    private static final Path JSON = Path.of("target/benchmark.json");
    private static final Path SVG = Path.of("target/benchmark.svg");

    /** After this many submissions, the JIT has compiled DynamoDB Local. */
    private static final int BACKENDS_WARM_UP = 10_000;

    private Benchmark() {}

    public static void main(String[] arguments) throws Exception {
        int runs = Integer.getInteger("benchmark.runs");
        int warmUp = Integer.getInteger("benchmark.warm-up");
        int submissions = Integer.getInteger("benchmark.submissions");
        boolean tls = Boolean.parseBoolean(System.getProperty("benchmark.tls"));
        CpuShare share = new CpuShare(Integer.getInteger("benchmark.cpu"));
        List<Candidate> candidates = Candidate.all(System.getProperty("benchmark.peers"));
        Machine before = Machine.now();
        Map<Candidate, List<Run>> measured = new LinkedHashMap<>();
        candidates.forEach(candidate -> measured.put(candidate, new ArrayList<>()));

        try (BackendProcess backends = BackendProcess.start(tls)) {
            Run.of(candidates.get(0), backends, new CpuShare(0), BACKENDS_WARM_UP, 1);
            for (int run = 0; run < runs; run++) {
                for (int turn = 0; turn < candidates.size(); turn++) {
                    Candidate candidate = candidates.get((run + turn) % candidates.size());
                    measured.get(candidate).add(Run.of(candidate, backends, share, warmUp, submissions));
                }
            }
        }

        Report report = new Report(
                before,
                Machine.now(),
                tls,
                share.percent(),
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
}
