package dis.checkpoint.request;

import java.time.Duration;

/**
 * The moment by which something has to be done. There is one for an event, made where the event comes in; all that waits
 * waits until then at the latest.
 *
 * @param nanos on the clock of {@link System#nanoTime()}
 */
public record Deadline(long nanos) {

    /** The moment that lies so far ahead from now on. */
    public static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /** A moment that comes so much before this one. */
    public Deadline minus(Duration time) {
        return new Deadline(nanos - time.toNanos());
    }

    /** This one, or the moment that lies so far ahead from now on, whichever comes first. */
    public Deadline within(Duration time) {
        return remaining().compareTo(time) < 0 ? this : in(time);
    }

    /** What is left; zero or negative once it has passed. */
    public Duration remaining() {
        return Duration.ofNanos(nanos - System.nanoTime());
    }
}
