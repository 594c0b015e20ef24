package dis.checkpoint.table;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.oneOf;

import dis.checkpoint.domain.AppName;
import dis.checkpoint.domain.Checkpoint;
import dis.checkpoint.domain.CheckpointKey;
import dis.checkpoint.domain.Consumer;
import dis.checkpoint.domain.PartitionId;
import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.domain.SequenceNumber;
import dis.checkpoint.domain.StreamName;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import dis.checkpoint.request.Deadline;
import dis.checkpoint.support.Api;
import dis.checkpoint.support.CapturedLog;
import dis.checkpoint.support.EmbeddedServices;
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
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is promised of checkpoints while the table, or the network to it, fails. */
@QuarkusTest
@WithTestResource(EmbeddedServices.class)
class FaultyTableIT {

    private static final int CALLERS = 16;
    private static final int CALLS = Soak.number("calls", 800);
    private static final int APPS = 4;
    private static final long SEED = 6;

    /** After many failures the SDK no longer retries; so many successes are enough for the retries of one test. */
    private static final int CALLS_FOR_RETRIES = 60;

    private static final Duration TIME = Duration.ofMillis(4_800);
    private static final long NOTHING = -1;

    /** In itself, because a function handles one event at a time and many functions share a table. */
    @Inject
    CheckpointTable table;

    TableProxy proxy;

    @AfterEach
    void letTheTableAnswerAgain() {
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
                Fault.REFUSED_WITHOUT_ITEM,
                Fault.REFUSED_WITH_KEY_ALONE,
                Fault.CUT_SHORT,
                Fault.EMPTIED,
                Fault.EMPTY_OBJECT_OF_SOMEBODY_ELSE,
                Fault.NOTHING_OF_SOMEBODY_ELSE,
                Fault.NO_CONTENT_OF_SOMEBODY_ELSE,
                Fault.PAGE_OF_SOMEBODY_ELSE,
                Fault.REFUSAL_OF_SOMEBODY_ELSE);
        private static final List<Fault> IN_BURSTS = List.of(Fault.SERVER_ERROR, Fault.THROTTLED);
        private static final int BURST = 20;

        private final Random random = new Random(SEED);
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

    @Test
    @Timeout(1_800)
    void anAcknowledgedCheckpointIsDurableAndNeverMovesBack() throws Exception {
        List<String> apps =
                IntStream.range(0, APPS).mapToObj(app -> Api.newApp()).toList();
        List<AtomicLong> numbers = apps.stream().map(app -> new AtomicLong()).toList();
        Map<Fault, Integer> before = proxy.counts();
        FaultHistory history = new FaultHistory();
        proxy.failWith(new Faults());
        inParallel(caller -> call(caller, apps, numbers, history));
        proxy.recover();
        for (String app : apps) {
            history.add(query(app));
        }
        Map<Fault, Integer> faults = new EnumMap<>(proxy.counts());
        faults.replaceAll((fault, count) -> count - before.getOrDefault(fault, 0));
        List<String> violations = history.violations();
        System.out.printf(
                "Faults between function and table: %d calls of %d callers, of them %d acknowledged, %d refused,"
                        + " %d found, %d unknown; requests to the table %s; violations %d%n",
                history.size(),
                CALLERS,
                history.count(Kind.ACKNOWLEDGED),
                history.count(Kind.REFUSED),
                history.count(Kind.FOUND),
                history.count(Kind.UNKNOWN),
                faults,
                violations.size());
        assertThat(violations, is(empty()));
        for (Fault fault : Faults.SINGLE) {
            assertThat(fault.name(), faults.getOrDefault(fault, 0), is(greaterThan(0)));
        }
        for (Kind kind : Kind.values()) {
            assertThat(kind.name(), history.count(kind), is(greaterThan(0L)));
        }
    }

    /** Mostly a little further each time, sometimes back, and now and then the same event twice. */
    private void call(int caller, List<String> apps, List<AtomicLong> numbers, FaultHistory history) {
        Random random = new Random(SEED + caller);
        for (int call = 0; call < CALLS / CALLERS; call++) {
            int app = random.nextInt(APPS);
            if (random.nextInt(4) == 0) {
                history.add(query(apps.get(app)));
            } else {
                long number = Math.max(0, numbers.get(app).addAndGet(random.nextInt(3)) - random.nextInt(4));
                for (int delivery = random.nextInt(8) == 0 ? 2 : 1; delivery > 0; delivery--) {
                    history.add(submit(apps.get(app), number));
                }
            }
        }
    }

    private Answered submit(String app, long number) {
        Checkpoint checkpoint = new Checkpoint(new SequenceNumber(number), "", OptionalLong.empty(), Optional.empty());
        long from = System.nanoTime();
        try {
            Submitted submitted = table.submit(key(app), checkpoint, Deadline.in(TIME));
            return submitted instanceof Submitted.Refused refused
                    ? new Answered(
                            Kind.REFUSED,
                            app,
                            number,
                            refused.by().sequenceNumber().value(),
                            from,
                            System.nanoTime())
                    : new Answered(Kind.ACKNOWLEDGED, app, number, number, from, System.nanoTime());
        } catch (DisException e) {
            isForLater(e);
            return new Answered(Kind.UNKNOWN, app, number, NOTHING, from, System.nanoTime());
        }
    }

    private Answered query(String app) {
        long from = System.nanoTime();
        try {
            Optional<Checkpoint> found = table.find(key(app), Deadline.in(TIME));
            long stored =
                    found.map(checkpoint -> checkpoint.sequenceNumber().value()).orElse(NOTHING);
            return new Answered(Kind.FOUND, app, NOTHING, stored, from, System.nanoTime());
        } catch (DisException e) {
            isForLater(e);
            return new Answered(Kind.UNKNOWN, app, NOTHING, NOTHING, from, System.nanoTime());
        }
    }

    private static void isForLater(DisException outage) {
        assertThat(outage.error(), is(oneOf(DisError.TRAFFIC_LIMIT, DisError.UNAVAILABLE)));
        assertThat(outage.diagnosis().orElseThrow(), containsString("table"));
    }

    private static CheckpointKey key(String app) {
        return new Consumer(new ProjectId(Api.PROJECT), new StreamName("newstream"), new AppName(app))
                .partition(PartitionId.parse("0"));
    }

    private interface Caller {
        void call(int number) throws Exception;
    }

    private static void inParallel(Caller caller) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(CALLERS);
        try {
            List<Callable<Void>> all = new ArrayList<>();
            for (int number = 0; number < CALLERS; number++) {
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
    void oneFaultIsRepairedByAnotherAttempt(Fault fault) {
        String app = Api.newApp();
        for (int call = 0; call < CALLS_FOR_RETRIES; call++) {
            query(app);
        }
        failOnce(fault);
        Api.post(Api.submission(app, "2")).then().statusCode(201);
        failOnce(fault);
        assertThat(Api.storedSequenceNumber(app), is("2"));
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
    void aFaultThatLastsIsAnsweredAsWhatItIs(Fault fault, int status, String code, String title) {
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
