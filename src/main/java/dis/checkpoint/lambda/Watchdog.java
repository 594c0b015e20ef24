package dis.checkpoint.lambda;

import dis.checkpoint.domain.Deadline;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Interrupts the thread that made it, if that still waits at the deadline. Once it is closed it never does: neither what the
 * thread does next is interrupted, nor is the thread left with an interrupt.
 */
final class Watchdog implements AutoCloseable {

    private final Thread waiting = Thread.currentThread();
    private final Future<?> alarm;
    private boolean closed;
    private boolean interrupted;

    Watchdog(Deadline deadline, ScheduledExecutorService executor) {
        alarm = executor.schedule(this::interrupt, deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Under the same lock as {@link #close}, which so waits for an interrupt that is under way. */
    private synchronized void interrupt() {
        if (!closed) {
            interrupted = true;
            waiting.interrupt();
        }
    }

    /** Whether the deadline passed before this was closed. */
    synchronized boolean isTooLate() {
        return interrupted;
    }

    @Override
    public synchronized void close() {
        closed = true;
        alarm.cancel(false);
        if (interrupted) {
            Thread.interrupted();
        }
    }
}
