package dis.checkpoint.lambda;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dis.checkpoint.error.DisException;
import dis.checkpoint.http.Outcome;
import io.quarkus.runtime.LaunchMode;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Writes one line for each request: never a token, never metadata.
 *
 * <p>It is JSON, and in production in CloudWatch's embedded metric format: the metrics come out of the same line, without
 * an agent or a call. The few lines below stand where a metrics library would cost each start.
 */
@Singleton
public class RequestLog {

    /** Set by the poll loop of the function for each event; the client of the table passes it on by itself. */
    private static final String TRACE_PROPERTY = "com.amazonaws.xray.traceHeader";

    /** The variable by which Lambda tells a function its name. */
    private static final String FUNCTION_NAME = "AWS_LAMBDA_FUNCTION_NAME";

    static final String METRICS = """
            "CloudWatchMetrics":[{"Namespace":"CheckpointFunction","Dimensions":[["function","outcome"]],"Metrics":[\
            {"Name":"requests","Unit":"Count"},\
            {"Name":"milliseconds","Unit":"Milliseconds"},\
            {"Name":"cold_starts","Unit":"Count"},\
            {"Name":"iam_calls","Unit":"Count"},\
            {"Name":"iam_cache_hits","Unit":"Count"}]}]""";

    /**
     * Writes texts, numbers and truth values by itself; a mapper would first find out how to write a map of them. What is not
     * printable ASCII is escaped: a consumer's name could turn the direction of a line, or break it in two.
     */
    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .characterEscapes(new EscapedDelete())
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build();

    private static final Logger LOG = Logger.getLogger(RequestLog.class);

    private final AtomicBoolean cold = new AtomicBoolean(true);
    private final String version;

    RequestLog(@ConfigProperty(name = "quarkus.application.version") String version) {
        this.version = version;
    }

    /** The one character of ASCII that Jackson leaves as it is and a terminal acts on. */
    private static final class EscapedDelete extends CharacterEscapes {

        private static final long serialVersionUID = 1;

        @Override
        public int[] getEscapeCodesForAscii() {
            int[] codes = standardAsciiEscapesForJSON();
            codes[0x7F] = ESCAPE_STANDARD;
            return codes;
        }

        @Override
        public SerializableString getEscapeSequence(int character) {
            return null;
        }
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
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("request_id", request.requestId());
        line.put("status", outcome.status());
        line.put(
                "outcome",
                outcome instanceof Outcome.Done ? "done" : outcome instanceof Outcome.Refused ? "refused" : "failed");
        request.method().ifPresent(method -> line.put("method", method));
        if (outcome instanceof Outcome.NotDone notDone) {
            describe(notDone.error(), line);
        }
        if (outcome instanceof Outcome.Refused refused) {
            refused.stored().ifPresent(stored -> {
                stored.clientId().ifPresent(id -> line.put("stored_client_id", id));
                stored.generation().ifPresent(generation -> line.put("stored_generation_id", generation));
            });
        }
        request.project().ifPresent(project -> line.put("project", project.value()));
        request.caller().ifPresent(caller -> line.put("caller", caller));
        request.sourceIp().ifPresent(address -> line.put("source_ip", address));
        outcome.subject().ifPresent(subject -> {
            line.put("stream", subject.consumer().stream().value());
            line.put("app", subject.consumer().app().value());
            subject.partition().ifPresent(partition -> line.put("partition", partition.number()));
        });
        if (outcome instanceof Outcome.Stored stored) {
            line.put("sequence_number", stored.sequenceNumber().value());
        } else if (outcome instanceof Outcome.Listed listed) {
            listed.after().ifPresent(partition -> line.put("start_partition", partition.number()));
            line.put("limit", listed.limit());
            line.put("found", listed.answer().states().size());
            line.put("has_more", listed.answer().hasMore());
        } else if (outcome instanceof Outcome.DeletedAll deleted) {
            line.put("deleted", deleted.count());
        }
        line.put("iam_calls", request.askedIam() ? 1 : 0);
        line.put("iam_cache_hits", request.isAdmittedFromMemory() ? 1 : 0);
        line.put("milliseconds", BigDecimal.valueOf((System.nanoTime() - request.start()) / 1_000, 3));
        line.put("cold", first);
        if (LaunchMode.current() == LaunchMode.NORMAL) {
            addWhatLambdaKnows(line);
            line.put("requests", 1);
            line.put("cold_starts", first ? 1 : 0);
            print(level, line, "{\"Timestamp\":" + System.currentTimeMillis() + ',' + METRICS + '}');
        } else {
            LOG.log(level, json(line, null));
        }
    }

    /** Writes a line of the start, of what is no reason not to start. */
    public void warn(String cause) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("outcome", "started");
        line.put("cause", cause);
        if (LaunchMode.current() == LaunchMode.NORMAL) {
            addWhatLambdaKnows(line);
            print(Logger.Level.WARN, line, null);
        } else {
            LOG.warn(json(line, null));
        }
    }

    private static void describe(DisException error, Map<String, Object> line) {
        line.put("code", error.error().code());
        line.put("reason", error.getMessage());
        error.diagnosis().ifPresent(diagnosis -> line.put("cause", diagnosis));
        error.awsRequestId().ifPresent(id -> line.put("aws_request_id", id));
    }

    private void addWhatLambdaKnows(Map<String, Object> line) {
        String trace = System.getProperty(TRACE_PROPERTY);
        if (trace != null) {
            line.put("trace", trace);
        }
        // Or the metrics of the stages of an account would be mixed.
        line.put("function", Objects.requireNonNullElse(System.getenv(FUNCTION_NAME), "local"));
        line.put("version", version);
    }

    private static void print(Logger.Level level, Map<String, Object> line, String metrics) {
        line.put("level", level.name());
        System.out.println(json(line, metrics));
    }

    /**
     * @param metrics JSON; {@code null} for none
     */
    private static String json(Map<String, Object> line, String metrics) {
        StringWriter json = new StringWriter();
        try (JsonGenerator generator = JSON.createGenerator(json)) {
            generator.writeStartObject();
            for (Map.Entry<String, Object> field : line.entrySet()) {
                generator.writeObjectField(field.getKey(), field.getValue());
            }
            if (metrics != null) {
                generator.writeFieldName("_aws");
                generator.writeRawValue(metrics);
            }
            generator.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("Texts and numbers are always JSON", e);
        }
        return json.toString();
    }
}
