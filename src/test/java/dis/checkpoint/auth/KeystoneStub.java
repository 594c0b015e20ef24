package dis.checkpoint.auth;

import static dis.checkpoint.support.Configurations.config;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dis.checkpoint.dev.FakeKeystone;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import dis.checkpoint.request.Deadline;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** An IAM that a test lets answer as it wants, and who asks it. */
abstract class KeystoneStub {

    static final Duration TIME = Duration.ofSeconds(5);

    final ScheduledExecutorService executor = Executors.newScheduledThreadPool(4);
    private final CountDownLatch over = new CountDownLatch(1);
    final Token token = new Token(UUID.randomUUID().toString());

    FakeKeystone iam;
    Keystone keystone;

    @BeforeEach
    void start() throws IOException {
        iam = new FakeKeystone(0);
        keystone = keystone(iam.endpoint().toString());
    }

    @AfterEach
    void stop() {
        over.countDown();
        iam.close();
        executor.shutdownNow();
    }

    final Keystone keystone(String endpoint) {
        return new Keystone(config(Map.of("checkpoint.iam.endpoint", endpoint)), executor, "1.2.3");
    }

    final void issue() {
        iam.issue(
                token.secret(),
                FakeKeystone.PROJECTS.get(0),
                FakeKeystone.ROLE,
                Instant.now().plus(Duration.ofHours(1)));
    }

    final TokenAnswer validate() {
        return keystone.validate(token, Deadline.in(TIME));
    }

    final String outage() {
        DisException outage = assertThrows(DisException.class, this::validate);
        assertThat(outage.error(), is(DisError.UNAVAILABLE));
        return outage.diagnosis().orElseThrow();
    }

    /** Whether the test is over before so much time is. */
    final boolean isOverAfter(Duration time) {
        try {
            return over.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
