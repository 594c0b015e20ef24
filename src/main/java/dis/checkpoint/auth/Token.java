package dis.checkpoint.auth;

import java.nio.charset.StandardCharsets;

/** A caller's token: a secret, which is why it prints as nothing. */
final class Token {

    private final String secret;

    /**
     * @throws IllegalArgumentException unless the text is visible ASCII without a comma: a token of Keystone is, a comma
     *     separates several values of a header, and anything else could forge a header of the call to IAM
     */
    Token(String secret) {
        if (secret.isEmpty() || !secret.chars().allMatch(c -> '!' <= c && c <= '~' && c != ',')) {
            throw new IllegalArgumentException("A token consists of visible ASCII characters but the comma");
        }
        this.secret = secret;
    }

    /** For the call to IAM, and for nothing else. */
    String secret() {
        return secret;
    }

    /** The SHA-256 of the token, by which it is remembered. */
    String fingerprint() {
        return Sha256.hex(secret.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public String toString() {
        return "Token";
    }
}
