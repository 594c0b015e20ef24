package dis.checkpoint.support;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The Runtime API of AWS Lambda on loopback, for one function. Submitted events are the answers to the function's next polls, in
 * their order. Polls and answers can be made to fail.
 */
public final class RuntimeApi implements AutoCloseable {

    private static final String VERSION = "/2018-06-01/runtime/";
    private static final String INVOCATION = VERSION + "invocation/";
    private static final String NEXT = INVOCATION + "next";
    private static final String INIT_ERROR = VERSION + "init/error";

    /** The header with the X-Ray trace of an event. */
    public static final String TRACE_ID = "Lambda-Runtime-Trace-Id";

    private static final String TRACE = "Root=1-00000000-000000000000000000000000;Sampled=0";

    private static final String FUNCTION_ARN = "arn:aws:lambda:eu-central-1:000000000000:function:checkpoint-function";
    private static final Duration FUNCTION_TIMEOUT = Duration.ofSeconds(10);

    private final Vertx vertx = Vertx.vertx();

    /** The single thread on which everything below happens. */
    private final Context eventLoop = vertx.getOrCreateContext();

    private final HttpServer server;
    private final CompletableFuture<Long> firstPoll = new CompletableFuture<>();
    private final Queue<Invocation> waiting = new ArrayDeque<>();
    private final Map<String, Invocation> running = new HashMap<>();
    private final Queue<Fault> pollFaults = new ArrayDeque<>();
    private final Queue<Fault> postFaults = new ArrayDeque<>();
    private final AtomicInteger polls = new AtomicInteger();
    private HttpServerRequest poll;

    /** How the Runtime API fails. */
    public enum Fault {
        DROPPED_CONNECTION(0),
        NO_HTTP(0),
        WITHOUT_REQUEST_ID(200),
        NO_CONTENT(204),
        FORBIDDEN(403),
        SERVER_ERROR(500);

        private final int status;

        Fault(int status) {
            this.status = status;
        }

        private void answer(HttpServerRequest request) {
            switch (this) {
                case DROPPED_CONNECTION -> request.connection().close();
                case NO_HTTP -> {
                    Channel channel = ((ConnectionBase) request.connection()).channel();
                    // In front of the encoder of HTTP.
                    channel.pipeline()
                            .firstContext()
                            .writeAndFlush(Unpooled.copiedBuffer("garbage\r\n\r\n", StandardCharsets.US_ASCII))
                            .addListener(ChannelFutureListener.CLOSE);
                }
                default -> request.response().setStatusCode(status).end(status == 204 ? "" : "{}");
            }
        }
    }

    /**
     * The answer of the function.
     *
     * @param receivedAt when, in {@link System#nanoTime()}
     * @param took from the moment at which the event went out
     */
    public record Answer(String payload, long receivedAt, Duration took) {}

    private static final class Invocation {

        private final String id = UUID.randomUUID().toString();
        private final CompletableFuture<Answer> answer = new CompletableFuture<>();
        private final String event;
        private final Map<String, String> headers;
        private long sentAt;

        Invocation(String event, Map<String, String> headers) {
            this.event = event;
            this.headers = headers;
        }

        void finish(String outcome, String payload, long receivedAt) {
            if (outcome.equals("response")) {
                answer.complete(new Answer(payload, receivedAt, Duration.ofNanos(receivedAt - sentAt)));
            } else {
                answer.completeExceptionally(new IllegalStateException(payload));
            }
        }
    }

    /** Listens on any free port. */
    public RuntimeApi() {
        CompletableFuture<HttpServer> listening = new CompletableFuture<>();
        eventLoop.runOnContext(start -> vertx.createHttpServer(new HttpServerOptions().setTcpNoDelay(true))
                .requestHandler(this::handle)
                .listen(0, "127.0.0.1")
                .onSuccess(listening::complete)
                .onFailure(listening::completeExceptionally));
        server = listening.join();
    }

    /** The value of {@code AWS_LAMBDA_RUNTIME_API}. */
    public String endpoint() {
        return "127.0.0.1:" + server.actualPort();
    }

    /** When the function asked for its first event, in {@link System#nanoTime()}; fails if it cannot start. */
    public CompletableFuture<Long> firstPoll() {
        return firstPoll.copy();
    }

    /**
     * Gives the function an event.
     *
     * @return its answer; fails where it reports an error instead
     */
    public CompletableFuture<Answer> submit(String event) {
        return submit(event, Map.of(TRACE_ID, TRACE));
    }

    /** As {@link #submit(String)}, with headers beside the id, the function's ARN and the deadline, or in place of them. */
    public CompletableFuture<Answer> submit(String event, Map<String, String> headers) {
        Invocation invocation = new Invocation(event, headers);
        eventLoop.runOnContext(now -> {
            waiting.add(invocation);
            send();
        });
        return invocation.answer;
    }

    /** Makes the next polls fail. */
    public void failPolls(int number, Fault fault) {
        fail(pollFaults, number, fault);
    }

    /** Makes the next posts of answers and errors fail. */
    public void failPosts(int number, Fault fault) {
        fail(postFaults, number, fault);
    }

    private void fail(Queue<Fault> faults, int number, Fault fault) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        eventLoop.runOnContext(now -> {
            faults.addAll(Collections.nCopies(number, fault));
            done.complete(null);
        });
        done.join();
    }

    /** How many times the function has polled. */
    public int polls() {
        return polls.get();
    }

    private void handle(HttpServerRequest request) {
        String path = request.path();
        if (request.method() == HttpMethod.GET) {
            polls.incrementAndGet();
        }
        Queue<Fault> faults = request.method() == HttpMethod.GET ? pollFaults : postFaults;
        if (!faults.isEmpty()) {
            Fault fault = faults.remove();
            request.body().onComplete(read -> fault.answer(request));
        } else if (request.method() == HttpMethod.GET && path.equals(NEXT)) {
            firstPoll.complete(System.nanoTime());
            poll = request;
            request.connection().closeHandler(closed -> poll = poll == request ? null : poll);
            send();
        } else if (request.method() == HttpMethod.POST && path.equals(INIT_ERROR)) {
            request.body().onSuccess(error -> {
                accept(request);
                firstPoll.completeExceptionally(new IllegalStateException(error.toString()));
            });
        } else if (request.method() == HttpMethod.POST && path.startsWith(INVOCATION)) {
            String[] idAndOutcome = path.substring(INVOCATION.length()).split("/");
            Invocation invocation = running.remove(idAndOutcome[0]);
            request.body().onSuccess(payload -> {
                long receivedAt = System.nanoTime();
                accept(request);
                invocation.finish(idAndOutcome[1], payload.toString(), receivedAt);
            });
        } else {
            request.response().setStatusCode(404).end();
        }
    }

    private static void accept(HttpServerRequest request) {
        request.response()
                .setStatusCode(202)
                .putHeader("Content-Type", "application/json")
                .end("{\"status\":\"OK\"}");
    }

    private void send() {
        if (poll == null || waiting.isEmpty()) {
            return;
        }
        Invocation next = waiting.remove();
        running.put(next.id, next);
        next.sentAt = System.nanoTime();
        poll.response()
                .putHeader("Content-Type", "application/json")
                .putHeader("Lambda-Runtime-Aws-Request-Id", next.id)
                .putHeader("Lambda-Runtime-Invoked-Function-Arn", FUNCTION_ARN)
                .putHeader(
                        "Lambda-Runtime-Deadline-Ms",
                        Long.toString(System.currentTimeMillis() + FUNCTION_TIMEOUT.toMillis()));
        next.headers.forEach(poll.response()::putHeader);
        poll.response().end(next.event);
        poll = null;
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
