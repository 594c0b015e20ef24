package dis.checkpoint.http;

import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
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
     * @return the outcome of the call. However the exchange ends, an outcome that the call already has counts: a checkpoint
     *     that was stored is stored, even where the server fails afterwards.
     */
    public Outcome exchange(FullHttpRequest request, Call call, Deadline deadline) {
        try {
            int status = status(request, deadline);
            return call.outcome().orElseGet(() -> call.end(Outcome.of(ErrorMapper.ofStatus(status))));
        } catch (DisException error) {
            return call.end(Outcome.of(error));
        } catch (RuntimeException bug) {
            return call.end(Outcome.of(DisError.bug(bug)));
        }
    }

    private int status(FullHttpRequest request, Deadline deadline) {
        CompletableFuture<Integer> status = new CompletableFuture<>();
        eventLoop.execute(() -> send(request, status));
        try {
            return status.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // A late answer would be taken for the answer to the next request.
            eventLoop.execute(this::disconnect);
            throw DisError.UNAVAILABLE.tryAgainLater("The HTTP server did not answer in time", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("The HTTP server did not answer", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw DisError.UNAVAILABLE.tryAgainLater("The function was stopped", e);
        }
    }

    private void disconnect() {
        if (connection != null) {
            connection.channel.close();
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

        /** Sends the head and then the body, as the decoder of a network connection hands a request on. */
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
