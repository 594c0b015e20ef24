package dis.checkpoint.http;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.sameInstance;

import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.error.DisError;
import dis.checkpoint.request.Deadline;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CallTest {

    private final Call call = new Call(new ProjectId("project-1"), Deadline.in(Duration.ofSeconds(5)));

    private static Outcome outcome(String diagnosis) {
        return Outcome.of(DisError.UNAVAILABLE.tryAgainLater(diagnosis));
    }

    /** For example, the table answers after the deadline. */
    @Test
    void laterOutcomesAreIgnored() {
        Outcome first = outcome("the time is up");
        assertThat(call.end(first), is(sameInstance(first)));
        assertThat(call.end(outcome("late")), is(sameInstance(first)));
    }

    @Test
    void concurrentEndsAllReturnTheFirstOutcome() throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Outcome>> enders = IntStream.range(0, 64)
                    .mapToObj(number -> (Callable<Outcome>) () -> call.end(outcome(Integer.toString(number))))
                    .toList();
            Set<Outcome> outcomes = new HashSet<>();
            for (Future<Outcome> outcome : executor.invokeAll(enders)) {
                outcomes.add(outcome.get());
            }
            assertThat(outcomes.size(), is(1));
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void outcomeIsEmptyUntilTheCallEnds() {
        assertThat(call.project(), is(new ProjectId("project-1")));
        assertThat(call.outcome(), is(Optional.empty()));
        Outcome outcome = outcome("the first");
        call.end(outcome);
        assertThat(call.outcome(), is(Optional.of(outcome)));
        assertThat(outcome.status(), is(503));
        assertThat(outcome.subject(), is(Optional.empty()));
    }
}
