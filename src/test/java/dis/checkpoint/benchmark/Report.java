package dis.checkpoint.benchmark;

import java.util.List;

/** The figures of a {@link Benchmark}. */
record Report(
        Machine before,
        Machine after,
        boolean tls,
        int cpuPercent,
        int runs,
        int warmUp,
        int submissions,
        List<Row> candidates) {

    private static final double MB = 1e6;

    /**
     * The figures of a candidate: when it was built and, as far as that is known, with what; its size in bytes, the median
     * and quartiles of its runs, and the runs.
     */
    record Row(
            String name,
            String built,
            String builtWith,
            long unpacked,
            long zip,
            Run median,
            Run lower,
            Run upper,
            List<Run> all) {

        static Row of(Candidate candidate, List<Run> runs) {
            return new Row(
                    candidate.name(),
                    candidate.built().toString(),
                    candidate.builtWith().orElse(""),
                    candidate.unpackedBytes(),
                    candidate.zipBytes(),
                    Run.quantile(0.5, runs),
                    Run.quantile(0.25, runs),
                    Run.quantile(0.75, runs),
                    runs);
        }

        private String lines() {
            return line(name, median, "%9.1f %7.1f".formatted(unpacked / MB, zip / MB))
                    + line("  quartile 1", lower, "")
                    + line("  quartile 3", upper, "");
        }

        private static String line(String title, Run run, String sizes) {
            return "%-16s %8.0f %8.1f %8.1f %8.1f %8.1f %9.2f %9.2f %9.1f %9.2f %9.1f %7.1f %7.1f %s%n"
                    .formatted(
                            title,
                            run.initFaults(),
                            run.initCpu(),
                            run.init(),
                            run.cold(),
                            run.evicted(),
                            run.warmP50(),
                            run.warmP99(),
                            run.coldCpu(),
                            run.warmCpu(),
                            run.peakRss() / MB,
                            run.anonymous() / MB,
                            run.file() / MB,
                            sizes);
        }
    }

    /** The table: times in milliseconds, sizes in MB of a million bytes. */
    String table() {
        StringBuilder table = new StringBuilder("""

                %s, %d processors, Linux %s, Java %s
                Load %.1f before, %.1f after. Milliseconds and MB; medians and quartiles of %d interleaved runs,
                each of %d submissions after %d to warm up. %s to table and IAM, %s.

                """.formatted(
                        after.processor(),
                        after.processors(),
                        after.kernel(),
                        after.java(),
                        before.load(),
                        after.load(),
                        runs,
                        submissions,
                        warmUp,
                        tls ? "TLS" : "plain HTTP",
                        cpuPercent == 0 ? "no limit of CPU" : cpuPercent + " % of one CPU"));
        table.append("%-16s %8s %8s %8s %8s %8s %9s %9s %9s %9s %9s %7s %7s %9s %7s%n"
                .formatted(
                        "",
                        "faults",
                        "CPU init",
                        "init",
                        "cold",
                        "evicted",
                        "warm p50",
                        "warm p99",
                        "CPU cold",
                        "CPU warm",
                        "peak RSS",
                        "anon",
                        "file",
                        "unpacked",
                        "zip"));
        candidates.forEach(row -> table.append(row.lines()));
        candidates.forEach(row -> table.append("%s: built %s%s%n"
                .formatted(row.name(), row.built(), row.builtWith().isEmpty() ? "" : ", " + row.builtWith())));
        return table.toString();
    }
}
