package dis.checkpoint;

import java.time.Duration;

/** The moment by which something has to be done, on the clock of {@link System#nanoTime()}. */
public record Deadline(long nanos) {

    public static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /** What is left; zero or negative once it has passed. */
    public Duration remaining() {
        return Duration.ofNanos(nanos - System.nanoTime());
    }
}
