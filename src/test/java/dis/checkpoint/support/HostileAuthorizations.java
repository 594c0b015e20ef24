package dis.checkpoint.support;

import dis.checkpoint.auth.AccessKey;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Values of the header {@code Authorization} that are not a valid signature. */
public final class HostileAuthorizations {

    private HostileAuthorizations() {}

    /** Values close to a signature by the key, and others. */
    public static Arbitrary<String> of(AccessKey key) {
        Arbitrary<String> parts = Arbitraries.oneOf(
                Arbitraries.of(
                        "SDK-HMAC-SHA256",
                        "V11-HMAC-SHA256",
                        " ",
                        ",",
                        ", ",
                        "=",
                        ";",
                        "/",
                        "Access=",
                        "Credential=",
                        "SignedHeaders=",
                        "Signature=",
                        key.id(),
                        "/20261125/eu-de/dis/sdk_request",
                        "host;x-sdk-date",
                        "a".repeat(64),
                        "0".repeat(64),
                        "x;".repeat(2_000),
                        "\r\n",
                        "\u0000"),
                Arbitraries.strings().ofMaxLength(20));
        Arbitrary<String> nearly = Combinators.combine(
                        Arbitraries.of("SDK-HMAC-SHA256 ", "V11-HMAC-SHA256 "),
                        Arbitraries.of(
                                "Access=" + key.id(),
                                "Credential=" + key.id() + "/20261125/eu-de/dis/sdk_request",
                                "Credential=" + key.id() + "/20261125///sdk_request"),
                        parts,
                        parts)
                .as((algorithm, start, headers, signature) ->
                        algorithm + start + ", SignedHeaders=host;x-sdk-date" + headers + ", Signature=" + signature);
        return Arbitraries.oneOf(
                parts.list().ofMaxSize(12).map(all -> all.stream().collect(Collectors.joining())), nearly);
    }
}
