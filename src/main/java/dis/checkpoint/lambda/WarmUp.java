package dis.checkpoint.lambda;

import dis.checkpoint.domain.Deadline;
import dis.checkpoint.error.DisException;
import dis.checkpoint.iam.Authenticator;
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
import org.jboss.logging.Logger;

/**
 * Opens the connections to the table and to IAM before the first event: their TLS handshakes then fall into the init phase
 * of the function, and no caller waits for them. It takes a second at most, and its failure changes nothing.
 */
@Singleton
class WarmUp {

    private static final Duration TIME = Duration.ofSeconds(1);

    private static final Logger LOG = Logger.getLogger(WarmUp.class);

    void connect(
            @Observes @Priority(Interceptor.Priority.LIBRARY_AFTER) StartupEvent event,
            CheckpointTable table,
            Authenticator authenticator,
            ScheduledExecutorService executor) {
        Deadline deadline = Deadline.in(TIME);
        Future<?> iamConnection = executor.submit(() -> authenticator.connect(deadline));
        try {
            table.connect(deadline);
        } catch (DisException e) {
            warn(e);
        }
        try {
            iamConnection.get();
        } catch (ExecutionException e) {
            warn(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void warn(Throwable failure) {
        String cause =
                failure instanceof DisException outage ? outage.diagnosis().orElse("") : failure.toString();
        LOG.warnf("Started without a connection: %s", cause);
    }
}
