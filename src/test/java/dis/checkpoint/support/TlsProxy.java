package dis.checkpoint.support;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PfxOptions;
import java.net.URI;

/** Terminates TLS on loopback, and passes the bytes on to a server that speaks plain HTTP. */
public final class TlsProxy implements AutoCloseable {

    private final Vertx vertx = Vertx.vertx();
    private final NetServer server;

    /** Listens on any free port. */
    public TlsProxy(TlsCertificates certificates, URI target) {
        NetClient client = vertx.createNetClient();
        NetServerOptions options = new NetServerOptions()
                .setSsl(true)
                .setKeyCertOptions(new PfxOptions()
                        .setPath(certificates.serverKeys().toString())
                        .setPassword(TlsCertificates.PASSWORD))
                .setTcpNoDelay(true);
        server = vertx.createNetServer(options)
                .connectHandler(caller -> {
                    caller.pause();
                    client.connect(target.getPort(), target.getHost())
                            .onSuccess(backend -> pipe(caller, backend))
                            .onFailure(refused -> caller.close());
                })
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    private static void pipe(NetSocket caller, NetSocket backend) {
        backend.pipeTo(caller);
        caller.pipeTo(backend);
    }

    public URI endpoint() {
        return URI.create("https://127.0.0.1:" + server.actualPort());
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
