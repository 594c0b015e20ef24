package dis.checkpoint.startup;

import io.quarkus.amazon.lambda.runtime.AmazonLambdaRecorder;
import io.quarkus.runtime.Application;
import io.quarkus.runtime.ImageMode;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/**
 * Starts to poll for events, and ends the process where nothing polls any more. An {@link OutOfMemoryError}, for example, kills
 * only the thread that polls: the process would stay up and never answer.
 */
@Singleton
class Polling {

    void start(@Observes StartupEvent event) {
        if (LaunchMode.current() == LaunchMode.NORMAL) {
            Thread.setDefaultUncaughtExceptionHandler((thread, error) ->
                    // Without the message of the error, because it may hold what a caller sent.
                    EndOfProcess.halt(
                            "The function ends because of " + error.getClass().getName()));
            if (ImageMode.current() == ImageMode.JVM) {
                haltAfter(Thread.currentThread());
            } else {
                new Thread(Polling::poll, "events").start();
            }
        }
    }

    private static void poll() {
        // Waits until the function has started.
        Application.currentApplication().start(new String[0]);
        try {
            EventLoop loop = new EventLoop(
                    System.getenv("AWS_LAMBDA_RUNTIME_API"),
                    (event, answer) -> AmazonLambdaRecorder.handle(event, answer, null));
            EndOfProcess.halt("The function ends because Lambda's Runtime API failed twice: " + loop.poll());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** On the JVM, Lambda's own client starts the function, and polls in the same thread. At an error, it reports and returns. */
    private static void haltAfter(Thread polling) {
        Thread watch = new Thread(
                () -> {
                    try {
                        polling.join();
                        EndOfProcess.halt("The function ends because nothing polls for events any more");
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "end of polling");
        watch.setDaemon(true);
        watch.start();
    }
}
