package dis.checkpoint.auth;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.sameInstance;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import dis.checkpoint.support.MovableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Which results are cached, and for how long. What is cached for accepted credentials is here the moment of their expiry. */
class AnswerCacheTest {

    private static final Duration CACHE_TIME = Duration.ofMinutes(5);
    private static final Duration REFUSAL_TIME = Duration.ofSeconds(10);
    private static final int SIZE = 2;

    private final MovableClock clock = new MovableClock();
    private final AnswerCache<Instant> cache =
            new AnswerCache<>(clock, clock::nanoTime, CACHE_TIME, SIZE, Function.identity());

    private boolean isCached(String fingerprint, Supplier<Instant> question) {
        AtomicBoolean asked = new AtomicBoolean();
        try {
            cache.get(fingerprint, () -> {
                asked.set(true);
                return question.get();
            });
        } catch (DisException refusal) {
            assertThat(refusal.error(), is(DisError.INVALID_TOKEN));
        }
        return !asked.get();
    }

    private Supplier<Instant> accepted(Duration lifetime) {
        return () -> clock.instant().plus(lifetime);
    }

    private Supplier<Instant> accepted() {
        return accepted(Duration.ofHours(1));
    }

    private static Instant refused() {
        throw DisError.INVALID_TOKEN.because("unknown");
    }

    @ParameterizedTest
    @CsvSource({"PT1H, PT5M", "PT1M, PT1M"})
    void acceptedCredentialsAreCachedForTheCacheTimeOrUntilTheyExpire(Duration lifetime, Duration cached) {
        assertThat(isCached("member", accepted(lifetime)), is(false));
        clock.move(cached.minusMillis(1));
        assertThat(isCached("member", AnswerCacheTest::refused), is(true));
        clock.move(Duration.ofMillis(1));
        assertThat(isCached("member", AnswerCacheTest::refused), is(false));
    }

    @Test
    void refusedCredentialsAreCachedForTenSeconds() {
        assertThat(isCached("stranger", AnswerCacheTest::refused), is(false));
        clock.move(REFUSAL_TIME.minusMillis(1));
        assertThat(isCached("stranger", accepted()), is(true));
        clock.move(Duration.ofMillis(1));
        assertThat(isCached("stranger", accepted()), is(false));
    }

    /** A wall clock that steps back must not prolong an entry; the other clock stands still while the function is frozen. */
    @ParameterizedTest
    @CsvSource({"PT-24H, PT5M", "PT5M, PT0S"})
    void entryEndsByWhicheverClockIsFirst(Duration wallClock, Duration nanoTime) {
        isCached("member", accepted());
        clock.moveWallClock(wallClock.minusMillis(1));
        clock.moveNanoTime(nanoTime.minusMillis(1));
        assertThat(isCached("member", AnswerCacheTest::refused), is(true));
        clock.move(Duration.ofMillis(1));
        assertThat(isCached("member", AnswerCacheTest::refused), is(false));
    }

    @Test
    void callerGetsTheCachedResult() {
        Instant expiry = accepted().get();
        assertThat(cache.get("member", () -> expiry), is(expiry));
        assertThat(cache.get("member", AnswerCacheTest::refused), is(expiry));
        isCached("stranger", AnswerCacheTest::refused);
        assertThrows(DisException.class, () -> cache.get("stranger", accepted()));
    }

    @ParameterizedTest
    @EnumSource(names = {"INVALID_TOKEN", "FORBIDDEN"})
    void refusalIsCachedAsItWasThrown(DisError error) {
        DisException refusal = error.because("no");
        for (int call = 0; call < 2; call++) {
            assertThat(
                    assertThrows(
                            DisException.class,
                            () -> cache.get("stranger", () -> {
                                throw refusal;
                            })),
                    is(sameInstance(refusal)));
        }
        assertThat(cache.size(), is(1));
    }

    @Test
    void leastRecentlyUsedEntryIsDroppedFirst() {
        Stream.of("a", "b", "a", "c").forEach(fingerprint -> isCached(fingerprint, accepted()));
        assertThat(isCached("a", accepted()), is(true));
        assertThat(isCached("b", accepted()), is(false));
    }

    @Test
    void strangersDoNotPushMembersOut() {
        isCached("member", accepted());
        for (int i = 0; i <= SIZE; i++) {
            isCached("stranger " + i, AnswerCacheTest::refused);
        }
        assertThat(isCached("member", accepted()), is(true));
        assertThat(isCached("stranger 0", AnswerCacheTest::refused), is(false));
    }

    /** An expired entry may hold the secret of a key that nobody uses any more. */
    @Test
    void expiredEntriesAreDroppedWhenAnotherIsAdded() {
        isCached("left", accepted());
        isCached("leaves later", accepted(Duration.ofHours(2)));
        isCached("stranger", AnswerCacheTest::refused);
        assertThat(cache.size(), is(3));
        clock.move(CACHE_TIME);
        isCached("new member", accepted());
        isCached("new stranger", AnswerCacheTest::refused);
        assertThat(cache.size(), is(2));
    }

    static Stream<Throwable> failures() {
        return Stream.of(
                DisError.UNAVAILABLE.tryAgainLater("an outage"),
                DisError.TRAFFIC_LIMIT.tryAgainLater("throttled"),
                new IllegalStateException("a bug"),
                new StackOverflowError(),
                new OutOfMemoryError());
    }

    @ParameterizedTest
    @MethodSource("failures")
    void failureReachesTheCallerAndIsNotCached(Throwable failure) {
        Throwable caught = assertThrows(
                Throwable.class,
                () -> cache.get("caller", () -> {
                    if (failure instanceof Error error) {
                        throw error;
                    }
                    throw (RuntimeException) failure;
                }));
        assertThat(caught, is(sameInstance(failure)));
        assertThat(isCached("caller", accepted()), is(false));
        assertThat(isCached("caller", accepted()), is(true));
    }
}
