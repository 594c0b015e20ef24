package dis.checkpoint.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The figures of one run, in milliseconds and bytes. A run starts three processes: one from files that are not in the page
 * cache, one up to its first poll, and one that answers all submissions.
 *
 * @param initFaults page faults up to the first poll
 * @param initCpu CPU time up to the first poll
 * @param init from the start of the process to its first poll
 * @param cold from the start of the process to the answer to the first event
 * @param evicted as {@code cold}, with its files read from the disk ({@link Evictable})
 * @param warmP50 from an event to its answer, after the warm-up; as {@code warmP99}
 * @param coldCpu CPU time of the process up to the first answer
 * @param warmCpu CPU time of the process for each event after the warm-up
 * @param peakRss see {@link ProcessUsage}, as for {@code anonymous} and {@code file} at the end of the run
 */
record Run(
        double initFaults,
        double initCpu,
        double init,
        double cold,
        double evicted,
        double warmP50,
        double warmP99,
        double coldCpu,
        double warmCpu,
        double peakRss,
        double anonymous,
        double file) {

    private static final double NANOS = 1e6;

    /**
     * @param warmUp number of submissions after the first that are not measured
     * @param submissions number of submissions that are measured after those
     */
    static Run of(Candidate candidate, BackendProcess backends, CpuShare share, int warmUp, int submissions)
            throws IOException, InterruptedException {
        Path log = Path.of("target", "benchmark-" + candidate.name() + ".log");
        double evicted;
        try (ProcessRun process = new ProcessRun(candidate.evictable().evict(), backends, share, log)) {
            evicted = process.cold();
        }
        ProcessUsage atFirstPoll = ProcessRun.usageAtFirstPoll(candidate.copy().make(), backends, share, log);
        try (ProcessRun process = new ProcessRun(candidate.copy().make(), backends, share, log)) {
            double cold = process.cold();
            ProcessUsage afterFirst = process.usage();
            for (int i = 0; i < warmUp; i++) {
                process.submit();
            }
            ProcessUsage afterWarmUp = process.usage();
            double[] warm = new double[submissions];
            for (int i = 0; i < submissions; i++) {
                warm[i] = process.submit();
            }
            ProcessUsage atEnd = process.usage();
            return new Run(
                    atFirstPoll.pageFaults(),
                    atFirstPoll.cpuNanos() / NANOS,
                    process.init(),
                    cold,
                    evicted,
                    quantile(0.5, warm),
                    quantile(0.99, warm),
                    afterFirst.cpuNanos() / NANOS,
                    (atEnd.cpuNanos() - afterWarmUp.cpuNanos()) / NANOS / submissions,
                    atEnd.peakRss(),
                    atEnd.anonymous(),
                    atEnd.file());
        }
    }

    /** The quantile of each figure among the runs. */
    static Run quantile(double fraction, List<Run> runs) {
        return new Run(
                quantile(fraction, runs, Run::initFaults),
                quantile(fraction, runs, Run::initCpu),
                quantile(fraction, runs, Run::init),
                quantile(fraction, runs, Run::cold),
                quantile(fraction, runs, Run::evicted),
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
}
