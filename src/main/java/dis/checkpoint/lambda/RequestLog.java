package dis.checkpoint.lambda;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dis.checkpoint.error.DisException;
import dis.checkpoint.http.RequestContext;
import io.quarkus.runtime.LaunchMode;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * Writes one line for each request: never a token, never metadata.
 *
 * <p>In production it is JSON, and in CloudWatch's embedded metric format: the metrics come out of the same line, without
 * an agent or a call. The few lines below stand where a metrics library would cost each start.
 */
@Singleton
class RequestLog {

    /** Set by the poll loop of the function for each event; the client of the table passes it on by itself. */
    private static final String TRACE_PROPERTY = "com.amazonaws.xray.traceHeader";

    /** The variable by which Lambda tells a function its name. */
    private static final String FUNCTION_NAME = "AWS_LAMBDA_FUNCTION_NAME";

    private static final String METRICS = """
            "CloudWatchMetrics":[{"Namespace":"CheckpointFunction","Dimensions":[["function","outcome"]],"Metrics":[\
            {"Name":"requests","Unit":"Count"},\
            {"Name":"milliseconds","Unit":"Milliseconds"},\
            {"Name":"cold_starts","Unit":"Count"},\
            {"Name":"iam_calls","Unit":"Count"},\
            {"Name":"iam_cache_hits","Unit":"Count"}]}]""";

    /** Writes texts, numbers and truth values by itself; a mapper would first find out how to write a map of them. */
    private static final JsonFactory JSON = new JsonFactory();

    private static final Logger LOG = Logger.getLogger(RequestLog.class);

    private final AtomicBoolean cold = new AtomicBoolean(true);
    /**
     * Writes the line of a request that has been answered.
     *
     * @param status of the answer
     */
    void write(int status, RequestContext request) {
        boolean first = cold.getAndSet(false);
        Logger.Level level = status < 400 ? Logger.Level.INFO : status < 500 ? Logger.Level.WARN : Logger.Level.ERROR;
        if (!LOG.isEnabled(level)) {
            return;
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("request_id", request.requestId());
        line.put("status", status);
        line.put("outcome", status < 400 ? "done" : status < 500 ? "refused" : "failed");
        request.method().ifPresent(method -> line.put("method", method));
        request.refusal().ifPresent(refusal -> describe(refusal, line));
        request.stored().ifPresent(stored -> {
            stored.clientId().ifPresent(id -> line.put("stored_client_id", id));
            stored.generation().ifPresent(generation -> line.put("stored_generation_id", generation));
        });
        if (request.project() != null) {
            line.put("project", request.project().value());
        }
        request.consumer().ifPresent(consumer -> {
            line.put("stream", consumer.stream().value());
            line.put("app", consumer.app().value());
        });
        request.partition().ifPresent(partition -> line.put("partition", partition.number()));
        line.put("iam_calls", request.askedIam() ? 1 : 0);
        line.put("iam_cache_hits", request.project() != null && !request.askedIam() ? 1 : 0);
        line.put("milliseconds", BigDecimal.valueOf((System.nanoTime() - request.start()) / 1_000, 3));
        line.put("cold", first);
        if (LaunchMode.current() == LaunchMode.NORMAL) {
            System.out.println(json(level, line));
        } else {
            LOG.log(level, line);
        }
    }

    private static void describe(DisException refusal, Map<String, Object> line) {
        line.put("code", refusal.error().code());
        line.put("reason", refusal.getMessage());
        refusal.diagnosis().ifPresent(diagnosis -> line.put("cause", diagnosis));
    }

    private String json(Logger.Level level, Map<String, Object> line) {
        line.put("level", level.name());
        String trace = System.getProperty(TRACE_PROPERTY);
        if (trace != null) {
            line.put("trace", trace);
        }
        // Or the metrics of the stages of an account would be mixed.
        line.put("function", Objects.requireNonNullElse(System.getenv(FUNCTION_NAME), "local"));
        line.put("requests", 1);
        line.put("cold_starts", Boolean.TRUE.equals(line.get("cold")) ? 1 : 0);
        StringWriter json = new StringWriter();
        try (JsonGenerator generator = JSON.createGenerator(json)) {
            generator.writeStartObject();
            for (Map.Entry<String, Object> field : line.entrySet()) {
                generator.writeObjectField(field.getKey(), field.getValue());
            }
            generator.writeFieldName("_aws");
            generator.writeRawValue("{\"Timestamp\":" + System.currentTimeMillis() + ',' + METRICS + '}');
            generator.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("Texts and numbers are always JSON", e);
        }
        return json.toString();
    }
}
