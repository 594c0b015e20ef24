package dis.checkpoint.startup;

import dis.checkpoint.auth.Authenticator;
import dis.checkpoint.error.DisException;
import dis.checkpoint.lambda.RequestLog;
import dis.checkpoint.request.Deadline;
import dis.checkpoint.table.CheckpointTable;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Opens the connections to the tables and to IAM before the first event, so that their TLS handshakes fall into the init phase
 * of the function and no caller waits for them. It takes a second at most. The function also starts where it fails.
 */
@Singleton
class WarmUp {

    private static final Duration TIME = Duration.ofSeconds(1);

    private final RequestLog log;

    WarmUp(RequestLog log) {
        this.log = log;
    }

    void connect(
            @Observes @Priority(Interceptor.Priority.LIBRARY_AFTER) StartupEvent event,
            CheckpointTable table,
            Authenticator authenticator,
            ScheduledExecutorService executor) {
        Deadline deadline = Deadline.in(TIME);
        Future<?> iamConnection = executor.submit(() -> authenticator.connectToIam(deadline));
        tryTo(() -> table.connect(deadline));
        tryTo(() -> authenticator.connectToAccessKeys(deadline));
        try {
            iamConnection.get();
        } catch (ExecutionException e) {
            log.warn("Started without a connection: " + causeOf(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tryTo(Runnable connect) {
        try {
            connect.run();
        } catch (DisException e) {
            log.warn("Started without a connection: " + causeOf(e));
        }
    }

    private static String causeOf(Throwable failure) {
        return failure instanceof DisException outage ? outage.diagnosis().orElse("") : failure.toString();
    }
}
