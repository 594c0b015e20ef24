package dis.checkpoint.lambda;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dis.checkpoint.domain.Deadline;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchdogTest {

    private static final Deadline LATER = Deadline.in(Duration.ofHours(1));

    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();

    private final AlarmByHand alarm = new AlarmByHand();

    @AfterEach
    void shutDown() {
        executor.shutdownNow();
        alarm.shutdownNow();
        Thread.interrupted();
    }

    @Test
    void interruptsWhoStillWaitsAtTheDeadline() {
        Watchdog watchdog = new Watchdog(Deadline.in(Duration.ZERO), executor);

        assertThrows(InterruptedException.class, () -> new CountDownLatch(1).await());

        assertThat(watchdog.isTooLate(), is(true));
        watchdog.close();
    }

    @Test
    void leavesNoInterruptBehindWhereNobodyWaited() {
        Watchdog watchdog = new Watchdog(LATER, alarm);
        alarm.go();
        watchdog.close();
        assertThat(Thread.interrupted(), is(false));
    }

    /** The moment between the end of a request and the end of its alarm: cancelling does not stop one that has begun. */
    @Test
    void anAlarmThatIsLateDoesNotReachTheNextEvent() {
        new Watchdog(LATER, alarm).close();
        alarm.go();
        assertThat(Thread.interrupted(), is(false));
    }

    /** Runs what it is given when it is told to, cancelled or not. */
    private static final class AlarmByHand extends ScheduledThreadPoolExecutor {

        private Runnable alarm;

        AlarmByHand() {
            super(1);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
            alarm = command;
            return super.schedule(() -> {}, delay, unit);
        }

        void go() {
            alarm.run();
        }
    }
}
