package dis.checkpoint.http;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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

/** Against a server of the same kind as that of Quarkus, whose steps can be stopped between one and the next. */
class InProcessClientTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final EventLoopGroup eventLoop = new DefaultEventLoopGroup(1);
    private final VirtualAddress address = new VirtualAddress("in-process-client-test");
    private final List<Channel> connections = new CopyOnWriteArrayList<>();

    private final Queue<Object> messages = new Messages();

    /** Runs on the event loop, where it has seen no message, and before it notes that it waits for one. */
    private volatile Runnable betweenLookingAndWaiting = () -> {};

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
    void answersEachRequestOverOneConnection() {
        assertThat(exchange("201"), is(201));
        assertThat(exchange("404"), is(404));
        assertThat(connections.size(), is(1));
    }

    /** The moment at which a request of another thread gets lost, as {@link #quarkusLosesARequestOfAnotherThread} shows. */
    @Test
    void noRequestGetsLost() {
        CompletableFuture<Integer> answer = new CompletableFuture<>();
        once(() -> {
            answer.completeAsync(() -> exchange("202"));
            awaitTaskOrMessage();
        });
        assertThat(exchange("201"), is(201));
        assertThat(answer.join(), is(202));
    }

    /** Once this is skipped, Quarkus has mended it, and {@link InProcessClient} need not use the event loop any more. */
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
        assumeTrue(answers.number.get() == 0, "Quarkus no longer loses a request that another thread hands over");

        eventLoop.submit(() -> connection.sendMessage(message("204"))).sync();
        assertThat("it has waited in the queue", answers.number.get(), is(2));
    }

    @Test
    void aRequestThatIsNotAnsweredInTimeEndsItsConnection() {
        DisException refusal = assertThrows(
                DisException.class, () -> client.exchange(request("silence"), Deadline.in(Duration.ofMillis(1))));
        assertThat(refusal.error(), is(DisError.UNAVAILABLE));
        assertThat(refusal.headers().get("Retry-After"), is("1"));

        assertThat(exchange("204"), is(204));
        assertThat(connections.get(0).isOpen(), is(false));
        assertThat(connections.size(), is(2));
    }

    @Test
    void aConnectionThatTheServerClosesIsAnErrorAndTheNextRequestHasANewOne() {
        IllegalStateException error = assertThrows(IllegalStateException.class, () -> exchange("close"));
        assertThat(error.getCause().getMessage(), containsString("closed"));

        assertThat(exchange("204"), is(204));
    }

    @Test
    void aServerThatIsNotThereIsAnError() {
        InProcessClient nobody = new InProcessClient(eventLoop.next(), new VirtualAddress("nobody"));
        assertThrows(IllegalStateException.class, () -> nobody.exchange(request("hello"), Deadline.in(LONG)));
    }

    @Test
    void anInterruptEndsTheWaitAndStays() {
        Thread.currentThread().interrupt();
        assertThrows(DisException.class, () -> exchange("silence"));
        assertThat(Thread.interrupted(), is(true));
    }

    private int exchange(String body) {
        return client.exchange(request(body), Deadline.in(LONG));
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

    /** What a connection has received and not read. */
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

    /** Answers the status that the body of a request says, and a body in pieces; or does what the body says. */
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
