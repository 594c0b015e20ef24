package dis.checkpoint.request;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeadlineTest {

    @Test
    void passes() {
        assertThat(Deadline.in(Duration.ofSeconds(-1)).remaining().isNegative(), is(true));
        assertThat(Deadline.in(Duration.ofHours(1)).remaining().isNegative(), is(false));
    }

    @Test
    void minusMovesTheDeadlineForward() {
        Deadline whole = new Deadline(5_000);
        assertThat(whole.minus(Duration.ofNanos(2_000)), is(new Deadline(3_000)));
    }

    @Test
    void withinNeverExceedsTheDeadline() {
        Deadline passed = Deadline.in(Duration.ofSeconds(-1));
        assertThat(passed.within(Duration.ofSeconds(1)), is(passed));
        Deadline later = Deadline.in(Duration.ofDays(1)).within(Duration.ofHours(1));
        assertThat(later.remaining().compareTo(Duration.ofHours(1)) <= 0, is(true));
        assertThat(later.remaining().compareTo(Duration.ofMinutes(1)) > 0, is(true));
    }
}
