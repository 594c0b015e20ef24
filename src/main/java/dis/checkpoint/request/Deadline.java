package dis.checkpoint.request;

import java.time.Duration;

/**
 * The moment by which an event must be answered. It is set where the event comes in, and everything that waits for the event
 * waits until then at the latest.
 *
 * @param nanos on the clock of {@link System#nanoTime()}
 */
public record Deadline(long nanos) {

    /** The moment {@code time} from now. */
    public static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /** This deadline minus {@code time}. */
    public Deadline minus(Duration time) {
        return new Deadline(nanos - time.toNanos());
    }

    /** This deadline, or the moment {@code time} from now, whichever comes first. */
    public Deadline within(Duration time) {
        return remaining().compareTo(time) < 0 ? this : in(time);
    }

    /** The time that is left; zero or negative after the deadline. */
    public Duration remaining() {
        return Duration.ofNanos(nanos - System.nanoTime());
    }
}
