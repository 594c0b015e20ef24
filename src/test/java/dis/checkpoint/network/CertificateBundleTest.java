package dis.checkpoint.network;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dis.checkpoint.support.Tls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which files are taken as a CA bundle, and what is said of the others. */
class CertificateBundleTest {

    private static final String CERTIFICATE = Tls.CERTIFICATE;

    @TempDir
    Path directory;

    private Path bundle(String content) throws IOException {
        return Files.writeString(directory.resolve("bundle.pem"), content, StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s",
                "%s\n%s",
                "\uFEFF%s",
                "subject=CN = Root -----\n---- issuer ----\n%s",
                "Größe\n%s\ntext behind",
                "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n%s",
                "%s\n-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"
            })
    void onlyCertificateBlocksCount(String form) throws Exception {
        int certificates = form.split("%s", -1).length - 1;
        assertThat(
                CertificateBundle.read(bundle(form.replace("%s", CERTIFICATE))).size(), is(certificates));
    }

    @Test
    void windowsLineEndsAreTaken() throws Exception {
        assertThat(
                CertificateBundle.read(bundle(CERTIFICATE.replace("\n", "\r\n")))
                        .size(),
                is(1));
    }

    @ParameterizedTest
    @CsvSource({
        "'', the file has no line -----BEGIN CERTIFICATE-----",
        "no certificate, the file has no line -----BEGIN CERTIFICATE-----",
        "'-----BEGIN CERTIFICATE-----', certificate 1 of the file is cut short or not in base64",
        "'%s\n-----BEGIN CERTIFICATE-----\nAAAA\n', certificate 2 of the file is cut short or not in base64",
        "'-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', certificate 1 of the file is cut short or not in base64"
    })
    void brokenBundleIsRefusedInOneSentence(String content, String message) {
        CertificateException refusal = assertThrows(
                CertificateException.class, () -> CertificateBundle.read(bundle(content.replace("%s", CERTIFICATE))));
        assertThat(refusal.getMessage(), is(message));
    }
}
