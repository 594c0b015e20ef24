package dis.checkpoint.request;

import dis.checkpoint.error.DisError;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * The body of a request.
 *
 * @param bytes at most 16 KiB; none where there is no body, or one that could not be read
 * @param fault why it could not be read: a rule that it breaks
 */
public record Body(byte[] bytes, Optional<String> fault) {

    /** That of a request without one. */
    public static final Body NONE = of(new byte[0]);

    private static final int MAX_BYTES = 16 * 1024;

    /** Of so many bytes. */
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
        // An unpaired surrogate becomes a question mark on its way.
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
