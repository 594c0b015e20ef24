package dis.checkpoint.iam;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpHandler;
import dis.checkpoint.config.CheckpointConfig;
import dis.checkpoint.dev.FakeKeystone;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked of IAM and what is remembered of it, over real HTTP and with a clock that the test moves. */
class TokenCacheTest {

    private static final String PROJECT = FakeKeystone.PROJECTS.get(0);

    private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(4);
    private final AtomicInteger asked = new AtomicInteger();
    private final MovableClock clock = new MovableClock();
    private final Token token = new Token(UUID.randomUUID().toString());

    private FakeKeystone iam;
    private TokenCache tokens;

    @BeforeEach
    void start() throws IOException {
        iam = new FakeKeystone(0);
        tokens = cache(Map.of());
    }

    @AfterEach
    void stop() {
        iam.close();
        executor.shutdownNow();
    }

    private void issue(Duration lifetime) {
        iam.issue(token.secret(), PROJECT, FakeKeystone.ROLE, Instant.now().plus(lifetime));
    }

    private Optional<Grant> grant(Token token) {
        return tokens.grant(token, asked::incrementAndGet);
    }

    private TokenCache cache(Map<String, String> properties) {
        CheckpointConfig config = config(iam.endpoint().toString(), properties);
        return new TokenCache(new Keystone(config, executor), clock, config);
    }

    private static CheckpointConfig config(String endpoint, Map<String, String> properties) {
        Map<String, String> all = new HashMap<>(Map.of(
                "checkpoint.table",
                "unused",
                "checkpoint.region",
                "unused",
                "checkpoint.iam.endpoint",
                endpoint,
                "checkpoint.iam.allow-http",
                "true"));
        all.putAll(properties);
        return new SmallRyeConfigBuilder()
                .withMapping(CheckpointConfig.class)
                .withSources(new PropertiesConfigSource(all, "test", 100))
                .build()
                .getConfigMapping(CheckpointConfig.class);
    }

    @Test
    void aYesIsRememberedForTheCacheTimeAndNoLonger() {
        issue(Duration.ofHours(1));
        assertThat(grant(token).isPresent(), is(true));
        iam.revoke(token.secret());
        clock.move(Duration.ofMinutes(5).minusMillis(1));
        assertThat(grant(token).isPresent(), is(true));
        assertThat(asked.get(), is(1));
        clock.move(Duration.ofMillis(1));
        assertThat(grant(token).isPresent(), is(false));
        assertThat(asked.get(), is(2));
    }

    @Test
    void theCacheTimeIsConfigurable() {
        tokens = cache(Map.of("checkpoint.iam.cache-time", "PT30S"));
        issue(Duration.ofHours(1));
        grant(token);
        iam.revoke(token.secret());
        clock.move(Duration.ofSeconds(30));
        assertThat(grant(token).isPresent(), is(false));
    }

    @Test
    void aTokenIsNotRememberedBeyondItsExpiry() {
        issue(Duration.ofMinutes(1));
        assertThat(grant(token).isPresent(), is(true));
        clock.move(Duration.ofMinutes(1).plusSeconds(1));
        assertThat(grant(token).isPresent(), is(false));
    }

    @Test
    void aNoIsRememberedForTenSecondsAndNoLonger() {
        assertThat(grant(token).isPresent(), is(false));
        issue(Duration.ofHours(1));
        clock.move(Duration.ofSeconds(10).minusMillis(1));
        assertThat(grant(token).isPresent(), is(false));
        assertThat(asked.get(), is(1));
        clock.move(Duration.ofMillis(1));
        assertThat(grant(token).isPresent(), is(true));
    }

    @Test
    void theTokenThatWasUsedLongestAgoIsForgottenFirst() {
        tokens = cache(Map.of("checkpoint.iam.cache-size", "2"));
        Token second = new Token("second");
        Token third = new Token("third");
        Stream.of(token, second, token, third, token).forEach(this::grant);
        assertThat(asked.get(), is(3));
        grant(second);
        assertThat(asked.get(), is(4));
    }

    @Test
    void concurrentFirstRequestsCauseOneCall() throws Exception {
        issue(Duration.ofHours(1));
        CountDownLatch bothAsked = new CountDownLatch(8);
        iam.answerWith(exchange -> {
            awaitUninterrupted(bothAsked);
            iam.handle(exchange);
        });
        ExecutorService callers = Executors.newFixedThreadPool(8);
        try {
            List<Future<Boolean>> answers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                answers.add(callers.submit(() -> {
                    bothAsked.countDown();
                    return grant(token).isPresent();
                }));
            }
            for (Future<Boolean> answer : answers) {
                assertThat(answer.get(), is(true));
            }
            assertThat(asked.get(), is(1));
        } finally {
            callers.shutdownNow();
        }
    }

    static Stream<HttpHandler> outages() {
        return Stream.of(
                status(200, "garbage"),
                status(200, ""),
                status(200, "{}"),
                status(200, "{\"token\":{}}"),
                status(200, "{\"token\":{\"project\":{\"id\":\"project-1\"},\"expires_at\":\"tomorrow\"}}"),
                status(200, "[" + "x".repeat(1_000_000)),
                status(204, ""),
                status(301, ""),
                status(302, ""),
                status(400, ""),
                status(403, ""),
                status(429, ""),
                status(500, ""),
                status(503, ""),
                exchange -> exchange.close());
    }

    private static HttpHandler status(int status, String body) {
        return exchange -> {
            try (exchange) {
                byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("Location", "/v3/auth/elsewhere");
                exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        };
    }

    @ParameterizedTest
    @MethodSource("outages")
    void anythingButAClearYesOrNoIsAnOutageAndIsNotRemembered(HttpHandler outage) {
        iam.answerWith(outage);
        assertThat(assertThrows(DisException.class, () -> grant(token)).error(), is(DisError.UNAVAILABLE));
        issue(Duration.ofHours(1));
        iam.answerWith(iam::handle);
        assertThat(grant(token).isPresent(), is(true));
    }

    @Test
    void aStoppedIamIsAnOutage() {
        iam.close();
        assertThat(assertThrows(DisException.class, () -> grant(token)).error(), is(DisError.UNAVAILABLE));
    }

    @Test
    @Timeout(10)
    void anAnswerThatDripsIsAnOutageInTime() {
        CountDownLatch over = new CountDownLatch(1);
        iam.answerWith(exchange -> {
            exchange.sendResponseHeaders(200, 1_000);
            for (int i = 0; i < 1_000 && over.getCount() > 0; i++) {
                exchange.getResponseBody().write(' ');
                exchange.getResponseBody().flush();
                awaitUninterrupted(over, Duration.ofMillis(200));
            }
        });
        assertThat(assertThrows(DisException.class, () -> grant(token)).error(), is(DisError.UNAVAILABLE));
        over.countDown();
    }

    @Test
    void aConnectionThatDropsIsTriedOnceMore() {
        issue(Duration.ofHours(1));
        AtomicInteger attempts = new AtomicInteger();
        iam.answerWith(exchange -> {
            if (attempts.incrementAndGet() == 1) {
                exchange.close();
            } else {
                iam.handle(exchange);
            }
        });
        assertThat(grant(token).isPresent(), is(true));
        assertThat(attempts.get(), is(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a\r\nX-Injected: 1", "a\0", "ä", "a\u007F"})
    void aTextThatCouldForgeAHeaderIsNoToken(String text) {
        assertThrows(IllegalArgumentException.class, () -> new Token(text));
    }

    @Test
    void aTokenPrintsAsNothing() {
        assertThat(token.toString(), not(containsString(token.secret())));
        assertThat(token.fingerprint(), not(containsString(token.secret())));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://iam.example.com", "ftp://iam.example.com", "iam.example.com", "https:///v3"})
    void anEndpointThatIsNotHttpsStopsTheStartAndIsNamed(String endpoint) {
        CheckpointConfig config = config(endpoint, Map.of("checkpoint.iam.allow-http", "false"));
        assertThat(
                assertThrows(ConfigurationException.class, () -> new Keystone(config, executor))
                        .getMessage(),
                containsString("checkpoint.iam.endpoint"));
    }

    @Test
    void aCaBundleThatIsNoneStopsTheStartAndIsNamed() {
        CheckpointConfig config =
                config("https://iam.example.com", Map.of("checkpoint.iam.ca-bundle", "/no/such/file"));
        assertThat(
                assertThrows(ConfigurationException.class, () -> new Keystone(config, executor))
                        .getMessage(),
                containsString("checkpoint.iam.ca-bundle"));
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        awaitUninterrupted(latch, Duration.ofSeconds(1));
    }

    private static void awaitUninterrupted(CountDownLatch latch, Duration longest) {
        try {
            latch.await(longest.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class MovableClock extends Clock {

        private volatile Instant now = Instant.now();

        void move(Duration time) {
            now = now.plus(time);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }
    }
}
