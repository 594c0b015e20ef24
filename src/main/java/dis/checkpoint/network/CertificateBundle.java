package dis.checkpoint.network;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the certificates of a PEM file (RFC 7468). Only what lies between {@value #BEGIN} and {@value #END} counts: a byte
 * order mark, text before, between and behind the certificates, and blocks of other kinds such as a private key are skipped.
 */
public final class CertificateBundle {

    private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
    private static final String END = "-----END CERTIFICATE-----";

    private CertificateBundle() {}

    /**
     * @return at least one certificate, in the order of the file
     * @throws IOException where the file cannot be read
     * @throws CertificateException where it holds no certificate or a broken one; the message says which
     */
    public static List<Certificate> read(Path file) throws IOException, CertificateException {
        // Bytes that are not ASCII can only stand in the text that is skipped.
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        List<Certificate> certificates = new ArrayList<>();
        for (int begin = text.indexOf(BEGIN); begin >= 0; begin = text.indexOf(BEGIN, begin + BEGIN.length())) {
            int end = text.indexOf(END, begin);
            certificates.add(decode(end < 0 ? "" : text.substring(begin, end + END.length()), certificates.size() + 1));
        }
        if (certificates.isEmpty()) {
            throw new CertificateException("the file has no line " + BEGIN);
        }
        return certificates;
    }

    private static Certificate decode(String block, int number) throws CertificateException {
        try {
            return CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(block.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (CertificateException e) {
            throw new CertificateException("certificate " + number + " of the file is cut short or not in base64", e);
        }
    }
}
