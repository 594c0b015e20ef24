package dis.checkpoint.lambda;

import dis.checkpoint.domain.Deadline;
import dis.checkpoint.error.DisError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.quarkus.netty.runtime.virtual.VirtualAddress;
import io.quarkus.netty.runtime.virtual.VirtualClientConnection;
import io.quarkus.netty.runtime.virtual.VirtualResponseHandler;
import io.quarkus.vertx.http.runtime.VertxHttpRecorder;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The HTTP server of the function. It is in the same process, and no network leads to it.
 *
 * <p>One connection is kept from request to request. Only the server's own event loop uses it: a request that another thread
 * hands over can get lost ({@code src/docs/decisions/lost-request.md}).
 */
@Singleton
class HttpServer {

    private final EventLoop eventLoop;
    private final VirtualAddress address;

    /** {@code null} before the first request. */
    private Connection connection;

    @Inject
    HttpServer(Vertx vertx) {
        // There is one (quarkus.vertx.event-loops-pool-size), so that it is the server's.
        this(((VertxInternal) vertx).getEventLoopGroup().next(), VertxHttpRecorder.VIRTUAL_HTTP);
    }

    HttpServer(EventLoop eventLoop, VirtualAddress address) {
        this.eventLoop = eventLoop;
        this.address = address;
    }

    /**
     * What the server answers.
     *
     * @param body empty where there is none
     */
    record Response(int status, String body) {}

    /**
     * Sends a request and waits for the answer.
     *
     * @throws dis.checkpoint.error.DisException {@link DisError#UNAVAILABLE} if there is none by the deadline
     */
    Response exchange(FullHttpRequest request, Deadline deadline) {
        CompletableFuture<Response> response = new CompletableFuture<>();
        eventLoop.execute(() -> send(request, response));
        try {
            return response.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // A late answer is nobody's.
            eventLoop.execute(() -> connection.server.close());
            throw DisError.UNAVAILABLE.tryAgainLater("The HTTP server did not answer in time", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("The HTTP server did not answer", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw DisError.UNAVAILABLE.tryAgainLater("The function was stopped", e);
        }
    }

    private void send(FullHttpRequest request, CompletableFuture<Response> response) {
        try {
            if (connection == null || !connection.server.isConnected()) {
                connection = new Connection(address);
            }
            connection.send(request, response);
        } catch (RuntimeException e) {
            response.completeExceptionally(e);
        }
    }

    /** Puts together what the server writes, in pieces and in the order of the requests. */
    private static final class Connection implements VirtualResponseHandler {

        private final VirtualClientConnection<?> server;
        private final ByteBuf body = Unpooled.buffer();
        private final Queue<CompletableFuture<Response>> waiting = new ArrayDeque<>();
        private int status;

        Connection(VirtualAddress address) {
            server = VirtualClientConnection.connect(this, address);
        }

        /** As the decoder of a network connection would hand the request on: its head, and then its body. */
        void send(FullHttpRequest request, CompletableFuture<Response> response) {
            waiting.add(response);
            server.sendMessage(request);
            server.sendMessage(new DefaultLastHttpContent(request.content()));
        }

        @Override
        public void handleMessage(Object message) {
            if (message instanceof HttpResponse head) {
                status = head.status().code();
                body.clear();
            }
            if (message instanceof HttpContent content) {
                body.writeBytes(content.content());
            }
            if (message instanceof LastHttpContent) {
                waiting.remove().complete(new Response(status, body.toString(StandardCharsets.UTF_8)));
            }
            ReferenceCountUtil.release(message);
        }

        /** Tells that the connection is closed. */
        @Override
        public void close() {
            waiting.forEach(response ->
                    response.completeExceptionally(new IllegalStateException("The connection to it was closed")));
        }
    }
}
