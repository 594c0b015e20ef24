package dis.checkpoint.http;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import dis.checkpoint.support.Api;
import dis.checkpoint.support.OfficialClient;
import dis.checkpoint.support.TlsServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which certificates the official Java client accepts, by the settings that clients.md names. */
class OfficialClientTlsIT {

    @TempDir
    private Path directory;

    private TlsServer server;

    @BeforeEach
    void start() throws Exception {
        server = new TlsServer(directory, "ip:127.0.0.1");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String commit(List<String> jvmOptions, String client, boolean verify) throws Exception {
        return OfficialClient.run(
                directory,
                jvmOptions,
                "TlsClient",
                server.endpoint().toString(),
                Api.PROJECT,
                "app",
                client,
                String.valueOf(verify));
    }

    private List<String> stores(String... kinds) throws Exception {
        Path store = server.trustStore(directory.resolve("trust.p12"));
        List<String> options = new ArrayList<>();
        for (String kind : kinds) {
            options.add("-Djavax.net.ssl." + kind + "=" + store);
            options.add("-Djavax.net.ssl." + kind + "Password=changeit");
        }
        return options;
    }

    @ParameterizedTest
    @ValueSource(strings = {"DISClient", "DISClientAsync2"})
    void sendsToAnyCertificateByDefault(String client) throws Exception {
        assertThat(commit(List.of(), client, false), is("done\n"));
        assertThat(server.requests(), hasSize(1));
    }

    @Test
    void refusesAnUnknownCaWithVerification() throws Exception {
        assertThat(commit(List.of(), "DISClient", true), containsString("PKIX path building failed"));
        assertThat(server.requests(), is(empty()));
    }

    @Test
    void acceptsAPrivateCaAsTrustStoreAndKeyStore() throws Exception {
        assertThat(commit(stores("trustStore", "keyStore"), "DISClient", true), is("done\n"));
        assertThat(server.requests(), hasSize(1));
    }

    /** The client reads the key store whatever it is for. */
    @Test
    void failsWithATrustStoreAlone() throws Exception {
        assertThat(
                commit(stores("trustStore"), "DISClient", true),
                is("com.huaweicloud.dis.exception.DISClientException\n"));
        assertThat(server.requests(), is(empty()));
    }

    /** Against its setting: the second asynchronous client never verifies. */
    @Test
    void secondAsynchronousClientIgnoresTheSetting() throws Exception {
        assertThat(commit(List.of(), "DISClientAsync2", true), is("done\n"));
        assertThat(server.requests(), hasSize(1));
    }
}
