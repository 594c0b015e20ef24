package dis.checkpoint.table;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
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
import dis.checkpoint.support.CapturedLog;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.Select;

/** What is promised of checkpoints while the table, or the network to it, fails. */
@QuarkusTest
@WithTestResource(EmbeddedServices.class)
class FaultyTableIT {

    private static final int CALLERS_OF_AN_APP = 16;

    /** Until its checkpoints are deleted. */
    private static final int CALLS_OF_AN_APP = 400;

    private static final int CALLS = Soak.oneIn(1, 1_600);

    /** At the same time, so that the table has to do while the callers of one wait. */
    private static final int APPS = Math.min(8, CALLS / CALLS_OF_AN_APP);

    /** More than one page of a query, of which few are where the callers meet. */
    private static final int PARTITIONS = 60;

    private static final int BUSY_PARTITIONS = 4;

    /** After many failures the SDK no longer retries; so many successes are enough for the retries of one test. */
    private static final int CALLS_FOR_RETRIES = 60;

    private static final Duration TIME = Duration.ofMillis(4_800);

    /** In itself, because a function handles one event at a time and many functions share a table. */
    @Inject
    CheckpointTable table;

    TableProxy proxy;
    DynamoDbClient dynamoDb;

    @AfterEach
    void endFaults() {
        proxy.recover();
    }

    /** Some for one request, those of a service that is in trouble for many in a row. */
    private static final class Faults implements Supplier<Fault> {

        private static final List<Fault> SINGLE = List.of(
                Fault.RESET_BEFORE_APPLIED,
                Fault.RESET_AFTER_APPLIED,
                Fault.TORN_ANSWER,
                Fault.ANSWERED_LATE,
                Fault.APPLIED_LATE,
                Fault.SERVER_ERROR,
                Fault.THROTTLED,
                Fault.CONFLICT,
                Fault.UNPROCESSED,
                Fault.REFUSED_WITHOUT_ITEM,
                Fault.REFUSED_WITH_KEY_ALONE,
                Fault.CUT_SHORT,
                Fault.EMPTIED,
                Fault.FOREIGN_EMPTY_OBJECT,
                Fault.FOREIGN_EMPTY_BODY,
                Fault.FOREIGN_NO_CONTENT,
                Fault.FOREIGN_HTML,
                Fault.FOREIGN_REFUSAL);
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

    /** What was seen of all apps. */
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
            return "answers %s, %d of the refusals for the generation; %d deletions of all partitions; apps with a violation %d; %s"
                    .formatted(answers, fenced.sum(), deletions.sum(), violations.size(), tenths);
        }
    }

    /** One app after the other in each of a few places: what is known of it is checked when it is over, and not kept. */
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
        // What comes to the table late may lie there again, or be gone again.
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

    /** Mostly a little further each time, sometimes back, of this or the last generation, and now and then the same event twice. */
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
            isForLater(e);
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
            isForLater(e);
        }
        return new Answered(kind, key.partition(), Optional.empty(), stored, from, System.nanoTime());
    }

    /** Goes on where the last one stopped. */
    private boolean isDeleted(Consumer consumer) {
        try {
            table.deleteAll(consumer, Deadline.in(TIME));
            return true;
        } catch (DisException e) {
            isForLater(e);
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

    private static void isForLater(DisException outage) {
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

    @ParameterizedTest
    @EnumSource(
            names = {
                "RESET_BEFORE_APPLIED",
                "RESET_AFTER_APPLIED",
                "ANSWERED_LATE",
                "APPLIED_LATE",
                "SERVER_ERROR",
                "THROTTLED",
                "CONFLICT"
            })
    void oneFaultIsRepairedByARetry(Fault fault) {
        String app = Api.newApp();
        for (int call = 0; call < CALLS_FOR_RETRIES; call++) {
            Api.get(Api.query(app, "0")).then().statusCode(200);
        }
        failOnce(fault);
        Api.post(Api.submission(app, "2")).then().statusCode(201);
        failOnce(fault);
        assertThat(Api.storedSequenceNumber(app), is("2"));
    }

    /** Throttled, and so told to come back later as one who is. */
    @Test
    void unprocessedDeletionsAreAnswered429() {
        String app = Api.newApp();
        Consumer consumer = Api.consumer(app);
        Api.post(Api.submission(app, "5")).then().statusCode(201);
        Map<String, Object> all = Api.queryAll(app);
        int before = proxy.requests();
        proxy.failWith(() -> proxy.requests() == before ? Fault.NONE : Fault.UNPROCESSED);
        Api.isError(Api.delete(all), 429, "DIS.4303", "Exceeded traffic control limit.")
                .header("Retry-After", is("1"));
        proxy.recover();
        assertThat(stored(consumer), is(1));
        Api.delete(all).then().statusCode(204);
        assertThat(stored(consumer), is(0));
    }

    @Test
    void deleteAllRemovesAThousandPartitionsOfOneAppOnly() {
        String app = Api.newApp();
        String neighbour = app + "-0";
        Consumer consumer = Api.consumer(app);
        Checkpoint checkpoint = CheckpointBuilder.checkpoint(1).build();
        for (int partition = 0; partition < 1_000; partition++) {
            table.submit(consumer.partition(new PartitionId(partition)), checkpoint, Deadline.in(TIME));
        }
        Api.post(Api.submission(neighbour, "1")).then().statusCode(201);
        assertThat(stored(consumer), is(1_000));
        Map<String, Object> all = Api.queryAll(app);
        int status = 503;
        for (int call = 0; call < 10 && status == 503; call++) { // A repeated call goes on where the last one stopped.
            status = Api.delete(all).statusCode();
        }
        assertThat(status, is(204));
        assertThat(stored(consumer), is(0));
        assertThat(Api.storedSequenceNumber(neighbour), is("1"));
    }

    private void failOnce(Fault fault) {
        int requests = proxy.requests();
        proxy.failWith(() -> proxy.requests() == requests ? fault : Fault.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "THROTTLED, 429, DIS.4303, Exceeded traffic control limit.",
        "CONFLICT, 429, DIS.4303, Exceeded traffic control limit.",
        "RESET_BEFORE_APPLIED, 503, DIS.5000, System error.",
        "RESET_AFTER_APPLIED, 503, DIS.5000, System error.",
        "TORN_ANSWER, 503, DIS.5000, System error.",
        "SERVER_ERROR, 503, DIS.5000, System error.",
        "MISSING_TABLE, 503, DIS.5000, System error."
    })
    void lastingFaultIsAnsweredWithItsError(Fault fault, int status, String code, String title) {
        String app = Api.newApp();
        try (CapturedLog log = new CapturedLog()) {
            proxy.failWith(() -> fault);
            Api.isError(Api.post(Api.submission(app, "2")), status, code, title).header("Retry-After", is("1"));
            Api.isError(Api.get(Api.query(app, "0")), status, code, title).header("Retry-After", is("1"));
            Api.isError(Api.delete(Api.query(app, "0")), status, code, title).header("Retry-After", is("1"));
            assertThat(log.messages(), hasItem(containsString("table")));
        }
        proxy.recover();
        Api.post(Api.submission(app, "2")).then().statusCode(201);
    }
}
