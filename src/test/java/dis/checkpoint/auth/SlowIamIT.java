package dis.checkpoint.auth;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is made of an IAM that is silent or slow, over real HTTP. */
class SlowIamIT extends KeystoneStub {

    @Test
    @Timeout(30)
    void anAnswerThatDripsIsAnOutageInTime() {
        AtomicInteger questions = new AtomicInteger();
        iam.answerWith(exchange -> {
            questions.incrementAndGet();
            exchange.sendResponseHeaders(200, 1_000);
            do {
                exchange.getResponseBody().write(' ');
                exchange.getResponseBody().flush();
            } while (!isOverAfter(Duration.ofMillis(200)));
        });
        outage();
        assertThat(questions.get(), is(1));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Timeout(30)
    void aKeptConnectionThatIsSilentIsReplaced(boolean saysThatItIsKept) {
        issue();
        Set<InetSocketAddress> dead = ConcurrentHashMap.newKeySet();
        AtomicInteger lost = new AtomicInteger();
        iam.answerWith(exchange -> {
            if (dead.add(exchange.getRemoteAddress())) {
                if (saysThatItIsKept) {
                    exchange.getResponseHeaders().set("Connection", "keep-alive");
                }
                exchange.getResponseHeaders().set("Keep-Alive", "timeout=60");
                iam.handle(exchange);
            } else {
                lost.incrementAndGet();
                isOverAfter(TIME);
            }
        });
        for (int i = 0; i < 3; i++) {
            assertThat(validate(), is(instanceOf(Grant.class)));
        }
        assertThat("questions that got lost", lost.get(), is(2));
    }

    @Test
    @Timeout(30)
    void anIamThatIsSilentOnANewConnectionIsNotAskedOnceMore() {
        AtomicInteger questions = new AtomicInteger();
        iam.answerWith(exchange -> {
            questions.incrementAndGet();
            isOverAfter(TIME);
        });
        outage();
        assertThat(questions.get(), is(1));
    }

    /** Only a connection that was kept may be dead: one that IAM closes after each answer never is. */
    @Test
    @Timeout(30)
    void aSlowIamThatKeepsNoConnectionIsAskedOnce() {
        issue();
        AtomicInteger questions = new AtomicInteger();
        iam.answerWith(exchange -> {
            if (questions.incrementAndGet() > 1) {
                isOverAfter(Duration.ofMillis(1_300));
            }
            exchange.getResponseHeaders().set("Connection", "close");
            iam.handle(exchange);
        });
        assertThat(validate(), is(instanceOf(Grant.class)));
        assertThat(validate(), is(instanceOf(Grant.class)));
        assertThat(questions.get(), is(2));
    }
}
