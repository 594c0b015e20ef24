package dis.checkpoint.iam;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** A caller's token: a secret, which is why it prints as nothing. */
final class Token {

    /** Keystone's tokens are visible ASCII; anything else could forge a header of the call to IAM. */
    private static final Pattern FORMAT = Pattern.compile("[\\x21-\\x7E]+");

    private final String secret;

    /**
     * @throws IllegalArgumentException where the text cannot be a token
     */
    Token(String secret) {
        if (!FORMAT.matcher(secret).matches()) {
            throw new IllegalArgumentException("A token consists of visible ASCII characters");
        }
        this.secret = secret;
    }

    /** For the call to IAM, and for nothing else. */
    String secret() {
        return secret;
    }

    /** The SHA-256 of the token, by which it is remembered. */
    String fingerprint() {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "Token";
    }
}
