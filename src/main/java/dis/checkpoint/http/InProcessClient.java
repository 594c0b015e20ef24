package dis.checkpoint.http;

import dis.checkpoint.error.DisError;
import dis.checkpoint.request.Deadline;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpRequest;
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
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The client of the HTTP server in the same process: no network leads to it.
 *
 * <p>One connection is kept from request to request. Only the server's own event loop uses it: a request that another thread
 * hands over can get lost ({@code src/docs/decisions/lost-request.md}).
 */
@Singleton
public class InProcessClient {

    private final EventLoop eventLoop;
    private final VirtualAddress address;

    /** {@code null} before the first request. */
    private Connection connection;

    @Inject
    InProcessClient(Vertx vertx) {
        // There is one (quarkus.vertx.event-loops-pool-size), so that it is the server's.
        this(((VertxInternal) vertx).getEventLoopGroup().next(), VertxHttpRecorder.VIRTUAL_HTTP);
    }

    InProcessClient(EventLoop eventLoop, VirtualAddress address) {
        this.eventLoop = eventLoop;
        this.address = address;
    }

    /**
     * Sends a request and waits for the end of the answer.
     *
     * @return its status
     * @throws dis.checkpoint.error.DisException {@link DisError#UNAVAILABLE} if there is none by the deadline
     */
    public int exchange(FullHttpRequest request, Deadline deadline) {
        CompletableFuture<Integer> status = new CompletableFuture<>();
        eventLoop.execute(() -> send(request, status));
        try {
            return status.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // What may still come would be taken for the answer to the next request.
            eventLoop.execute(() -> connection.channel.close());
            throw DisError.UNAVAILABLE.tryAgainLater("The HTTP server did not answer in time", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("The HTTP server did not answer", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw DisError.UNAVAILABLE.tryAgainLater("The function was stopped", e);
        }
    }

    private void send(FullHttpRequest request, CompletableFuture<Integer> status) {
        try {
            if (connection == null || !connection.channel.isConnected()) {
                connection = new Connection(address);
            }
            connection.send(request, status);
        } catch (RuntimeException e) {
            status.completeExceptionally(e);
        }
    }

    /** Takes what the server writes, in pieces and in the order of the requests. */
    private static final class Connection implements VirtualResponseHandler {

        private final VirtualClientConnection<?> channel;
        private final Queue<CompletableFuture<Integer>> waiting = new ArrayDeque<>();
        private int status;

        Connection(VirtualAddress address) {
            channel = VirtualClientConnection.connect(this, address);
        }

        /** As the decoder of a network connection would hand the request on: its head, and then its body. */
        void send(FullHttpRequest request, CompletableFuture<Integer> answered) {
            waiting.add(answered);
            channel.sendMessage(request);
            channel.sendMessage(new DefaultLastHttpContent(request.content()));
        }

        @Override
        public void handleMessage(Object message) {
            if (message instanceof HttpResponse head) {
                status = head.status().code();
            }
            if (message instanceof LastHttpContent) {
                waiting.remove().complete(status);
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
