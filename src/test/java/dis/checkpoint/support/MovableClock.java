package dis.checkpoint.support;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A wall clock and a clock like {@link System#nanoTime()}, both moved by the test alone. */
public final class MovableClock extends Clock {

    private volatile Instant now = Instant.now();
    private volatile long nanos = Long.MAX_VALUE;

    /** Moves both clocks. */
    public void move(Duration time) {
        moveWallClock(time);
        moveNanoTime(time);
    }

    public void moveWallClock(Duration time) {
        now = now.plus(time);
    }

    public void moveNanoTime(Duration time) {
        nanos += time.toNanos();
    }

    public long nanoTime() {
        return nanos;
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
