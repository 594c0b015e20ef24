package dis.checkpoint.benchmark;

import dis.checkpoint.support.PackagedFunction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A function whose files Linux can be made to forget, so that its next start reads them from the disk, as the first one
 * on a fresh host does.
 *
 * @param files the file or directory that is the function's alone; what a script runs on does not count
 */
record Evictable(PackagedFunction function, Path files) {

    /** Drops the files from the page cache; no process may be using them. */
    PackagedFunction evict() throws IOException, InterruptedException {
        try (Stream<Path> all = Files.walk(files)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                drop(file);
            }
        }
        return function;
    }

    /** Java cannot give this advice to Linux; {@code dd} of the GNU coreutils can, and copies nothing here. */
    private static void drop(Path file) throws IOException, InterruptedException {
        List<String> command =
                List.of("dd", "of=" + file, "oflag=nocache", "conv=notrunc,fdatasync", "count=0", "status=none");
        int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (exit != 0) {
            throw new IOException("Exit " + exit + " of " + String.join(" ", command));
        }
    }
}
