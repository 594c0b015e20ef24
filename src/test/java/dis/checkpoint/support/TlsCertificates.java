package dis.checkpoint.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A chain of three certificates (RSA, 2,048 bits) for 127.0.0.1, as public services have: a root, an intermediate and a
 * server certificate. Made by the keytool of the JDK.
 */
public final class TlsCertificates {

    /** The password of both key stores. */
    public static final String PASSWORD = Keytool.PASSWORD;

    private static final String ROOT = "root";
    private static final String INTERMEDIATE = "intermediate";
    private static final String SERVER = "server";

    private final Path serverKeys;
    private final Path trustStore;
    private final Path bundle;

    /**
     * @param directory the files are made in it, and replace those of an earlier call
     */
    public TlsCertificates(Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        serverKeys = directory.resolve("server.p12").toAbsolutePath();
        trustStore = directory.resolve("trust.jks").toAbsolutePath();
        bundle = directory.resolve("ca.pem").toAbsolutePath();
        for (Path file : List.of(serverKeys, trustStore, bundle)) {
            Files.deleteIfExists(file);
        }
        makeKey(serverKeys, "-alias", ROOT, "-dname", "CN=Test root", "-ext", "bc:c=ca:true");
        makeKey(
                serverKeys,
                "-alias",
                INTERMEDIATE,
                "-signer",
                ROOT,
                "-dname",
                "CN=Test intermediate",
                "-ext",
                "bc:c=ca:true");
        makeKey(
                serverKeys,
                "-alias",
                SERVER,
                "-signer",
                INTERMEDIATE,
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "san=ip:127.0.0.1,dns:localhost");
        Keytool.run(serverKeys, "-exportcert", "-rfc", "-alias", ROOT, "-file", bundle.toString());
        // JKS, because a trust store in PKCS12 takes 20 ms longer to open (10,000 rounds of its key derivation).
        Keytool.run(
                trustStore,
                "-importcert",
                "-noprompt",
                "-storetype",
                "JKS",
                "-alias",
                ROOT,
                "-file",
                bundle.toString());
        // The server must find one key alone.
        Keytool.run(serverKeys, "-delete", "-alias", ROOT);
        Keytool.run(serverKeys, "-delete", "-alias", INTERMEDIATE);
    }

    /** A PKCS12 store with the key and the chain of the server. */
    public Path serverKeys() {
        return serverKeys;
    }

    /** A JKS store with the root alone. */
    public Path trustStore() {
        return trustStore;
    }

    /** A PEM file with the root alone. */
    public Path bundle() {
        return bundle;
    }

    private static void makeKey(Path store, String... arguments) throws IOException, InterruptedException {
        List<String> all =
                new ArrayList<>(List.of("-genkeypair", "-keyalg", "RSA", "-keysize", "2048", "-validity", "30"));
        all.addAll(List.of(arguments));
        Keytool.run(store, all.toArray(String[]::new));
    }
}
