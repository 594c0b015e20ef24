package dis.checkpoint.lambda;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;

/** The metrics in the log line of a request, for tests of what is made of them. */
public final class LoggedMetrics {

    private LoggedMetrics() {}

    /** Each as its namespace and its name, with a blank between them. */
    public static List<String> names() throws JsonProcessingException {
        JsonNode directive = new ObjectMapper()
                .readTree("{" + RequestLog.METRICS + "}")
                .get("CloudWatchMetrics")
                .get(0);
        List<String> names = new ArrayList<>();
        for (JsonNode metric : directive.get("Metrics")) {
            names.add(directive.get("Namespace").asText()
                    + ' '
                    + metric.get("Name").asText());
        }
        return names;
    }
}
