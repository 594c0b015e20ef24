package dis.checkpoint.iam;

import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What was said of the credentials seen last, each known by a fingerprint. A yes and a no are remembered apart: strangers,
 * who are told no, cannot push those out who are let in. What is asked about is asked once at a time, and whoever needs the
 * same answer waits for it.
 *
 * <p>These few lines stand where Caffeine would: that costs a function more at start than all of this class does in its
 * life.
 *
 * @param <V> what a yes says
 */
final class AnswerCache<V> {

    /** A no is kept for so long that a misconfigured client cannot hammer whoever is asked. */
    private static final Duration NO_TIME = Duration.ofSeconds(10);

    private final Clock clock;
    private final Duration yesTime;
    private final Map<String, Remembered<V>> yes;
    private final Map<String, Remembered<V>> no;
    private final Map<String, CompletableFuture<Optional<V>>> asked = new HashMap<>();

    /**
     * @param value empty for a no
     * @param remembered whether this call has not asked
     */
    record Answer<V>(Optional<V> value, boolean remembered) {}

    /** What may be relied on until a moment. */
    private record Remembered<V>(CompletableFuture<Optional<V>> answer, Instant until) {}

    /** A bounded map that forgets what was used longest ago. */
    private static final class Bounded<V> extends LinkedHashMap<String, V> {

        private static final long serialVersionUID = 1;

        private final int size;

        Bounded(int size) {
            super(16, 0.75f, true);
            this.size = size;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
            return size() > size;
        }
    }

    /**
     * @param cacheTime the longest that a yes is remembered
     * @param size the most answers that are remembered at a time, of either kind
     */
    AnswerCache(Clock clock, Duration cacheTime, int size) {
        this.clock = clock;
        yesTime = cacheTime;
        yes = new Bounded<>(size);
        no = new Bounded<>(size);
    }

    /**
     * The answer that is remembered or on its way; else that to the question. A yes is remembered until it expires, and for
     * the cache time at most; a no for ten seconds, as is a {@code FORBIDDEN} that the question ends in. Whatever else it
     * throws reaches all who wait for it, and is not remembered.
     *
     * @param question has to end in its own time; empty for a no
     * @param expiresAt when a yes becomes a no
     */
    Answer<V> get(String fingerprint, Supplier<Optional<V>> question, Function<V, Instant> expiresAt) {
        CompletableFuture<Optional<V>> mine = new CompletableFuture<>();
        CompletableFuture<Optional<V>> answer = current(fingerprint, mine);
        if (answer == mine) {
            ask(fingerprint, question, expiresAt, mine);
        }
        try {
            return new Answer<>(answer.join(), answer != mine);
        } catch (CompletionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof RuntimeException thrown ? thrown : e;
        }
    }

    /** The answer that is known or on its way; else {@code mine}, which others wait for from now on. */
    private synchronized CompletableFuture<Optional<V>> current(
            String fingerprint, CompletableFuture<Optional<V>> mine) {
        return known(yes, fingerprint)
                .or(() -> known(no, fingerprint))
                .or(() -> Optional.ofNullable(asked.putIfAbsent(fingerprint, mine)))
                .orElse(mine);
    }

    private Optional<CompletableFuture<Optional<V>>> known(Map<String, Remembered<V>> answers, String fingerprint) {
        Remembered<V> known = answers.get(fingerprint);
        if (known == null || clock.instant().isBefore(known.until())) {
            return Optional.ofNullable(known).map(Remembered::answer);
        }
        answers.remove(fingerprint);
        return Optional.empty();
    }

    private void ask(
            String fingerprint,
            Supplier<Optional<V>> question,
            Function<V, Instant> expiresAt,
            CompletableFuture<Optional<V>> mine) {
        try {
            Optional<V> said = question.get();
            Instant now = clock.instant();
            Instant latest = now.plus(yesTime);
            Optional<Instant> until =
                    said.map(expiresAt).filter(now::isBefore).map(expiry -> expiry.isBefore(latest) ? expiry : latest);
            mine.complete(said.filter(value -> until.isPresent()));
            until.ifPresentOrElse(end -> remember(yes, fingerprint, mine, end), () -> rememberNo(fingerprint, mine));
        } catch (Throwable thrown) { // whatever it is, nobody may wait for ever
            mine.completeExceptionally(thrown);
            if (thrown instanceof DisException refusal && refusal.error() == DisError.FORBIDDEN) {
                rememberNo(fingerprint, mine);
            }
        } finally {
            answered(fingerprint);
        }
    }

    private void rememberNo(String fingerprint, CompletableFuture<Optional<V>> answer) {
        remember(no, fingerprint, answer, clock.instant().plus(NO_TIME));
    }

    private synchronized void remember(
            Map<String, Remembered<V>> answers,
            String fingerprint,
            CompletableFuture<Optional<V>> answer,
            Instant until) {
        answers.put(fingerprint, new Remembered<>(answer, until));
    }

    private synchronized void answered(String fingerprint) {
        asked.remove(fingerprint);
    }
}
