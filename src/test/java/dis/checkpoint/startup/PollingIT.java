package dis.checkpoint.startup;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PollingIT {

    private static final String OF_A_CALLER = "text of a caller";
    private static final String ERROR = "error";
    private static final String RETURN = "return";
    private static final long SECONDS_TO_END = 30;

    /** The output of a process that {@link Polling} ends. */
    private static String endOf(String way) throws Exception {
        Process function = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        PollingIT.class.getName(),
                        way)
                .start();
        boolean ended = function.waitFor(SECONDS_TO_END, TimeUnit.SECONDS);
        if (!ended) {
            function.destroyForcibly();
        }
        assertThat("it ends", ended, is(true));
        assertThat(function.exitValue(), is(1));
        return new String(function.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void errorOfThePollingThreadEndsTheProcess() throws Exception {
        String output = endOf(ERROR);
        assertThat(output, containsString("{\"level\":\"ERROR\""));
        assertThat(output, containsString("java.lang.OutOfMemoryError"));
        assertThat(output, not(containsString(OF_A_CALLER)));
    }

    /** On the JVM, Lambda's own client returns after an OutOfMemoryError, while the threads of Quarkus go on. */
    @Test
    void endOfThePollingThreadEndsTheProcess() throws Exception {
        assertThat(
                endOf(RETURN),
                is("{\"level\":\"ERROR\",\"outcome\":\"failed\","
                        + "\"cause\":\"The function ends because nothing polls for events any more\"}\n"));
    }

    public static void main(String[] arguments) throws InterruptedException {
        new Polling().start(null);
        CountDownLatch never = new CountDownLatch(1);
        if (arguments[0].equals(ERROR)) {
            Thread poll = new Thread(() -> {
                throw new OutOfMemoryError(OF_A_CALLER);
            });
            poll.setDaemon(true);
            poll.start();
            never.await();
        }
        new Thread(() -> {
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                })
                .start();
    }
}
