package dis.checkpoint.lambda;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/**
 * Ends the process with the thread that polls for events: an error such as one of memory ends that alone, and the function
 * would live on without ever answering. Lambda starts another one.
 */
@Singleton
class EndOfPolling {

    void endsTheProcess(@Observes StartupEvent event) {
        if (LaunchMode.current() == LaunchMode.NORMAL) {
            Thread.setDefaultUncaughtExceptionHandler(EndOfPolling::halt);
        }
    }

    /** Without the message of the error, which may hold what a caller sent. */
    private static void halt(Thread thread, Throwable error) {
        try {
            System.out.println("{\"level\":\"ERROR\",\"outcome\":\"failed\",\"cause\":\"The function ends because of "
                    + error.getClass().getName() + "\"}");
        } finally {
            Runtime.getRuntime().halt(1);
        }
    }
}
