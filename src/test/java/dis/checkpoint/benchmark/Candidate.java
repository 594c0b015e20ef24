package dis.checkpoint.benchmark;

import dis.checkpoint.support.PackagedFunction;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.DeflaterInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A program to measure: the packaged function or a peer.
 *
 * @param copy makes a new copy of its files
 * @param evictable a second copy, because Linux caches a file that it reads in other pieces than a file that it wrote, and
 *     {@code copy} is measured as written
 * @param built time of the build
 * @param builtWith versions of its language and libraries, from the file {@code .versions} beside a peer
 * @param unpackedBytes size of the files that Lambda unpacks
 * @param zipBytes size of the deployed zip; for an executable without a zip, its deflated size
 */
record Candidate(
        String name,
        Copy copy,
        Evictable evictable,
        FileTime built,
        Optional<String> builtWith,
        long unpackedBytes,
        long zipBytes) {

    private static final Path TARGET = Path.of("target");

    /** Each run gets a new copy, because one copy of a file can start up to a tenth slower than another, for as long as it exists. */
    interface Copy {
        PackagedFunction make() throws IOException;
    }

    /**
     * The packaged function first, then the peers.
     *
     * @param peers {@code name=/path/of/an/executable}, separated by commas; may be empty. Each executable gets the JVM
     *     options of {@link BackendProcess#options()} as arguments
     */
    static List<Candidate> all(String peers) throws IOException {
        List<Candidate> candidates = new ArrayList<>(List.of(packaged()));
        for (String peer : peers.isBlank() ? new String[0] : peers.split(",")) {
            String[] nameAndPath = peer.strip().split("=", 2);
            if (nameAndPath.length != 2 || !Files.isExecutable(Path.of(nameAndPath[1]))) {
                throw new IllegalArgumentException("benchmark.peers must be name=/path/of/an/executable, not " + peer);
            }
            candidates.add(executable(nameAndPath[0], Path.of(nameAndPath[1])));
        }
        return candidates;
    }

    /** A native executable that an earlier build left in target, else the content of {@link PackagedFunction#ZIP}. */
    private static Candidate packaged() throws IOException {
        try (ZipFile zip = new ZipFile(PackagedFunction.ZIP.toFile());
                Stream<Path> built = Files.list(TARGET)) {
            boolean isNative = PackagedFunction.isNative();
            Optional<Path> executable =
                    built.filter(file -> file.toString().endsWith("-runner")).findAny();
            if (!isNative && executable.isPresent()) {
                return executable("native", executable.get());
            }
            Path evictable = TARGET.resolve("benchmark-function-evicted");
            return new Candidate(
                    isNative ? "native" : "JVM",
                    () -> PackagedFunction.unpack(TARGET.resolve("benchmark-function")),
                    new Evictable(PackagedFunction.unpack(evictable), evictable),
                    Files.getLastModifiedTime(PackagedFunction.ZIP),
                    Optional.empty(),
                    zip.stream().mapToLong(ZipEntry::getSize).sum(),
                    Files.size(PackagedFunction.ZIP));
        }
    }

    private static Candidate executable(String name, Path path) throws IOException {
        Path evictable = TARGET.resolve("benchmark-" + name + "-evicted");
        Path versions = Path.of(path + ".versions");
        return new Candidate(
                name,
                () -> copy(path, TARGET.resolve("benchmark-" + name)),
                new Evictable(copy(path, evictable), evictable),
                Files.getLastModifiedTime(path),
                Files.exists(versions) ? Optional.of(Files.readString(versions).strip()) : Optional.empty(),
                Files.size(path),
                deflatedBytes(path));
    }

    /**
     * Writes in one piece as {@link PackagedFunction#unpack} does, because the pieces in which Linux caches and maps a file
     * depend on how the file was written.
     */
    private static PackagedFunction copy(Path path, Path copy) throws IOException {
        Files.write(copy, Files.readAllBytes(path));
        copy.toFile().setExecutable(true);
        return new PackagedFunction(List.of(copy.toAbsolutePath().toString()));
    }

    private static long deflatedBytes(Path file) throws IOException {
        try (InputStream deflated = new DeflaterInputStream(Files.newInputStream(file))) {
            return deflated.transferTo(OutputStream.nullOutputStream());
        }
    }
}
