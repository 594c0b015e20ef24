package dis.checkpoint.auth;

import java.nio.charset.StandardCharsets;

/** A caller's token. It is a secret, so {@link #toString} leaves it out. */
final class Token {

    private final String secret;

    /**
     * @throws IllegalArgumentException unless the text is visible ASCII without a comma, as tokens of Keystone are. A comma
     *     separates several values of a header; other characters could forge a header of the call to IAM
     */
    Token(String secret) {
        if (secret.isEmpty() || !secret.chars().allMatch(c -> '!' <= c && c <= '~' && c != ',')) {
            throw new IllegalArgumentException("A token must be visible ASCII characters without a comma");
        }
        this.secret = secret;
    }

    /** The text, for the call to IAM alone. */
    String secret() {
        return secret;
    }

    /** The SHA-256 of the token in hex, as a key of the cache. */
    String fingerprint() {
        return Sha256.hex(secret.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public String toString() {
        return "Token";
    }
}
