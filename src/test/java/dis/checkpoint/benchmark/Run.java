package dis.checkpoint.benchmark;

import dis.checkpoint.dev.FakeKeystone;
import dis.checkpoint.support.Events;
import dis.checkpoint.support.RuntimeApi;
import dis.checkpoint.support.RuntimeApi.Answer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * One life of a function: started with an event waiting, kept busy, killed. Its figures, in milliseconds and bytes.
 *
 * @param init from the start of the process to its first poll
 * @param cold from the start of the process to the answer to the first event
 * @param warmP50 from an event to its answer, after the warm-up; as {@code warmP99}
 * @param coldCpu CPU time of the process up to the first answer
 * @param warmCpu CPU time of the process for each event after the warm-up
 * @param peakRss see {@link ProcessUsage}, as for {@code anonymous} and {@code file} at the end of the run
 */
record Run(
        double init,
        double cold,
        double warmP50,
        double warmP99,
        double coldCpu,
        double warmCpu,
        double peakRss,
        double anonymous,
        double file) {

    private static final double NANOS = 1e6;
    private static final long SECONDS_TO_ANSWER = 30;
    private static final int CREATED = 201;

    private static final String PROJECT = FakeKeystone.PROJECTS.get(0);
    private static final String TOKEN = FakeKeystone.tokenOf(PROJECT);

    /** After so many submissions the partitions come again, each with a higher sequence number. */
    private static final int PARTITIONS = 100;

    /**
     * @param warmUp how many submissions after the first are not measured
     * @param submissions how many are measured after those
     */
    static Run of(Candidate candidate, Map<String, String> environment, int warmUp, int submissions) throws Exception {
        String app = UUID.randomUUID().toString();
        Path log = Path.of("target", "benchmark-" + candidate.name() + ".log");
        try (RuntimeApi runtime = new RuntimeApi()) {
            CompletableFuture<Answer> first = runtime.submit(submission(app, 0));
            long spawnedAt = System.nanoTime();
            Process process = candidate.function().start(runtime, environment, log);
            try {
                Answer cold = created(first);
                ProcessUsage afterFirst = ProcessUsage.of(process);
                for (int n = 1; n <= warmUp; n++) {
                    created(runtime.submit(submission(app, n)));
                }
                ProcessUsage afterWarmUp = ProcessUsage.of(process);
                double[] warm = new double[submissions];
                for (int i = 0; i < submissions; i++) {
                    warm[i] = created(runtime.submit(submission(app, warmUp + 1 + i)))
                                    .took()
                                    .toNanos()
                            / NANOS;
                }
                ProcessUsage atEnd = ProcessUsage.of(process);
                return new Run(
                        (runtime.firstPoll().join() - spawnedAt) / NANOS,
                        (cold.receivedAt() - spawnedAt) / NANOS,
                        quantile(0.5, warm),
                        quantile(0.99, warm),
                        afterFirst.cpuNanos() / NANOS,
                        (atEnd.cpuNanos() - afterWarmUp.cpuNanos()) / NANOS / submissions,
                        atEnd.peakRss(),
                        atEnd.anonymous(),
                        atEnd.file());
            } catch (Exception e) {
                throw new IllegalStateException(candidate.name() + " failed; its log is " + log, e);
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
    }

    /** Of each figure on its own, its quantile among the runs. */
    static Run quantile(double fraction, List<Run> runs) {
        return new Run(
                quantile(fraction, runs, Run::init),
                quantile(fraction, runs, Run::cold),
                quantile(fraction, runs, Run::warmP50),
                quantile(fraction, runs, Run::warmP99),
                quantile(fraction, runs, Run::coldCpu),
                quantile(fraction, runs, Run::warmCpu),
                quantile(fraction, runs, Run::peakRss),
                quantile(fraction, runs, Run::anonymous),
                quantile(fraction, runs, Run::file));
    }

    private static double quantile(double fraction, List<Run> runs, ToDoubleFunction<Run> figure) {
        return quantile(fraction, runs.stream().mapToDouble(figure).toArray());
    }

    /** The nearest rank. */
    private static double quantile(double fraction, double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[Math.max(0, (int) Math.ceil(fraction * sorted.length) - 1)];
    }

    private static Answer created(CompletableFuture<Answer> submission) throws Exception {
        Answer answer = submission.get(SECONDS_TO_ANSWER, TimeUnit.SECONDS);
        if (Events.response(answer.payload()).getStatusCode() != CREATED) {
            throw new IllegalStateException("Not stored: " + answer.payload());
        }
        return answer;
    }

    private static String submission(String app, int number) {
        String body = """
                {"stream_name":"benchmark","app_name":"%s","partition_id":"%d","sequence_number":"%d",\
                "checkpoint_type":"LAST_READ"}""".formatted(app, number % PARTITIONS, number);
        return Events.json(Events.event("POST", "", body));
    }
}
