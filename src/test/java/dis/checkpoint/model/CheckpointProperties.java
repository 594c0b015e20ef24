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
import dis.checkpoint.model.Checkpoints.ListAll;
import dis.checkpoint.model.Checkpoints.Listed;
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
 * Properties that hold for any calls; run by {@link CheckpointModelIT}. Each try begins with nothing stored for the consumers of
 * its property. No two properties share a consumer, because jqwik may still be shrinking a sample of one when it begins with the
 * next. A try with an outage proves nothing and is rejected; jqwik fails a property with too many of them.
 */
class CheckpointProperties {

    private static final String PROJECT = FakeKeystone.PROJECTS.get(0);
    private static final String OTHER_PROJECT = FakeKeystone.PROJECTS.get(1);

    /** Consumers that a wrong key would confuse: joined without a separator, compared without case or cut short. */
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

    /** A call that takes longer may have reached the table twice, because the SDK repeats a request after its timeout. */
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
            ListAll list = new ListAll(consumer, 2);
            Answer listed = answer(list, function);
            assertEquals(list.on(model), listed, "in the end, " + list);
            for (String partition : PARTITIONS) {
                Query query = new Query(consumer, partition);
                assertEquals(query.on(model), answer(query, function), "in the end, " + query);
                assertEquals(((Listed) listed).of(partition), answer(query, function), "list and query of " + query);
            }
        }
    }

    /** Without shrinking, because a race that failed once may pass the next time. */
    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    void concurrentTableCallsAreLinearizable(@ForAll("callersOfTheTable") List<List<Call>> callers) throws Exception {
        CheckpointTable table = CDI.current().select(CheckpointTable.class).get();
        seeOneOrder(new TableCheckpoints(table), OF_THE_TABLE, callers);
    }

    /** Lambda gives a function one event at a time, and so does the mock event server: the calls wait for each other. */
    @Property(tries = 15, shrinking = ShrinkingMode.OFF)
    void concurrentHttpCallsAreLinearizable(@ForAll("callersOverHttp") List<List<Call>> callers) throws Exception {
        seeOneOrder(new HttpCheckpoints(), OVER_HTTP, callers);
    }

    /** The answer to the call. Rejects the try where there is an outage. */
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
        if (answer instanceof Listed listed) {
            PARTITIONS.forEach(
                    partition -> history.add(new Query(call.consumer(), partition), listed.of(partition), made, at));
        } else {
            inPlaces(call).forEach(part -> history.add(part, answer, made, at));
        }
    }

    /** DELETE of all partitions deletes them in any order, so that it counts as one deletion for each. */
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

    /** Half of the calls are for one consumer, and all numbers are close, so that the calls conflict often. */
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

    /** Callers that share two partitions of one consumer. */
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
                Tuple.of(
                        2,
                        Combinators.combine(consumers, Arbitraries.integers().between(1, 5))
                                .as(ListAll::new)),
                Tuple.of(1, Combinators.combine(consumers, partition).as(Delete::new)),
                Tuple.of(1, consumers.map(DeleteAll::new)));
    }
}
