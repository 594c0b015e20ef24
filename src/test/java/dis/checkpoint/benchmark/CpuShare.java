package dis.checkpoint.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The share of a CPU that a process gets, in periods of 20 ms as in Lambda: at 1,769 MB a function has one CPU, and with
 * less memory that part of one. By a control group of Linux, version 1 or 2, which takes root.
 *
 * @param percent of one CPU; 0 sets no limit
 */
record CpuShare(int percent) {

    private static final int PERIOD_MICROS = 20_000;
    private static final Path ROOT = Path.of("/sys/fs/cgroup");
    private static final Path VERSION_1 = ROOT.resolve("cpu");
    private static final String NAME = "checkpoint-benchmark";

    CpuShare {
        if (percent < 0) {
            throw new IllegalArgumentException("benchmark.cpu must be a percentage of one CPU, or 0 for no limit");
        }
    }

    /**
     * The same command with this share of a CPU.
     *
     * @throws IOException if the control group cannot be made
     */
    List<String> limit(List<String> command) throws IOException {
        if (percent == 0) {
            return command;
        }
        List<String> limited =
                new ArrayList<>(List.of("/bin/sh", "-c", "echo $$ > \"$0\" && exec \"$@\"", group().toString()));
        limited.addAll(command);
        return limited;
    }

    /** The file that takes the number of a process. */
    private Path group() throws IOException {
        int quota = PERIOD_MICROS * percent / 100;
        try {
            if (Files.isDirectory(VERSION_1)) {
                Path group = Files.createDirectories(VERSION_1.resolve(NAME));
                Files.writeString(group.resolve("cpu.cfs_period_us"), Integer.toString(PERIOD_MICROS));
                Files.writeString(group.resolve("cpu.cfs_quota_us"), Integer.toString(quota));
                return group.resolve("tasks");
            }
            Files.writeString(ROOT.resolve("cgroup.subtree_control"), "+cpu");
            Path group = Files.createDirectories(ROOT.resolve(NAME));
            Files.writeString(group.resolve("cpu.max"), quota + " " + PERIOD_MICROS);
            return group.resolve("cgroup.procs");
        } catch (IOException e) {
            throw new IOException("benchmark.cpu needs root and the cpu controller of control groups: " + e, e);
        }
    }
}
