package dis.checkpoint.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dis.checkpoint.dev.FakeKeystone;
import dis.checkpoint.domain.AppName;
import dis.checkpoint.domain.Consumer;
import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.domain.StreamName;
import dis.checkpoint.model.Checkpoints.Answer;
import dis.checkpoint.model.Checkpoints.Call;
import dis.checkpoint.model.Checkpoints.CallInPlace;
import dis.checkpoint.model.Checkpoints.Delete;
import dis.checkpoint.model.Checkpoints.DeleteAll;
import dis.checkpoint.model.Checkpoints.Query;
import dis.checkpoint.model.Checkpoints.Submit;
import dis.checkpoint.model.Checkpoints.Unavailable;
import dis.checkpoint.table.CheckpointTable;
import jakarta.enterprise.inject.spi.CDI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;

/**
 * What holds for any calls; run by {@link CheckpointModelIT}. Each try begins with nothing stored for the consumers of its
 * property, which are those of no other: jqwik may still be shrinking the sample of one when it begins with the next. A try
 * with an outage in it says nothing, and is rejected; jqwik fails the property where too many are.
 */
class CheckpointProperties {

    private static final String PROJECT = FakeKeystone.PROJECTS.get(0);
    private static final String OTHER_PROJECT = FakeKeystone.PROJECTS.get(1);

    /** Of look-alikes: joined in one way or another, read without case or cut short, several of them are the same. */
    private static final List<Consumer> CONSUMERS = List.of(
            consumer(PROJECT, "model", "app"),
            consumer(OTHER_PROJECT, "model", "app"),
            consumer(PROJECT, "model-app", "app"),
            consumer(PROJECT, "model", "app-app"),
            consumer(PROJECT, "app-model", "app"),
            consumer(PROJECT, "Model", "app"),
            consumer(PROJECT, "app", "model"));

    private static final Consumer OVER_HTTP = consumer(PROJECT, "concurrent-model", "http");
    private static final Consumer OF_THE_TABLE = consumer(PROJECT, "concurrent-model", "table");

    /** A call that takes longer may have reached the table more than once: what the SDK gives up on, it sends again. */
    private static final Duration SENT_ONCE = Duration.ofSeconds(1);

    private static final List<String> PARTITIONS = List.of("0", "1", "10", "1000000000");
    private static final List<String> ALIASES =
            List.of("shardId-0000000000", "shardId-0000000001", "shardId-0000000010", "shardId-1000000000");

    @Property(tries = 40, edgeCases = EdgeCasesMode.NONE)
    void answersEqualTheModel(@ForAll("calls") List<Call> calls) {
        Checkpoints function = new HttpCheckpoints();
        Checkpoints model = new ReferenceModel();
        clear(function, CONSUMERS);
        for (int i = 0; i < calls.size(); i++) {
            Call call = calls.get(i);
            assertEquals(call.on(model), answer(call, function), "call %d, %s".formatted(i + 1, call));
        }
        for (Consumer consumer : CONSUMERS) {
            for (String partition : PARTITIONS) {
                Query query = new Query(consumer, partition);
                assertEquals(query.on(model), answer(query, function), "in the end, " + query);
            }
        }
    }

    /** A race that was lost once need not be lost again, so that there is nothing to shrink. */
    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    void concurrentTableCallsAreLinearizable(@ForAll("callersOfTheTable") List<List<Call>> callers) throws Exception {
        CheckpointTable table = CDI.current().select(CheckpointTable.class).get();
        seeOneOrder(new TableCheckpoints(table), OF_THE_TABLE, callers);
    }

    /** Lambda gives a function one event at a time, and so does what stands for it here: the calls wait for each other. */
    @Property(tries = 15, shrinking = ShrinkingMode.OFF)
    void concurrentHttpCallsAreLinearizable(@ForAll("callersOverHttp") List<List<Call>> callers) throws Exception {
        seeOneOrder(new HttpCheckpoints(), OVER_HTTP, callers);
    }

    /** Unless there is an outage. */
    private static Answer answer(Call call, Checkpoints function) {
        Answer answer = call.on(function);
        Assume.that(!(answer instanceof Unavailable));
        return answer;
    }

    private static void seeOneOrder(Checkpoints checkpoints, Consumer consumer, List<List<Call>> callers)
            throws Exception {
        clear(checkpoints, List.of(consumer));
        History history = new History();
        CountDownLatch start = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(callers.size());
        try {
            List<Future<?>> running = new ArrayList<>();
            for (List<Call> calls : callers) {
                running.add(threads.submit(() -> {
                    start.await();
                    calls.forEach(call -> record(history, call, checkpoints));
                    return null;
                }));
            }
            start.countDown();
            for (Future<?> caller : running) {
                caller.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        PARTITIONS.forEach(partition -> record(history, new Query(consumer, partition), checkpoints));
        Assume.that(!history.hasOutage() && history.slowest().compareTo(SENT_ONCE) < 0);
        history.check();
    }

    private static void record(History history, Call call, Checkpoints checkpoints) {
        long made = System.nanoTime();
        Answer answer = call.on(checkpoints);
        long at = System.nanoTime();
        inPlaces(call).forEach(part -> history.add(part, answer, made, at));
    }

    /** A DELETE without a partition promises nothing about the order in which it gets to them. */
    private static Stream<CallInPlace> inPlaces(Call call) {
        return call instanceof CallInPlace inPlace
                ? Stream.of(inPlace)
                : PARTITIONS.stream().map(partition -> new Delete(call.consumer(), partition));
    }

    private static void clear(Checkpoints checkpoints, List<Consumer> consumers) {
        consumers.forEach(consumer -> answer(new DeleteAll(consumer), checkpoints));
    }

    private static Consumer consumer(String project, String stream, String app) {
        return new Consumer(new ProjectId(project), new StreamName(stream), new AppName(app));
    }

    /** Half of the calls are for one consumer, and all numbers are near each other: so they meet. */
    @Provide
    Arbitrary<List<Call>> calls() {
        Arbitrary<Consumer> consumers =
                Arbitraries.oneOf(Arbitraries.just(CONSUMERS.get(0)), Arbitraries.of(CONSUMERS));
        return calls(consumers, PARTITIONS.size())
                .list()
                .ofMinSize(1)
                .ofMaxSize(120)
                .withSizeDistribution(RandomDistribution.uniform());
    }

    @Provide
    Arbitrary<List<List<Call>>> callersOfTheTable() {
        return callers(OF_THE_TABLE);
    }

    @Provide
    Arbitrary<List<List<Call>>> callersOverHttp() {
        return callers(OVER_HTTP);
    }

    /** All for two partitions of one consumer. */
    private static Arbitrary<List<List<Call>>> callers(Consumer consumer) {
        Arbitrary<List<Call>> caller =
                calls(Arbitraries.just(consumer), 2).list().ofMinSize(1).ofMaxSize(3);
        return caller.list().ofMinSize(2).ofMaxSize(16);
    }

    private static Arbitrary<Call> calls(Arbitrary<Consumer> consumers, int partitions) {
        Arbitrary<String> partition = Arbitraries.oneOf(
                Arbitraries.of(PARTITIONS.subList(0, partitions)), Arbitraries.of(ALIASES.subList(0, partitions)));
        Arbitrary<Long> numbers = Arbitraries.frequencyOf(
                Tuple.of(9, Arbitraries.longs().between(0, 12)),
                Tuple.of(1, Arbitraries.of(1L << 53, (1L << 53) + 1, Long.MAX_VALUE - 1, Long.MAX_VALUE)));
        Arbitrary<Call> submit = Combinators.combine(
                        consumers,
                        partition,
                        numbers,
                        Arbitraries.of("", "a", "b", "\u00df \ud83d\ude00"),
                        numbers.optional(),
                        Arbitraries.of("client-1", "client-2").optional())
                .as(Submit::new);
        return Arbitraries.frequencyOf(
                Tuple.of(12, submit),
                Tuple.of(4, Combinators.combine(consumers, partition).as(Query::new)),
                Tuple.of(1, Combinators.combine(consumers, partition).as(Delete::new)),
                Tuple.of(1, consumers.map(DeleteAll::new)));
    }
}
