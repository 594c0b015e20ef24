package dis.checkpoint.deployment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes packages of the function, as large as packaging needs them. */
final class FunctionZip {

    /** Numbers of machines in an ELF header. */
    static final int X86_64 = 62;

    static final int AARCH64 = 183;

    private static final int SIZE = 512;
    private static final long ADDRESS = 0x400000;
    private static final int SEGMENTS = 64;
    private static final int SEGMENT_SIZE = 56;
    private static final int DYNAMIC = SEGMENTS + 2 * SEGMENT_SIZE;
    private static final int STRINGS = DYNAMIC + 3 * 16;

    private FunctionZip() {}

    /** A file in a zip; without permissions, as systems other than Unix write it, where they are {@code null}. */
    record File(String name, String permissions, byte[] content) {}

    /** A package with one file, whose permissions are right. */
    static byte[] of(byte[] bootstrap) throws IOException {
        return of(new File("bootstrap", "rwxr-xr-x", bootstrap));
    }

    static byte[] of(File... files) throws IOException {
        Path zip = Files.createTempDirectory("function").resolve("function.zip");
        Map<String, Object> options =
                new LinkedHashMap<>(Map.of("create", "true", "enablePosixFileAttributes", "true"));
        try (FileSystem system = FileSystems.newFileSystem(zip, options)) {
            for (File file : files) {
                Path path = Files.write(system.getPath(file.name()), file.content());
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(file.permissions()));
            }
        }
        byte[] bytes = Files.readAllBytes(zip);
        Files.delete(zip);
        Files.delete(zip.getParent());
        return bytes;
    }

    /** An ELF executable of 64 bits: linked dynamically, with these names for the dynamic linker, or statically without any. */
    static byte[] executable(int machine, String... names) {
        byte[] strings = String.join("\0", names).getBytes(StandardCharsets.US_ASCII);
        ByteBuffer elf = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        elf.put("\u007fELF\2\1\1".getBytes(StandardCharsets.US_ASCII));
        elf.putShort(18, (short) machine).putLong(32, SEGMENTS).putShort(54, (short) SEGMENT_SIZE);
        elf.putShort(56, (short) (names.length == 0 ? 1 : 2));
        segment(elf, SEGMENTS, 1, 0, SIZE);
        segment(elf, SEGMENTS + SEGMENT_SIZE, 2, DYNAMIC, 3 * 16);
        elf.putLong(DYNAMIC, 5).putLong(DYNAMIC + 8, ADDRESS + STRINGS);
        elf.putLong(DYNAMIC + 16, 10).putLong(DYNAMIC + 24, strings.length);
        elf.position(STRINGS).put(strings);
        return elf.array();
    }

    private static void segment(ByteBuffer elf, int at, int type, long offset, long size) {
        elf.putInt(at, type)
                .putLong(at + 8, offset)
                .putLong(at + 16, ADDRESS + offset)
                .putLong(at + 32, size);
    }
}
