package dis.checkpoint.startup;

import io.quarkus.runtime.ImageMode;
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
            Thread.setDefaultUncaughtExceptionHandler((thread, error) ->
                    // Without the message of the error, which may hold what a caller sent.
                    halt("The function ends because of " + error.getClass().getName()));
            if (ImageMode.current() == ImageMode.JVM) {
                haltAfter(Thread.currentThread());
            }
        }
    }

    /** On the JVM the thread that starts the function also polls, and for Lambda's own code an error is no exception. */
    private static void haltAfter(Thread polling) {
        Thread watch = new Thread(
                () -> {
                    try {
                        polling.join();
                        halt("The function ends because nothing polls for events any more");
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "end of polling");
        watch.setDaemon(true);
        watch.start();
    }

    /** Ends the process with one line, which needs no escapes. */
    static void halt(String cause) {
        try {
            System.out.println("{\"level\":\"ERROR\",\"outcome\":\"failed\",\"cause\":\"" + cause + "\"}");
            System.out.flush();
        } finally {
            Runtime.getRuntime().halt(1);
        }
    }
}
