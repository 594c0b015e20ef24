package dis.checkpoint.auth;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What was said of the credentials seen last, each known by a fingerprint. A yes and a no are remembered apart: strangers,
 * who are told no, cannot push those out who are let in. Of two callers at a time with the same credentials, which a function
 * never has, both ask.
 *
 * <p>These few lines stand where Caffeine would: that costs a function more at start than all of this class does in its
 * life.
 *
 * @param <A> a yes or a no
 */
final class AnswerCache<A> {

    /** A no is kept for so long that a misconfigured client cannot hammer whoever is asked. */
    private static final Duration NO_TIME = Duration.ofSeconds(10);

    private final Clock clock;
    private final Duration yesTime;
    private final Function<A, Optional<Instant>> yesUntil;
    private final Map<String, Remembered<A>> yes;
    private final Map<String, Remembered<A>> no;

    /** What may be relied on until a moment. */
    private record Remembered<A>(A answer, Instant until) {}

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
     * @param yesUntil until when an answer is a yes; empty for a no
     */
    AnswerCache(Clock clock, Duration cacheTime, int size, Function<A, Optional<Instant>> yesUntil) {
        this.clock = clock;
        yesTime = cacheTime;
        this.yesUntil = yesUntil;
        yes = new Bounded<>(size);
        no = new Bounded<>(size);
    }

    /**
     * The answer that is remembered, else that to the question. A yes is remembered until it ends, and for the cache time at
     * most; a no, and a yes that has ended, for ten seconds. What the question throws is not remembered.
     */
    A get(String fingerprint, Supplier<A> question) {
        Optional<A> known = known(fingerprint);
        if (known.isPresent()) {
            return known.get();
        }
        A answer = question.get();
        remember(fingerprint, answer);
        return answer;
    }

    private synchronized Optional<A> known(String fingerprint) {
        return known(yes, fingerprint).or(() -> known(no, fingerprint));
    }

    private Optional<A> known(Map<String, Remembered<A>> answers, String fingerprint) {
        Remembered<A> known = answers.get(fingerprint);
        if (known == null || clock.instant().isBefore(known.until())) {
            return Optional.ofNullable(known).map(Remembered::answer);
        }
        answers.remove(fingerprint);
        return Optional.empty();
    }

    private synchronized void remember(String fingerprint, A answer) {
        Instant now = clock.instant();
        Instant latest = now.plus(yesTime);
        yesUntil.apply(answer)
                .filter(now::isBefore)
                .ifPresentOrElse(
                        end -> yes.put(fingerprint, new Remembered<>(answer, end.isBefore(latest) ? end : latest)),
                        () -> no.put(fingerprint, new Remembered<>(answer, now.plus(NO_TIME))));
    }
}
