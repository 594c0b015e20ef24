package dis.checkpoint.auth;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.sameInstance;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dis.checkpoint.error.DisError;
import dis.checkpoint.support.MovableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is remembered of answers, and for how long, with a clock that the test moves. A yes is the moment of its expiry. */
class AnswerCacheTest {

    private static final Duration CACHE_TIME = Duration.ofMinutes(5);
    private static final Duration NO_TIME = Duration.ofSeconds(10);
    private static final int SIZE = 2;

    private final MovableClock clock = new MovableClock();
    private final AnswerCache<Optional<Instant>> answers =
            new AnswerCache<>(clock, CACHE_TIME, SIZE, Function.identity());

    private boolean isRemembered(String fingerprint, Supplier<Optional<Instant>> question) {
        AtomicBoolean asked = new AtomicBoolean();
        answers.get(fingerprint, () -> {
            asked.set(true);
            return question.get();
        });
        return !asked.get();
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
    void aYesThatHasExpiredIsRememberedAsANoIs() {
        assertThat(isRemembered("late", yesFor(Duration.ZERO)), is(false));
        clock.move(NO_TIME.minusMillis(1));
        assertThat(isRemembered("late", yes()), is(true));
        clock.move(Duration.ofMillis(1));
        assertThat(isRemembered("late", yes()), is(false));
    }

    @Test
    void theAnswerIsTheOneThatWasGiven() {
        Optional<Instant> yes = yes().get();
        assertThat(answers.get("friend", () -> yes), is(yes));
        assertThat(answers.get("friend", AnswerCacheTest::no), is(yes));
        assertThat(answers.get("stranger", AnswerCacheTest::no), is(no()));
        assertThat(answers.get("stranger", yes()), is(no()));
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

    static Stream<Throwable> whatCanBeThrown() {
        return Stream.of(
                DisError.UNAVAILABLE.tryAgainLater("an outage"),
                new IllegalStateException("a bug"),
                new StackOverflowError(),
                new OutOfMemoryError());
    }

    @ParameterizedTest
    @MethodSource("whatCanBeThrown")
    void whateverIsThrownReachesTheCallerAndIsNotRemembered(Throwable thrown) {
        Throwable caught = assertThrows(
                Throwable.class,
                () -> answers.get("somebody", () -> {
                    if (thrown instanceof Error error) {
                        throw error;
                    }
                    throw (RuntimeException) thrown;
                }));
        assertThat(caught, is(sameInstance(thrown)));
        assertThat(isRemembered("somebody", yes()), is(false));
        assertThat(isRemembered("somebody", yes()), is(true));
    }
}
