package dis.checkpoint.benchmark;

import dis.checkpoint.support.Backends;
import dis.checkpoint.support.TlsCertificates;
import dis.checkpoint.support.TlsProxy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * DynamoDB Local and the fake IAM in a process of their own, so that their garbage collections are not part of a
 * measurement.
 *
 * @param environment of a function that uses them, and trusts their certificate
 * @param options of a native Java executable that trusts their certificate
 */
record BackendProcess(Process process, Map<String, String> environment, List<String> options) implements AutoCloseable {

    private static final Path LOG = Path.of("target/benchmark-backends.log");
    private static final Path CERTIFICATES = Path.of("target/benchmark-certificates");
    private static final List<String> ENDPOINTS =
            List.of("QUARKUS_DYNAMODB_ENDPOINT_OVERRIDE", "CHECKPOINT_IAM_ENDPOINT");

    /**
     * @param tls whether table and IAM are reached by TLS, as in production
     */
    static BackendProcess start(boolean tls) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        // Without it, an answer of the fake IAM waits until its headers are acknowledged.
                        "-Dsun.net.httpserver.nodelay=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BackendProcess.class.getName(),
                        Boolean.toString(tls))
                .redirectError(LOG.toFile())
                .start();
        Map<String, String> environment = new LinkedHashMap<>();
        BufferedReader output = process.inputReader();
        for (String line = output.readLine(); line != null && !line.isEmpty(); line = output.readLine()) {
            String[] nameAndValue = line.split("=", 2);
            environment.put(nameAndValue[0], nameAndValue[1]);
        }
        if (environment.isEmpty()) {
            throw new IOException("DynamoDB Local and the fake IAM did not start; see " + LOG);
        }
        List<String> options = tls
                ? List.of(
                        "-Djavax.net.ssl.trustStore="
                                + CERTIFICATES.resolve("trust.jks").toAbsolutePath(),
                        "-Djavax.net.ssl.trustStoreType=JKS",
                        "-Djavax.net.ssl.trustStorePassword=" + TlsCertificates.PASSWORD)
                : List.of();
        return new BackendProcess(process, environment, options);
    }

    @Override
    public void close() {
        process.destroy();
    }

    /** Prints the environment and an empty line, and ends when the standard input does. */
    public static void main(String[] arguments) throws Exception {
        PrintStream output = System.out;
        System.setOut(System.err); // DynamoDB Local prints its settings.
        Map<String, String> environment = new HashMap<>(new Backends().environment());
        if (Boolean.parseBoolean(arguments[0])) {
            TlsCertificates certificates = new TlsCertificates(CERTIFICATES);
            for (String endpoint : ENDPOINTS) {
                environment.computeIfPresent(
                        endpoint,
                        (name, address) -> new TlsProxy(certificates, URI.create(address))
                                .endpoint()
                                .toString());
            }
            // Go and Node.js trust this root; an empty directory keeps Go from reading each file of /etc/ssl/certs.
            environment.put("SSL_CERT_FILE", certificates.bundle().toString());
            environment.put(
                    "SSL_CERT_DIR",
                    Files.createDirectories(CERTIFICATES.resolve("empty"))
                            .toAbsolutePath()
                            .toString());
            environment.put("NODE_EXTRA_CA_CERTS", certificates.bundle().toString());
        }
        environment.forEach((name, value) -> output.println(name + '=' + value));
        output.println();
        System.in.transferTo(OutputStream.nullOutputStream());
        System.exit(0); // Threads of DynamoDB Local go on.
    }
}
