package dis.checkpoint.benchmark;

import dis.checkpoint.support.PackagedFunction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A function whose files can be dropped from the page cache, so that its next start reads them from the disk, as the first
 * start on a fresh host does.
 *
 * @param files the function's own file or directory, without the interpreter of a script
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

    /** Uses {@code dd} of the GNU coreutils, which copies nothing here, because Java has no call for this advice to Linux. */
    private static void drop(Path file) throws IOException, InterruptedException {
        List<String> command =
                List.of("dd", "of=" + file, "oflag=nocache", "conv=notrunc,fdatasync", "count=0", "status=none");
        int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (exit != 0) {
            throw new IOException("Exit " + exit + " of " + String.join(" ", command));
        }
    }
}
