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

class EndOfPollingIT {

    private static final String OF_A_CALLER = "what a caller sent";
    private static final String ERROR = "error";
    private static final String RETURN = "return";
    private static final long SECONDS_TO_END = 30;

    /** In a process of its own, which it ends. */
    private static String endOf(String way) throws Exception {
        Process function = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        EndOfPollingIT.class.getName(),
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
    void anErrorOfThePollingThreadEndsTheProcess() throws Exception {
        String output = endOf(ERROR);
        assertThat(output, containsString("{\"level\":\"ERROR\""));
        assertThat(output, containsString("java.lang.OutOfMemoryError"));
        assertThat(output, not(containsString(OF_A_CALLER)));
    }

    /** After an error of memory, what polls on the JVM reports it and returns, while the threads of Quarkus go on. */
    @Test
    void theEndOfThePollingThreadEndsTheProcess() throws Exception {
        assertThat(
                endOf(RETURN),
                is("{\"level\":\"ERROR\",\"outcome\":\"failed\","
                        + "\"cause\":\"The function ends because nothing polls for events any more\"}\n"));
    }

    public static void main(String[] arguments) throws InterruptedException {
        new EndOfPolling().endsTheProcess(null);
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
