package dis.checkpoint.iam;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.sameInstance;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import dis.checkpoint.support.MovableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is remembered of answers, and for how long, with a clock that the test moves. A yes is the moment of its expiry. */
class AnswerCacheTest {

    private static final Duration CACHE_TIME = Duration.ofMinutes(5);
    private static final Duration NO_TIME = Duration.ofSeconds(10);
    private static final int SIZE = 2;

    private final MovableClock clock = new MovableClock();
    private final AnswerCache<Instant> answers = new AnswerCache<>(clock, CACHE_TIME, SIZE);

    private boolean isRemembered(String fingerprint, Supplier<Optional<Instant>> question) {
        return answers.get(fingerprint, question, expiry -> expiry).remembered();
    }

    private Supplier<Optional<Instant>> yesFor(Duration lifetime) {
        return () -> Optional.of(clock.instant().plus(lifetime));
    }

    private Supplier<Optional<Instant>> yes() {
        return yesFor(Duration.ofHours(1));
    }

    private static Optional<Instant> no() {
        return Optional.empty();
    }

    @Test
    void aYesIsRememberedForTheCacheTimeAndNoLonger() {
        assertThat(isRemembered("friend", yes()), is(false));
        clock.move(CACHE_TIME.minusMillis(1));
        assertThat(isRemembered("friend", AnswerCacheTest::no), is(true));
        clock.move(Duration.ofMillis(1));
        assertThat(isRemembered("friend", AnswerCacheTest::no), is(false));
    }

    @Test
    void aYesIsNotRememberedBeyondItsExpiry() {
        isRemembered("friend", yesFor(Duration.ofMinutes(1)));
        clock.move(Duration.ofMinutes(1).minusMillis(1));
        assertThat(isRemembered("friend", yes()), is(true));
        clock.move(Duration.ofMillis(1));
        assertThat(isRemembered("friend", yes()), is(false));
    }

    @Test
    void aYesThatHasExpiredIsANo() {
        AnswerCache.Answer<Instant> answer = answers.get("late", yesFor(Duration.ZERO), expiry -> expiry);
        assertThat(answer.value(), is(Optional.empty()));
    }

    @Test
    void aNoIsRememberedForTenSecondsAndNoLonger() {
        assertThat(isRemembered("stranger", AnswerCacheTest::no), is(false));
        clock.move(NO_TIME.minusMillis(1));
        assertThat(isRemembered("stranger", yes()), is(true));
        clock.move(Duration.ofMillis(1));
        assertThat(isRemembered("stranger", yes()), is(false));
    }

    @Test
    void whatWasUsedLongestAgoIsForgottenFirst() {
        Stream.of("a", "b", "a", "c").forEach(fingerprint -> isRemembered(fingerprint, yes()));
        assertThat(isRemembered("a", yes()), is(true));
        assertThat(isRemembered("b", yes()), is(false));
    }

    @Test
    void strangersDoNotPushFriendsOut() {
        isRemembered("friend", yes());
        for (int i = 0; i <= SIZE; i++) {
            isRemembered("stranger " + i, AnswerCacheTest::no);
        }
        assertThat(isRemembered("friend", yes()), is(true));
        assertThat(isRemembered("stranger 0", AnswerCacheTest::no), is(false));
    }

    @Test
    @Timeout(60)
    void thoseWhoNeedTheSameAnswerWaitForOneQuestion() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        CountDownLatch mayAnswer = new CountDownLatch(1);
        List<Future<Optional<Instant>>> waiting = waiting(8, () -> {
            asked.incrementAndGet();
            awaitUninterrupted(mayAnswer);
            return Optional.of(Instant.MAX);
        });
        mayAnswer.countDown();
        for (Future<Optional<Instant>> answer : waiting) {
            assertThat(answer.get(), is(Optional.of(Instant.MAX)));
        }
        assertThat(asked.get(), is(1));
    }

    static Stream<Throwable> whatCanBeThrown() {
        return Stream.of(
                DisError.UNAVAILABLE.tryAgainLater("an outage"),
                new IllegalStateException("a bug"),
                new StackOverflowError(),
                new OutOfMemoryError());
    }

    @ParameterizedTest
    @MethodSource("whatCanBeThrown")
    @Timeout(60)
    void whateverIsThrownReachesAllWhoWaitAndIsNotRemembered(Throwable thrown) throws Exception {
        CountDownLatch mayThrow = new CountDownLatch(1);
        List<Future<Optional<Instant>>> waiting = waiting(8, () -> {
            awaitUninterrupted(mayThrow);
            if (thrown instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) thrown;
        });
        mayThrow.countDown();
        for (Future<Optional<Instant>> answer : waiting) {
            ExecutionException failure = assertThrows(ExecutionException.class, answer::get);
            assertThat(failure.getCause(), is(sameInstance(thrown)));
        }
        assertThat(isRemembered("somebody", yes()), is(false));
        assertThat(isRemembered("somebody", yes()), is(true));
    }

    /** So that who is forbidden cannot hammer whoever is asked. */
    @Test
    void aRefusalIsRememberedAsANoIs() {
        DisException refusal = DisError.FORBIDDEN.because("a rule");
        Supplier<Optional<Instant>> refused = () -> {
            throw refusal;
        };
        assertThat(assertThrows(DisException.class, () -> isRemembered("refused", refused)), is(refusal));
        clock.move(NO_TIME.minusMillis(1));
        assertThat(assertThrows(DisException.class, () -> isRemembered("refused", yes())), is(refusal));
        clock.move(Duration.ofMillis(1));
        assertThat(isRemembered("refused", yes()), is(false));
    }

    /** The answers of so many callers, of whom one asks; each of them has begun when this returns. */
    private List<Future<Optional<Instant>>> waiting(int callers, Supplier<Optional<Instant>> question)
            throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(callers);
        ExecutorService executor = Executors.newFixedThreadPool(callers);
        List<Future<Optional<Instant>>> waiting = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            waiting.add(executor.submit(() -> {
                begun.countDown();
                return answers.get("somebody", question, expiry -> expiry).value();
            }));
        }
        executor.shutdown();
        assertThat(begun.await(30, TimeUnit.SECONDS), is(true));
        return waiting;
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
