package dis.checkpoint.http;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.sameInstance;

import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import dis.checkpoint.request.Deadline;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.DefaultEventLoopGroup;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.quarkus.netty.runtime.virtual.VirtualAddress;
import io.quarkus.netty.runtime.virtual.VirtualChannel;
import io.quarkus.netty.runtime.virtual.VirtualClientConnection;
import io.quarkus.netty.runtime.virtual.VirtualResponseHandler;
import io.quarkus.netty.runtime.virtual.VirtualServerChannel;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a server of the same kind as that of Quarkus, which can be stopped between two steps. */
class InProcessClientTest {

    private static final ProjectId PROJECT = new ProjectId("project-1");
    private static final Duration LONG = Duration.ofSeconds(20);

    private final EventLoopGroup eventLoop = new DefaultEventLoopGroup(1);
    private final VirtualAddress address = new VirtualAddress("in-process-client-test");
    private final List<Channel> connections = new CopyOnWriteArrayList<>();

    private final Queue<Object> messages = new Messages();

    /** Runs on the event loop after it saw an empty queue and before it notes that it waits for a message. */
    private volatile Runnable betweenLookingAndWaiting = () -> {};

    private final Call call = new Call(PROJECT, Deadline.in(LONG));

    private InProcessClient client;

    @BeforeEach
    void start() throws InterruptedException {
        new ServerBootstrap()
                .group(eventLoop)
                .channel(VirtualServerChannel.class)
                .childHandler(new ChannelInitializer<VirtualChannel>() {
                    @Override
                    protected void initChannel(VirtualChannel channel) throws ReflectiveOperationException {
                        connections.add(channel);
                        Field buffer = VirtualChannel.class.getDeclaredField("inboundBuffer");
                        buffer.setAccessible(true);
                        buffer.set(channel, messages);
                        channel.pipeline().addLast(new Echo());
                    }
                })
                .bind(address)
                .sync();
        client = new InProcessClient(eventLoop.next(), address);
    }

    @AfterEach
    void stop() throws InterruptedException {
        eventLoop.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
    }

    @Test
    void requestsAreAnsweredOverOneConnection() {
        assertThat(statusOf("404"), is(404));
        assertThat(statusOf("405"), is(405));
        assertThat(connections.size(), is(1));
    }

    /** The moment at which a request of another thread gets lost: see {@link #quarkusLosesARequestOfAnotherThread}. */
    @Test
    void requestIsAnsweredThatArrivesWhileTheServerStartsToWait() {
        CompletableFuture<Integer> answer = new CompletableFuture<>();
        once(() -> {
            answer.completeAsync(() -> statusOf("405"));
            awaitTaskOrMessage();
        });
        assertThat(statusOf("404"), is(404));
        assertThat(answer.join(), is(405));
    }

    @Test
    void quarkusLosesARequestOfAnotherThread() throws Exception {
        Answers answers = new Answers();
        CountDownLatch looked = new CountDownLatch(1);
        CountDownLatch sent = new CountDownLatch(1);
        once(() -> {
            looked.countDown();
            await(sent);
        });
        VirtualClientConnection<?> connection = VirtualClientConnection.connect(answers, address);
        await(looked);
        connection.sendMessage(message("201"));
        sent.countDown();
        eventLoop.submit(() -> {}).sync();
        assertThat(
                "Quarkus now reads a request that another thread sends: InProcessClient no longer needs the event loop"
                        + " (src/docs/decisions/lost-request.md)",
                answers.number.get(),
                is(0));

        eventLoop.submit(() -> connection.sendMessage(message("204"))).sync();
        assertThat("both requests are answered once the queue is read", answers.number.get(), is(2));
    }

    @Test
    void requestWithoutAnAnswerInTimeIsUnavailableAndClosesItsConnection() {
        DisException late = failure(client.exchange(request("silence"), call, Deadline.in(Duration.ofMillis(1))));
        assertThat(late.error(), is(DisError.UNAVAILABLE));
        assertThat(late.headers().get("Retry-After"), is("1"));

        assertThat(statusOf("404"), is(404));
        assertThat(connections.get(0).isOpen(), is(false));
        assertThat(connections.size(), is(2));
    }

    @Test
    void connectionThatTheServerClosesIsABugAndTheNextRequestOpensANewOne() {
        DisException closed = failure(exchange("close"));
        assertThat(closed.error(), is(DisError.BUG));
        assertThat(closed.diagnosis().orElseThrow(), containsString("The connection to it was closed"));

        assertThat(statusOf("404"), is(404));
    }

    @Test
    void missingServerIsABug() {
        client = new InProcessClient(eventLoop.next(), new VirtualAddress("nobody"));
        assertThat(statusOf("404"), is(500));
    }

    @Test
    void eventLoopThatTakesNoTaskIsABug() throws InterruptedException {
        eventLoop.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
        assertThat(statusOf("404"), is(500));
    }

    @Test
    void interruptEndsTheWaitAndIsKept() {
        Thread.currentThread().interrupt();
        assertThat(statusOf("silence"), is(503));
        assertThat(Thread.interrupted(), is(true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"500", "close", "silence"})
    void firstOutcomeOfTheCallCountsHoweverTheExchangeEnds(String end) {
        Outcome first = Outcome.of(DisError.ILLEGAL_GENERATION.because("the first outcome"));
        call.end(first);
        assertThat(client.exchange(request(end), call, Deadline.in(Duration.ofSeconds(1))), sameInstance(first));
    }

    private Outcome exchange(String body) {
        return client.exchange(request(body), new Call(PROJECT, Deadline.in(LONG)), Deadline.in(LONG));
    }

    private int statusOf(String body) {
        return exchange(body).status();
    }

    private static DisException failure(Outcome outcome) {
        assertThat(outcome, instanceOf(Outcome.Failed.class));
        return ((Outcome.Failed) outcome).error();
    }

    private static LastHttpContent message(String body) {
        return new DefaultLastHttpContent(Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
    }

    private static FullHttpRequest request(String body) {
        return new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1, HttpMethod.POST, "/", Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
    }

    private void once(Runnable action) {
        betweenLookingAndWaiting = () -> {
            betweenLookingAndWaiting = () -> {};
            action.run();
        };
    }

    private void awaitTaskOrMessage() {
        SingleThreadEventExecutor loop = (SingleThreadEventExecutor) eventLoop.next();
        long end = System.nanoTime() + LONG.toNanos();
        while (loop.pendingTasks() == 0 && messages.peek() == null && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(LONG.toSeconds(), TimeUnit.SECONDS), is(true));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The queue of messages that a connection has received and not yet read. */
    private final class Messages extends ConcurrentLinkedQueue<Object> {

        private static final long serialVersionUID = 1;

        @Override
        public boolean isEmpty() {
            boolean empty = super.isEmpty();
            if (empty && eventLoop.next().inEventLoop()) {
                betweenLookingAndWaiting.run();
            }
            return empty;
        }
    }

    /** Answers with the status that the body of a request names, in pieces, or closes the connection, or stays silent. */
    private static final class Echo extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext connection, Object message) {
            if (message instanceof LastHttpContent end && !(message instanceof HttpRequest)) {
                String body = end.content().toString(StandardCharsets.UTF_8);
                switch (body) {
                    case "silence" -> {}
                    case "close" -> connection.close();
                    default -> {
                        connection.write(new DefaultHttpResponse(
                                HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(Integer.parseInt(body))));
                        for (byte piece : body.getBytes(StandardCharsets.UTF_8)) {
                            connection.write(new DefaultHttpContent(Unpooled.wrappedBuffer(new byte[] {piece})));
                        }
                        connection.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
                    }
                }
            }
        }
    }

    private static final class Answers implements VirtualResponseHandler {

        private final AtomicInteger number = new AtomicInteger();

        @Override
        public void handleMessage(Object message) {
            if (message instanceof LastHttpContent) {
                number.incrementAndGet();
            }
        }

        @Override
        public void close() {}
    }
}
