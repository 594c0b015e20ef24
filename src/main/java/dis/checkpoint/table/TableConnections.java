package dis.checkpoint.table;

import dis.checkpoint.network.MultiAddressSocketFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.URI;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;
import software.amazon.awssdk.http.urlconnection.UrlConnectionFactory;

/**
 * Makes the SDK's connections to DynamoDB. They try every address of its name over TLS, and never go to a proxy of the
 * environment. The JDK keeps them, because the factory of sockets stays the same.
 */
final class TableConnections implements UrlConnectionFactory {

    /** For each address. */
    private static final int CONNECT_TIMEOUT_MS = 500;

    /** An attempt ends after a second anyway. */
    private static final int READ_TIMEOUT_MS = 1_000;

    private final SSLSocketFactory sockets =
            new MultiAddressSocketFactory(HttpsURLConnection::getDefaultSSLSocketFactory, InetAddress::getAllByName);

    @Override
    public HttpURLConnection createConnection(URI uri) {
        try {
            HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
            if (connection instanceof HttpsURLConnection secure) {
                secure.setSSLSocketFactory(sockets);
            }
            connection.setConnectTimeout(CONNECT_TIMEOUT_MS);
            connection.setReadTimeout(READ_TIMEOUT_MS);
            return connection;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
