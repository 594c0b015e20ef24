package dis.checkpoint.auth;

import static dis.checkpoint.support.Configurations.config;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpExchange;
import dis.checkpoint.config.CheckpointConfig;
import dis.checkpoint.dev.FakeKeystone;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import dis.checkpoint.request.Deadline;
import dis.checkpoint.support.Soak;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Questions that IAM never answers end in time, and occupy neither threads nor cache entries. */
class HangingIamIT {

    private static final int QUESTIONS = Soak.oneIn(20, 96);
    private static final int CALLERS = Math.min(128, QUESTIONS / 3);
    private static final Duration TIME = Duration.ofSeconds(5);

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Timeout(value = 6, unit = TimeUnit.HOURS)
    void unansweredQuestionEndsInTime(boolean drips) throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        ScheduledExecutorService questions = Executors.newScheduledThreadPool(CALLERS);
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        try (FakeKeystone iam = new FakeKeystone(0)) {
            CheckpointConfig config =
                    config(Map.of("checkpoint.iam.endpoint", iam.endpoint().toString()));
            Keystone keystone = new Keystone(config, questions, "test");
            AtomicInteger asked = new AtomicInteger();
            // Room for one answer beside as many questions as there are at a time.
            AnswerCache<Grant> answers = new AnswerCache<>(
                    Clock.systemUTC(), System::nanoTime, Duration.ofHours(1), CALLERS + 1, Grant::expiresAt);
            Function<Token, Grant> ask = token -> answers.get(token.fingerprint(), () -> {
                asked.incrementAndGet();
                return keystone.validate(token, Deadline.in(TIME));
            });
            Token known = new Token(FakeKeystone.tokenOf(FakeKeystone.PROJECTS.get(0)));
            ask.apply(known);
            iam.answerWith(exchange -> hang(exchange, drips, over));
            Callable<DisException> caller = () -> assertThrows(
                    DisException.class,
                    () -> ask.apply(new Token(UUID.randomUUID().toString())));
            for (Future<DisException> outage : callers.invokeAll(Collections.nCopies(QUESTIONS, caller))) {
                assertThat(outage.get().error(), is(DisError.UNAVAILABLE));
            }
            System.out.printf(
                    "Calls that hang at IAM, which %s: %d of %d callers%n",
                    drips ? "drips" : "is silent", QUESTIONS, CALLERS);
            int questionsAsked = asked.get();
            ask.apply(known);
            assertThat("an unanswered question has pushed an answer out of the cache", asked.get(), is(questionsAsked));
            questions.shutdown();
            assertThat("every question has ended", questions.awaitTermination(10, TimeUnit.SECONDS), is(true));
        } finally {
            over.countDown();
            callers.shutdownNow();
            questions.shutdownNow();
        }
    }

    private static void hang(HttpExchange exchange, boolean drips, CountDownLatch over) throws IOException {
        try {
            if (drips) {
                exchange.sendResponseHeaders(200, 1_000_000);
            }
            while (!over.await(50, TimeUnit.MILLISECONDS)) {
                if (drips) {
                    exchange.getResponseBody().write(' ');
                    exchange.getResponseBody().flush();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
