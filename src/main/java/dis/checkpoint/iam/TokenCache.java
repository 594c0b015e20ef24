package dis.checkpoint.iam;

import dis.checkpoint.config.CheckpointConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * What IAM said of the tokens seen last, by their SHA-256. These few lines stand where Caffeine would: that costs a
 * function more at start than all of this class does in its life.
 */
@ApplicationScoped
class TokenCache {

    /** A refusal is kept for so long that a misconfigured client cannot hammer IAM. */
    private static final Duration REFUSAL_TIME = Duration.ofSeconds(10);

    private final Keystone keystone;
    private final Clock clock;
    private final Duration cacheTime;
    private final Map<String, CompletableFuture<Answer>> answers;

    /** What IAM said, and how long that may be relied on. */
    private record Answer(Optional<Grant> grant, Instant until) {}

    TokenCache(Keystone keystone, Clock clock, CheckpointConfig config) {
        this.keystone = keystone;
        this.clock = clock;
        cacheTime = config.iam().cacheTime();
        int size = config.iam().cacheSize();
        answers = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, CompletableFuture<Answer>> eldest) {
                return size() > size;
            }
        };
    }

    /**
     * @param asking runs where the answer is not known, before IAM is asked
     * @return what the token grants; empty where IAM does not know it
     * @throws dis.checkpoint.error.DisException {@code UNAVAILABLE} where IAM says neither yes nor no
     */
    Optional<Grant> grant(Token token, Runnable asking) {
        String fingerprint = token.fingerprint();
        CompletableFuture<Answer> mine = new CompletableFuture<>();
        CompletableFuture<Answer> answer = current(fingerprint, mine);
        if (answer == mine) {
            asking.run();
            ask(token, fingerprint, mine);
        }
        try {
            return answer.join().grant();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException outage ? outage : e;
        }
    }

    /** The answer that is known or on its way; else {@code mine}, which others wait for from now on. */
    private synchronized CompletableFuture<Answer> current(String fingerprint, CompletableFuture<Answer> mine) {
        CompletableFuture<Answer> known = answers.get(fingerprint);
        if (known != null
                && (!known.isDone() || clock.instant().isBefore(known.join().until()))) {
            return known;
        }
        answers.put(fingerprint, mine);
        return mine;
    }

    private void ask(Token token, String fingerprint, CompletableFuture<Answer> mine) {
        try {
            mine.complete(answer(keystone.validate(token)));
        } catch (RuntimeException | Error e) {
            forget(fingerprint, mine);
            mine.completeExceptionally(e);
        }
    }

    private synchronized void forget(String fingerprint, CompletableFuture<Answer> mine) {
        answers.remove(fingerprint, mine);
    }

    private Answer answer(Optional<Grant> said) {
        Instant now = clock.instant();
        Optional<Grant> grant = said.filter(valid -> now.isBefore(valid.expiresAt()));
        Instant until = now.plus(grant.isPresent() ? cacheTime : REFUSAL_TIME);
        return new Answer(
                grant, grant.map(Grant::expiresAt).filter(until::isAfter).orElse(until));
    }
}
