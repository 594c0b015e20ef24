package dis.checkpoint.request;

import dis.checkpoint.error.DisError;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * The body of a request.
 *
 * @param bytes at most 16 KiB; empty if there is no body, or if it could not be read
 * @param fault the rule because of which the body could not be read
 */
public record Body(byte[] bytes, Optional<String> fault) {

    /** The empty body. */
    public static final Body NONE = of(new byte[0]);

    private static final int MAX_BYTES = 16 * 1024;

    /** Length of {@link #MAX_BYTES} bytes in base64. */
    private static final int MAX_BASE64_LENGTH = (MAX_BYTES + 2) / 3 * 4;

    /**
     * @throws dis.checkpoint.error.DisException {@link DisError#TOO_LARGE}
     */
    public static Body of(byte[] bytes) {
        requireMax(bytes.length, MAX_BYTES);
        return new Body(bytes, Optional.empty());
    }

    /**
     * A body that came as text.
     *
     * @throws dis.checkpoint.error.DisException {@link DisError#TOO_LARGE}
     */
    public static Body ofText(String text) {
        requireMax(text.length(), MAX_BYTES);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        // UTF-8 turns an unpaired surrogate into a question mark.
        return text.equals(new String(bytes, StandardCharsets.UTF_8))
                ? of(bytes)
                : unreadable("the body must not hold unpaired surrogates");
    }

    /**
     * A body that came in base64.
     *
     * @throws dis.checkpoint.error.DisException {@link DisError#TOO_LARGE}
     */
    public static Body ofBase64(String text) {
        requireMax(text.length(), MAX_BASE64_LENGTH);
        try {
            return of(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            return unreadable("the event says that the body is base64, and it is not (RFC 4648, without line breaks)");
        }
    }

    private static Body unreadable(String fault) {
        return new Body(NONE.bytes, Optional.of(fault));
    }

    private static void requireMax(int length, int max) {
        if (length > max) {
            throw DisError.TOO_LARGE.because("the body must be at most 16 KiB");
        }
    }
}
