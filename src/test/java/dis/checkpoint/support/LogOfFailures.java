package dis.checkpoint.support;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Prints the log of each test that fails; the build turns the console off. Many tests provoke errors on purpose, so that the logs
 * of passing tests would hide the others.
 */
public final class LogOfFailures implements TestExecutionListener {

    private static final Logger ROOT = Logger.getLogger("");
    private static final Lines LINES = new Lines();

    /** The last lines since the test began. */
    private static final class Lines extends Handler {

        private static final int MOST = 1_000;
        private static final Formatter FORMATTER = new PatternFormatter("%d{HH:mm:ss,SSS} %-5p [%c] (%t) %s%e%n");

        private final Deque<String> last = new ArrayDeque<>();

        @Override
        public synchronized void publish(LogRecord record) {
            if (last.size() == MOST) {
                last.remove();
            }
            last.add(FORMATTER.format(record));
        }

        synchronized void forget() {
            last.clear();
        }

        synchronized String text() {
            return String.join("", last);
        }

        @Override
        public void flush() {
            // Nothing is held back.
        }

        @Override
        public void close() {
            forget();
        }
    }

    @Override
    public void testPlanExecutionStarted(TestPlan plan) {
        ROOT.removeHandler(LINES);
        ROOT.addHandler(LINES);
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        if (test.isTest()) {
            LINES.forget();
        }
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (result.getStatus() != TestExecutionResult.Status.FAILED) {
            return;
        }
        String log = LINES.text();
        if (!log.isEmpty()) {
            System.out.printf("Log of %s:%n%s", test.getDisplayName(), log);
        }
    }
}
