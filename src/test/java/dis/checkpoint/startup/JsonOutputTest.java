package dis.checkpoint.startup;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class JsonOutputTest {

    /** The lines that the console gets of these prints. */
    private static List<JsonNode> printed(String... prints) throws Exception {
        ByteArrayOutputStream console = new ByteArrayOutputStream();
        PrintStream output = JsonOutput.lines(new PrintStream(console, true, StandardCharsets.UTF_8));
        for (String print : prints) {
            output.print(print);
        }
        List<JsonNode> lines = new ArrayList<>();
        for (String line : console.toString(StandardCharsets.UTF_8).lines().toList()) {
            lines.add(new ObjectMapper().readTree(line));
        }
        return lines;
    }

    @Test
    void logRecordWithAnExceptionIsOneLine() throws Exception {
        LogRecord record = new LogRecord(Level.WARNING, "Thread \"{0}\"\nhas been blocked");
        record.setParameters(new Object[] {"vert.x"});
        record.setLoggerName("io.vertx");
        record.setThrown(new IllegalStateException("cause"));
        String line = new JsonOutput().format(record);
        assertThat(line.indexOf('\n'), is(line.length() - 1));
        JsonNode fields = new ObjectMapper().readTree(line);
        assertThat(fields.path("level").asText(), is("WARN"));
        assertThat(fields.path("logger").asText(), is("io.vertx"));
        assertThat(fields.path("message").asText(), is("Thread \"vert.x\"\nhas been blocked"));
        assertThat(fields.path("exception").asText(), containsString("IllegalStateException: cause\n\tat "));
    }

    @Test
    void levelsAreThoseOfTheLogLines() throws Exception {
        for (String[] levels : new String[][] {{"SEVERE", "ERROR"}, {"WARNING", "WARN"}, {"INFO", "INFO"}}) {
            LogRecord record = new LogRecord(Level.parse(levels[0]), null);
            JsonNode fields = new ObjectMapper().readTree(new JsonOutput().format(record));
            assertThat(fields.path("level").asText(), is(levels[1]));
        }
    }

    @Test
    void printedTextIsALineOfJson() throws Exception {
        List<JsonNode> lines = printed("Ein \"Fü", "ßchen\"\n\n", "\tat line 2\n");
        assertThat(lines.size(), is(2));
        assertThat(lines.get(0).path("message").asText(), is("Ein \"Füßchen\""));
        assertThat(lines.get(0).path("level").asText(), is("WARN"));
        assertThat(lines.get(1).path("message").asText(), is("\tat line 2"));
    }

    @Test
    void printedJsonStaysAsItIs() throws Exception {
        List<JsonNode> lines = printed("{\"status\":", "201}\n");
        assertThat(lines, is(List.of(new ObjectMapper().readTree("{\"status\":201}"))));
    }
}
