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
    void ofAPartComesBeforeTheWhole() {
        Deadline whole = new Deadline(5_000);
        assertThat(whole.minus(Duration.ofNanos(2_000)), is(new Deadline(3_000)));
    }
}
