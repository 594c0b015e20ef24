package dis.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.util.RawValue;
import dis.checkpoint.error.DisException;
import io.quarkus.runtime.LaunchMode;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.ext.Provider;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Writes one line for each request: never a token, never metadata.
 *
 * <p>In production it is JSON, and in CloudWatch's embedded metric format: the metrics come out of the same line, without
 * an agent or a call. The few lines below stand where a metrics library would cost each start.
 */
@Provider
public class RequestLog implements ContainerResponseFilter {

    /** Set by the poll loop of the function for each event; the client of the table passes it on by itself. */
    private static final String TRACE_PROPERTY = "com.amazonaws.xray.traceHeader";

    private static final String IAM_CALLS = "iam_calls";
    private static final String IAM_CACHE_HITS = "iam_cache_hits";

    private static final RawValue METRICS = new RawValue("""
            [{"Namespace":"CheckpointFunction","Dimensions":[["outcome"]],"Metrics":[\
            {"Name":"requests","Unit":"Count"},\
            {"Name":"milliseconds","Unit":"Milliseconds"},\
            {"Name":"cold_starts","Unit":"Count"},\
            {"Name":"iam_calls","Unit":"Count"},\
            {"Name":"iam_cache_hits","Unit":"Count"}]}]""");

    private static final Logger LOG = Logger.getLogger(RequestLog.class);

    private final AtomicBoolean cold = new AtomicBoolean(true);
    private final Call call;
    private final ObjectMapper mapper;

    RequestLog(Call call, ObjectMapper mapper) {
        this.call = call;
        this.mapper = mapper;
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        write(response.getStatus(), call.requestId(), call.elapsed(), line -> {
            line.put("method", request.getMethod());
            call.refusal().ifPresent(refusal -> describe(refusal, line));
            call.holder().ifPresent(holder -> {
                holder.clientId().ifPresent(id -> line.put("holder_client_id", id));
                holder.generation().ifPresent(generation -> line.put("holder_generation_id", generation));
            });
            if (call.project() != null) {
                line.put("project", call.project().value());
                line.put(IAM_CACHE_HITS, call.askedIam() ? 0 : 1);
            }
            line.put(IAM_CALLS, call.askedIam() ? 1 : 0);
            call.consumer().ifPresent(consumer -> {
                line.put("stream", consumer.stream().value());
                line.put("app", consumer.app().value());
            });
            call.partition().ifPresent(partition -> line.put("partition", partition.number()));
        });
    }

    /** Writes the line of a request that was refused before it reached JAX-RS. */
    void refused(DisException refusal, String requestId, Duration elapsed) {
        write(refusal.error().status(), requestId, elapsed, line -> describe(refusal, line));
    }

    private static void describe(DisException refusal, Map<String, Object> line) {
        line.put("code", refusal.error().code());
        line.put("reason", refusal.getMessage());
        refusal.cause().ifPresent(cause -> line.put("cause", cause));
    }

    private void write(int status, String requestId, Duration elapsed, Consumer<Map<String, Object>> details) {
        boolean first = cold.getAndSet(false);
        Logger.Level level = status < 400 ? Logger.Level.INFO : status < 500 ? Logger.Level.WARN : Logger.Level.ERROR;
        if (!LOG.isEnabled(level)) {
            return;
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("request_id", requestId);
        line.put("status", status);
        line.put("outcome", status < 400 ? "done" : status < 500 ? "refused" : "failed");
        details.accept(line);
        line.put("milliseconds", BigDecimal.valueOf(elapsed.toNanos() / 1_000, 3));
        line.put("cold", first);
        if (LaunchMode.current() == LaunchMode.NORMAL) {
            System.out.println(json(level, line));
        } else {
            LOG.log(level, line);
        }
    }

    private String json(Logger.Level level, Map<String, Object> line) {
        line.put("level", level.name());
        String trace = System.getProperty(TRACE_PROPERTY);
        if (trace != null) {
            line.put("trace", trace);
        }
        line.put("requests", 1);
        line.putIfAbsent(IAM_CALLS, 0);
        line.putIfAbsent(IAM_CACHE_HITS, 0);
        line.put("cold_starts", Boolean.TRUE.equals(line.get("cold")) ? 1 : 0);
        line.put("_aws", Map.of("Timestamp", System.currentTimeMillis(), "CloudWatchMetrics", METRICS));
        try {
            return mapper.writeValueAsString(line);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A map of texts and numbers is always JSON", e);
        }
    }
}
