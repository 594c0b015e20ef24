package dis.checkpoint.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a process has used so far, as Linux counts it.
 *
 * @param cpuNanos of its living threads
 * @param peakRss bytes of memory, resident at their highest
 * @param anonymous bytes of its own memory now
 * @param file bytes of mapped files now, such as its executable, shared with other processes that map them
 */
record ProcessUsage(long cpuNanos, long peakRss, long anonymous, long file) {

    static ProcessUsage of(Process process) throws IOException {
        Path directory = Path.of("/proc", Long.toString(process.pid()));
        List<String> memory = Files.readAllLines(directory.resolve("smaps_rollup"));
        return new ProcessUsage(
                cpuNanos(directory),
                bytes(Files.readAllLines(directory.resolve("status")), "VmHWM:"),
                bytes(memory, "Pss_Anon:"),
                bytes(memory, "Pss_File:"));
    }

    /** {@code /proc/PID/stat} would count ticks of 10 ms. */
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
