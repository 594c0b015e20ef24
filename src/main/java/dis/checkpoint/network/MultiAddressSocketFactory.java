package dis.checkpoint.network;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;

/**
 * Makes TLS connections to a host name with several addresses. {@link javax.net.ssl.HttpsURLConnection} by itself tries only
 * the first address; here each connection tries all of them in turn, until one accepts.
 *
 * <p>A connection begins with the addresses that the connection before it did not use. A caller who repeats a call because a
 * server accepted the connection and then stayed silent therefore reaches another server, whatever the order in which the
 * name is resolved.
 *
 * <p>The TLS session is made on top of the connected socket, under the host name: SNI and the check of the certificate are
 * those of the JDK.
 */
public final class MultiAddressSocketFactory extends SSLSocketFactory {

    private final Supplier<SSLSocketFactory> tls;
    private final Lookup lookup;
    private volatile InetAddress lastTried;
    private volatile int addressCount = 1;

    /** Resolves host names. */
    @FunctionalInterface
    public interface Lookup {

        /**
         * @return at least one address
         */
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    /**
     * @param tls makes the TLS sessions; it is asked once the first connection is made, because a context costs time at start
     */
    public MultiAddressSocketFactory(Supplier<SSLSocketFactory> tls, Lookup lookup) {
        this.tls = tls;
        this.lookup = lookup;
    }

    /** How many addresses the host name had when the last connection was made; 1 before that. */
    public int addressCount() {
        return addressCount;
    }

    @Override
    public Socket createSocket() {
        return new FirstToAccept();
    }

    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
        Socket connected = socket instanceof FirstToAccept choice ? choice.accepted : socket;
        return tls.get().createSocket(connected, host, port, autoClose);
    }

    /** Stands for the socket to the first address that accepts. A {@link Socket} itself can try only one address. */
    private final class FirstToAccept extends Socket {

        private Socket accepted;

        /**
         * @param timeout in milliseconds, for each address
         */
        @Override
        public void connect(SocketAddress endpoint, int timeout) throws IOException {
            InetSocketAddress target = (InetSocketAddress) endpoint;
            IOException failure = new UnknownHostException(target.getHostString());
            for (InetAddress address : inOrder(lookup.resolve(target.getHostString()))) {
                lastTried = address;
                Socket socket = new Socket();
                try {
                    socket.connect(new InetSocketAddress(address, target.getPort()), timeout);
                    accepted = socket;
                    return;
                } catch (IOException e) {
                    socket.close();
                    failure = e;
                }
                if (Thread.currentThread().isInterrupted()) {
                    // The caller's time is up.
                    throw failure;
                }
            }
            throw failure;
        }

        private List<InetAddress> inOrder(InetAddress[] addresses) {
            addressCount = addresses.length;
            List<InetAddress> ordered = new ArrayList<>(List.of(addresses));
            if (ordered.remove(lastTried)) {
                ordered.add(lastTried);
            }
            return ordered;
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return accepted.getInputStream();
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            return accepted.getOutputStream();
        }

        @Override
        public void setSoTimeout(int timeout) throws SocketException {
            accepted.setSoTimeout(timeout);
        }

        @Override
        public void setTcpNoDelay(boolean on) throws SocketException {
            accepted.setTcpNoDelay(on);
        }

        @Override
        public void close() throws IOException {
            if (accepted != null) {
                accepted.close();
            }
        }
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return tls.get().getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return tls.get().getSupportedCipherSuites();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        throw notSupported();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        throw notSupported();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        throw notSupported();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) throws IOException {
        throw notSupported();
    }

    private static IOException notSupported() {
        return new SocketException("Only sockets that are connected later are supported");
    }
}
