package dis.checkpoint.lambda;

import dis.checkpoint.error.DisException;
import dis.checkpoint.http.Outcome;
import io.quarkus.runtime.LaunchMode;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Writes one line of JSON for each request: never a token, never metadata.
 *
 * <p>In production the line is in CloudWatch's embedded metric format: the metrics come out of it without an agent or a call.
 * There is no metrics library, because it would make each start longer.
 */
@Singleton
public class RequestLog {

    /** Set for each event by whatever polls for it. The client of the table sends its value with each call. */
    private static final String TRACE_PROPERTY = "com.amazonaws.xray.traceHeader";

    /** The variable by which Lambda tells a function its name. */
    private static final String FUNCTION_NAME = "AWS_LAMBDA_FUNCTION_NAME";

    static final String METRICS = "\"CloudWatchMetrics\":[{\"Namespace\":\"CheckpointFunction\","
            + "\"Dimensions\":[[\"function\",\"outcome\"]],\"Metrics\":["
            + Arrays.stream(LogField.values())
                    .flatMap(field -> field.unit().stream()
                            .map(unit -> "{\"Name\":\"" + field.key() + "\",\"Unit\":\"" + unit + "\"}"))
                    .collect(Collectors.joining(","))
            + "]}]";

    private static final Logger LOG = Logger.getLogger(RequestLog.class);

    private final AtomicBoolean cold = new AtomicBoolean(true);
    private final String version;

    RequestLog(@ConfigProperty(name = "quarkus.application.version") String version) {
        this.version = version;
    }

    /** Writes the line of a request that has been answered. */
    void write(RequestRecord request, Outcome outcome) {
        boolean first = cold.getAndSet(false);
        Logger.Level level = outcome instanceof Outcome.Done
                ? Logger.Level.INFO
                : outcome instanceof Outcome.Refused ? Logger.Level.WARN : Logger.Level.ERROR;
        if (!LOG.isEnabled(level)) {
            return;
        }
        Map<LogField, Object> line = new EnumMap<>(LogField.class);
        line.put(LogField.REQUEST_ID, request.requestId());
        line.put(LogField.STATUS, outcome.status());
        line.put(
                LogField.OUTCOME,
                outcome instanceof Outcome.Done ? "done" : outcome instanceof Outcome.Refused ? "refused" : "failed");
        request.method().ifPresent(method -> line.put(LogField.METHOD, method));
        if (outcome instanceof Outcome.NotDone notDone) {
            describe(notDone.error(), line);
        }
        if (outcome instanceof Outcome.Refused refused) {
            refused.stored().ifPresent(stored -> {
                stored.clientId().ifPresent(id -> line.put(LogField.STORED_CLIENT_ID, id));
                stored.generation().ifPresent(generation -> line.put(LogField.STORED_GENERATION_ID, generation));
            });
        }
        request.project().ifPresent(project -> line.put(LogField.PROJECT, project.value()));
        request.caller().ifPresent(caller -> line.put(LogField.CALLER, caller));
        request.sourceIp().ifPresent(address -> line.put(LogField.SOURCE_IP, address));
        outcome.subject().ifPresent(subject -> {
            line.put(LogField.STREAM, subject.consumer().stream().value());
            line.put(LogField.APP, subject.consumer().app().value());
            subject.partition().ifPresent(partition -> line.put(LogField.PARTITION, partition.number()));
        });
        if (outcome instanceof Outcome.Stored stored) {
            line.put(LogField.SEQUENCE_NUMBER, stored.sequenceNumber().value());
        } else if (outcome instanceof Outcome.Listed listed) {
            listed.after().ifPresent(partition -> line.put(LogField.START_PARTITION, partition.number()));
            line.put(LogField.LIMIT, listed.limit());
            line.put(LogField.FOUND, listed.answer().states().size());
            line.put(LogField.HAS_MORE, listed.answer().hasMore());
        } else if (outcome instanceof Outcome.DeletedAll deleted) {
            line.put(LogField.DELETED, deleted.count());
        }
        line.put(LogField.IAM_CALLS, request.askedIam() ? 1 : 0);
        line.put(LogField.IAM_CACHE_HITS, request.isAdmittedFromMemory() ? 1 : 0);
        line.put(LogField.MILLISECONDS, BigDecimal.valueOf((System.nanoTime() - request.start()) / 1_000, 3));
        line.put(LogField.COLD, first);
        if (LaunchMode.current() == LaunchMode.NORMAL) {
            addFunction(line);
            line.put(LogField.REQUESTS, 1);
            line.put(LogField.COLD_STARTS, first ? 1 : 0);
            print(level, line, "{\"Timestamp\":" + System.currentTimeMillis() + ',' + METRICS + '}');
        } else {
            LOG.log(level, JsonLine.of(line));
        }
    }

    /** Writes a warning during the start. */
    public void warn(String cause) {
        Map<LogField, Object> line = new EnumMap<>(LogField.class);
        line.put(LogField.OUTCOME, "started");
        line.put(LogField.CAUSE, cause);
        if (LaunchMode.current() == LaunchMode.NORMAL) {
            addFunction(line);
            print(Logger.Level.WARN, line, null);
        } else {
            LOG.warn(JsonLine.of(line));
        }
    }

    private static void describe(DisException error, Map<LogField, Object> line) {
        line.put(LogField.CODE, error.error().code());
        line.put(LogField.REASON, error.getMessage());
        error.diagnosis().ifPresent(diagnosis -> line.put(LogField.CAUSE, diagnosis));
        error.awsRequestId().ifPresent(id -> line.put(LogField.AWS_REQUEST_ID, id));
    }

    private void addFunction(Map<LogField, Object> line) {
        String trace = System.getProperty(TRACE_PROPERTY);
        if (trace != null) {
            line.put(LogField.TRACE, trace);
        }
        // The metrics have it as a dimension, because an account may have several stages.
        line.put(LogField.FUNCTION, Objects.requireNonNullElse(System.getenv(FUNCTION_NAME), "local"));
        line.put(LogField.VERSION, version);
    }

    private static void print(Logger.Level level, Map<LogField, Object> line, String metrics) {
        line.put(LogField.LEVEL, level.name());
        System.out.println(JsonLine.of(line, metrics));
    }
}
