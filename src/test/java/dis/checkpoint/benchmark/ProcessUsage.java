package dis.checkpoint.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The resources that a process has used so far, as Linux counts them.
 *
 * @param cpuNanos CPU time of its living threads
 * @param pageFaults minor and major page faults of all its threads
 * @param peakRss highest resident memory in bytes
 * @param anonymous bytes of its own memory now
 * @param file its share in bytes of the mapped files now, such as its executable
 */
record ProcessUsage(long cpuNanos, long pageFaults, long peakRss, long anonymous, long file) {

    /** Fields of {@code /proc/PID/stat} behind the name of the command (proc(5)). */
    private static final int MINOR_FAULTS = 7;

    private static final int MAJOR_FAULTS = 9;

    static ProcessUsage of(Process process) throws IOException {
        Path directory = Path.of("/proc", Long.toString(process.pid()));
        List<String> memory = Files.readAllLines(directory.resolve("smaps_rollup"));
        return new ProcessUsage(
                cpuNanos(directory),
                pageFaults(directory),
                bytes(Files.readAllLines(directory.resolve("status")), "VmHWM:"),
                bytes(memory, "Pss_Anon:"),
                bytes(memory, "Pss_File:"));
    }

    private static long pageFaults(Path process) throws IOException {
        String stat = Files.readString(process.resolve("stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[MINOR_FAULTS]) + Long.parseLong(fields[MAJOR_FAULTS]);
    }

    /** From schedstat, because {@code /proc/PID/stat} counts in ticks of 10 ms. */
    private static long cpuNanos(Path process) throws IOException {
        long sum = 0;
        try (Stream<Path> threads = Files.list(process.resolve("task"))) {
            for (Path thread : threads.toList()) {
                sum += Long.parseLong(
                        Files.readString(thread.resolve("schedstat")).split(" ")[0]);
            }
        }
        return sum;
    }

    private static long bytes(List<String> lines, String name) {
        String line = lines.stream().filter(it -> it.startsWith(name)).findAny().orElseThrow();
        return Long.parseLong(line.substring(name.length()).replace("kB", "").strip()) * 1024;
    }
}
