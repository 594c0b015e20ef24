package dis.checkpoint.lambda;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class EndOfPollingTest {

    private static final String OF_A_CALLER = "what a caller sent";

    /** In a process of its own, which it ends. */
    @Test
    @Timeout(60)
    void anErrorOfThePollingThreadEndsTheProcess() throws Exception {
        Process function = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        EndOfPollingTest.class.getName())
                .start();

        String output = new String(function.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(function.waitFor(), is(1));
        assertThat(output, containsString("{\"level\":\"ERROR\""));
        assertThat(output, containsString("java.lang.OutOfMemoryError"));
        assertThat(output, not(containsString(OF_A_CALLER)));
    }

    /** The main thread waits, as that of Quarkus does. */
    public static void main(String[] arguments) throws InterruptedException {
        new EndOfPolling().endsTheProcess(null);
        Thread poll = new Thread(() -> {
            throw new OutOfMemoryError(OF_A_CALLER);
        });
        poll.setDaemon(true);
        poll.start();
        new CountDownLatch(1).await();
    }
}
