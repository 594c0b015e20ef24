package dis.checkpoint.auth;

import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * LRU cache of authentication results, keyed by fingerprint. Accepted and refused credentials are kept apart, so that
 * strangers cannot push members out.
 *
 * <p>An entry ends by the wall clock, because tokens expire by it, and by a clock that cannot step, because a wall clock that is
 * set back would keep a revoked token alive. Both are needed: the second one may stand still while the function is frozen.
 *
 * <p>Two callers with the same credentials at the same time would both ask; a function handles one event at a time.
 *
 * <p>These lines replace Caffeine, which would cost the function more time at start than this class costs in its life.
 *
 * @param <V> what is known of accepted credentials
 */
final class AnswerCache<V> {

    /** Refusals are cached for 10 s, to spare IAM and the table of access keys from retry loops. */
    private static final Duration REFUSAL_TIME = Duration.ofSeconds(10);

    private static final Set<DisError> REFUSALS = EnumSet.of(DisError.INVALID_TOKEN, DisError.FORBIDDEN);

    private final Clock clock;
    private final LongSupplier nanoTime;
    private final Duration cacheTime;
    private final Function<V, Instant> expiry;
    private final Lru<V> accepted;
    private final Lru<DisException> refused;

    /**
     * @param nanoTime a clock that does not step, such as {@link System#nanoTime()}
     * @param cacheTime the longest time that accepted credentials are cached
     * @param size the most entries of each kind, at least 1
     * @param expiry the moment at which accepted credentials end
     */
    AnswerCache(Clock clock, LongSupplier nanoTime, Duration cacheTime, int size, Function<V, Instant> expiry) {
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.cacheTime = cacheTime;
        this.expiry = expiry;
        accepted = new Lru<>(size);
        refused = new Lru<>(size);
    }

    /**
     * Returns the cached result, or asks and caches the result. Failures that are not refusals are not cached.
     *
     * @param question throws {@link DisError#INVALID_TOKEN} or {@link DisError#FORBIDDEN} to refuse the credentials
     * @throws DisException what the question threw, now or for the cached refusal
     */
    V get(String fingerprint, Supplier<V> question) {
        Optional<V> known = accepted.find(fingerprint);
        if (known.isPresent()) {
            return known.get();
        }
        Optional<DisException> refusal = refused.find(fingerprint);
        if (refusal.isPresent()) {
            throw refusal.get();
        }
        try {
            V answer = question.get();
            Instant end = expiry.apply(answer);
            Instant latest = clock.instant().plus(cacheTime);
            accepted.add(fingerprint, answer, end.isBefore(latest) ? end : latest);
            return answer;
        } catch (DisException e) {
            if (REFUSALS.contains(e.error())) {
                refused.add(fingerprint, e, clock.instant().plus(REFUSAL_TIME));
            }
            throw e;
        }
    }

    /** The number of entries, expired ones included. */
    int size() {
        return accepted.size() + refused.size();
    }

    /**
     * @param end by the wall clock
     * @param endNanos by the clock that does not step
     */
    private record Entry<T>(T answer, Instant end, long endNanos) {}

    private boolean hasEnded(Entry<?> entry) {
        return !clock.instant().isBefore(entry.end()) || nanoTime.getAsLong() - entry.endNanos() >= 0;
    }

    private final class Lru<T> {

        private final Map<String, Entry<T>> entries = new LinkedHashMap<>(16, 0.75f, true);
        private final int maxSize;

        Lru(int maxSize) {
            this.maxSize = maxSize;
        }

        synchronized Optional<T> find(String fingerprint) {
            return Optional.ofNullable(entries.get(fingerprint))
                    .filter(entry -> !hasEnded(entry))
                    .map(Entry::answer);
        }

        /** Drops all entries that have ended, because they may hold secrets, and then the least recently used one. */
        synchronized void add(String fingerprint, T answer, Instant end) {
            entries.values().removeIf(AnswerCache.this::hasEnded);
            long life = Duration.between(clock.instant(), end).toNanos();
            entries.put(fingerprint, new Entry<>(answer, end, nanoTime.getAsLong() + life));
            if (entries.size() > maxSize) {
                Iterator<String> eldest = entries.keySet().iterator();
                eldest.next();
                eldest.remove();
            }
        }

        synchronized int size() {
            return entries.size();
        }
    }
}
