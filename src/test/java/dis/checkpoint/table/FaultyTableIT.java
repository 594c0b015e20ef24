package dis.checkpoint.table;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.oneOf;

import dis.checkpoint.domain.Checkpoint;
import dis.checkpoint.domain.CheckpointKey;
import dis.checkpoint.domain.Consumer;
import dis.checkpoint.domain.PartitionId;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import dis.checkpoint.request.Deadline;
import dis.checkpoint.support.Api;
import dis.checkpoint.support.CheckpointBuilder;
import dis.checkpoint.support.EmbeddedServices;
import dis.checkpoint.support.GrowthByTenth;
import dis.checkpoint.support.Soak;
import dis.checkpoint.support.TableProxy;
import dis.checkpoint.support.TableProxy.Fault;
import dis.checkpoint.table.CheckpointTable.Submitted;
import dis.checkpoint.table.FaultHistory.Answered;
import dis.checkpoint.table.FaultHistory.Kind;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.Select;

/** Acknowledged checkpoints are durable and never move back while the table, or the network to it, fails. */
@QuarkusTest
@WithTestResource(EmbeddedServices.class)
class FaultyTableIT {

    private static final int CALLERS_OF_AN_APP = 16;

    /** The calls for an app before its checkpoints are deleted. */
    private static final int CALLS_OF_AN_APP = 400;

    /** In bytes, after collections. */
    private static final long MAX_GROWTH = 64L << 20;

    private static final int CALLS = Soak.oneIn(1, 1_600);

    /** The apps that are called at the same time, so that the table is busy while the callers of one app wait. */
    private static final int APPS = Math.min(8, CALLS / CALLS_OF_AN_APP);

    /** More than one page of a query. The callers meet at the few busy ones. */
    private static final int PARTITIONS = 60;

    private static final int BUSY_PARTITIONS = 4;

    private static final Duration TIME = Duration.ofMillis(4_800);

    /** Called directly, because a function handles one event at a time, and many functions share a table. */
    @Inject
    CheckpointTable table;

    TableProxy proxy;
    DynamoDbClient dynamoDb;

    @AfterEach
    void endFaults() {
        proxy.recover();
    }

    /** One request in five fails; now and then many in a row do, as those of a service in trouble. */
    private static final class Faults implements Supplier<Fault> {

        /** All but those that last. */
        private static final List<Fault> SINGLE =
                List.copyOf(EnumSet.complementOf(EnumSet.of(Fault.NONE, Fault.MISSING_TABLE, Fault.HANG, Fault.DRIP)));

        private static final List<Fault> IN_BURSTS = List.of(Fault.SERVER_ERROR, Fault.THROTTLED);
        private static final int BURST = 20;

        private final Random random = new Random(Soak.SEED);
        private Fault burst = Fault.NONE;
        private int left;

        @Override
        public synchronized Fault get() {
            if (left > 0) {
                left--;
                return burst;
            }
            if (random.nextInt(200) == 0) {
                left = BURST;
                burst = IN_BURSTS.get(random.nextInt(IN_BURSTS.size()));
            }
            return random.nextInt(5) > 0 ? Fault.NONE : SINGLE.get(random.nextInt(SINGLE.size()));
        }
    }

    /** The answers and violations of all apps. */
    private static final class Seen {

        private final Map<Kind, LongAdder> answers = new EnumMap<>(Kind.class);
        private final LongAdder fenced = new LongAdder();
        private final LongAdder deletions = new LongAdder();
        private final Queue<String> violations = new ConcurrentLinkedQueue<>();
        private final GrowthByTenth tenths = new GrowthByTenth(CALLS, GrowthByTenth::heap);

        Seen() {
            for (Kind kind : Kind.values()) {
                answers.put(kind, new LongAdder());
            }
        }

        void add(FaultHistory history) {
            answers.forEach((kind, sum) -> sum.add(history.count(kind)));
            fenced.add(history.fenced());
            history.violations().stream()
                    .limit(1)
                    .map(first -> "after %d calls of its app %s".formatted(history.upTo(first.answer()), first))
                    .forEach(violations::add);
        }

        @Override
        public String toString() {
            return "answers %s, %d of the refusals for the generation; %d deletions of all partitions; apps with a violation %d"
                    .formatted(answers, fenced.sum(), deletions.sum(), violations.size());
        }
    }

    /** The history of an app is checked when its calls are over, and not kept, so that a soak needs no more memory. */
    @Test
    @Timeout(value = 6, unit = TimeUnit.HOURS)
    void acknowledgedCheckpointsNeverMoveBackWithoutDelete() throws Exception {
        Map<Fault, Integer> before = proxy.counts();
        Seen seen = new Seen();
        proxy.failWith(new Faults());
        inParallel(APPS, place -> {
            for (int from = 0; from < CALLS / APPS && seen.violations.isEmpty(); from += CALLS_OF_AN_APP) {
                callAndDelete(Math.min(CALLS_OF_AN_APP, CALLS / APPS - from), CALLS * place + from, seen);
            }
        });
        proxy.recover();
        Map<Fault, Integer> faults = new EnumMap<>(proxy.counts());
        faults.replaceAll((fault, count) -> count - before.getOrDefault(fault, 0));
        System.out.printf(
                "Faults between function and table: %d calls of %d callers, seed %d: %s; requests to the table %s%n",
                CALLS, APPS * CALLERS_OF_AN_APP, Soak.SEED, seen, faults);
        assertThat(seen.violations, is(empty()));
        System.out.println(seen.tenths.compare(MAX_GROWTH));
        for (Fault fault : Faults.SINGLE) {
            assertThat(fault.name(), faults.getOrDefault(fault, 0), is(greaterThan(0)));
        }
        seen.answers.forEach((kind, sum) -> assertThat(kind.name(), sum.sum(), is(greaterThan(0L))));
        assertThat(seen.fenced.sum(), is(greaterThan(0L)));
    }

    private void callAndDelete(int calls, long seed, Seen seen) throws Exception {
        Consumer consumer = Api.consumer(Api.newApp());
        FaultHistory history = new FaultHistory();
        List<AtomicLong> numbers =
                Stream.generate(AtomicLong::new).limit(PARTITIONS).toList();
        AtomicLong generation = new AtomicLong(1);
        inParallel(CALLERS_OF_AN_APP, caller -> {
            Random random = new Random(Soak.SEED + seed + caller);
            for (int call = caller; call < calls; call += CALLERS_OF_AN_APP) {
                long from = System.nanoTime();
                call(consumer, random, numbers, generation, history);
                seen.tenths.add(System.nanoTime() - from);
            }
        });
        for (int partition = 0; partition < PARTITIONS; partition++) {
            history.add(query(consumer.partition(new PartitionId(partition))));
        }
        seen.add(history);
        // A late write may store a checkpoint again after it was deleted.
        proxy.awaitLate(consumer.app().value());
        while (!isDeleted(consumer)) {
            seen.deletions.increment();
        }
        seen.deletions.increment();
        assertThat("left behind of " + consumer, stored(consumer), is(0));
        proxy.awaitLate(consumer.app().value());
        assertThat(
                "the first number after DELETE",
                submit(consumer.partition(new PartitionId(0)), checkpoint(0, "anew", 0L))
                        .kind(),
                is(oneOf(Kind.ACKNOWLEDGED, Kind.UNKNOWN)));
    }

    /** Mostly a higher number, sometimes a lower one, of this or the previous generation; now and then delivered twice. */
    private void call(
            Consumer consumer, Random random, List<AtomicLong> numbers, AtomicLong generations, FaultHistory history) {
        int partition = random.nextInt(random.nextInt(4) == 0 ? PARTITIONS : BUSY_PARTITIONS);
        CheckpointKey key = consumer.partition(new PartitionId(partition));
        if (random.nextInt(4) == 0) {
            history.add(query(key));
        } else {
            long number = Math.max(0, numbers.get(partition).addAndGet(random.nextInt(3)) - random.nextInt(4));
            if (random.nextInt(CALLS_OF_AN_APP / 8) == 0) {
                generations.incrementAndGet();
            }
            Long generation = switch (random.nextInt(16)) {
                case 0 -> Checkpoint.LEFT_GROUP;
                case 1, 2, 3 -> null;
                case 4 -> generations.get() - 1;
                default -> generations.get();
            };
            Checkpoint checkpoint = checkpoint(number, Integer.toString(random.nextInt()), generation);
            for (int delivery = random.nextInt(8) == 0 ? 2 : 1; delivery > 0; delivery--) {
                history.add(submit(key, checkpoint));
            }
        }
    }

    private static Checkpoint checkpoint(long number, String metadata, Long generation) {
        return CheckpointBuilder.checkpoint(number)
                .metadata(metadata)
                .generation(generation)
                .build();
    }

    private Answered submit(CheckpointKey key, Checkpoint checkpoint) {
        long from = System.nanoTime();
        Kind kind = Kind.UNKNOWN;
        Optional<Checkpoint> stored = Optional.empty();
        try {
            if (table.submit(key, checkpoint, Deadline.in(TIME)) instanceof Submitted.Outdated outdated) {
                kind = Kind.REFUSED;
                stored = Optional.of(outdated.stored());
            } else {
                kind = Kind.ACKNOWLEDGED;
                stored = Optional.of(checkpoint);
            }
        } catch (DisException e) {
            requireOutageOfTheTable(e);
        }
        return new Answered(kind, key.partition(), Optional.of(checkpoint), stored, from, System.nanoTime());
    }

    private Answered query(CheckpointKey key) {
        long from = System.nanoTime();
        Kind kind = Kind.UNKNOWN;
        Optional<Checkpoint> stored = Optional.empty();
        try {
            stored = table.find(key, Deadline.in(TIME));
            kind = Kind.FOUND;
        } catch (DisException e) {
            requireOutageOfTheTable(e);
        }
        return new Answered(kind, key.partition(), Optional.empty(), stored, from, System.nanoTime());
    }

    /** Deletes all partitions; after an outage the next call goes on where this one stopped. */
    private boolean isDeleted(Consumer consumer) {
        try {
            table.deleteAll(consumer, Deadline.in(TIME));
            return true;
        } catch (DisException e) {
            requireOutageOfTheTable(e);
            return false;
        }
    }

    private int stored(Consumer consumer) {
        String key = String.join(
                "/",
                consumer.project().value(),
                consumer.stream().value(),
                consumer.app().value());
        return dynamoDb.query(request -> request.tableName(EmbeddedServices.TABLE)
                        .select(Select.COUNT)
                        .keyConditionExpression(CheckpointTable.CONSUMER + " = :consumer")
                        .expressionAttributeValues(Map.of(":consumer", AttributeValue.fromS(key))))
                .count();
    }

    private static void requireOutageOfTheTable(DisException outage) {
        assertThat(outage.error(), is(oneOf(DisError.TRAFFIC_LIMIT, DisError.UNAVAILABLE)));
        assertThat(outage.diagnosis().orElseThrow(), containsString("table"));
    }

    private interface Caller {
        void call(int number) throws Exception;
    }

    private static void inParallel(int callers, Caller caller) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(callers);
        try {
            List<Callable<Void>> all = new ArrayList<>();
            for (int number = 0; number < callers; number++) {
                int its = number;
                all.add(() -> {
                    caller.call(its);
                    return null;
                });
            }
            for (Future<Void> future : executor.invokeAll(all)) {
                future.get();
            }
        } finally {
            executor.shutdownNow();
        }
    }
}
