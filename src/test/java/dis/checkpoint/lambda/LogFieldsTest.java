package dis.checkpoint.lambda;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.ObjectMapper;
import dis.checkpoint.domain.CheckpointKey;
import dis.checkpoint.domain.PartitionId;
import dis.checkpoint.domain.SequenceNumber;
import dis.checkpoint.error.DisError;
import dis.checkpoint.http.Outcome;
import dis.checkpoint.http.Outcome.Subject;
import dis.checkpoint.support.Api;
import dis.checkpoint.support.CheckpointBuilder;
import dis.checkpoint.support.Manual;
import io.quarkus.runtime.LaunchMode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LogFieldsTest {

    private static final String TRACE = "com.amazonaws.xray.traceHeader";

    /** A field that is added to the log line is missed in the manual, and the other way round. */
    @Test
    void manualListsTheFieldsOfTheLogLine() throws Exception {
        Set<String> listed =
                new TreeSet<>(Manual.rows("operations.md", "The log line").keySet());
        listed.addAll(Manual.rows("operations.md", "Metrics").keySet());
        Set<String> written = new TreeSet<>();
        for (String line : lines().split("\n")) {
            new ObjectMapper().readTree(line).fieldNames().forEachRemaining(written::add);
        }
        written.remove("_aws"); // CloudWatch reads from it which fields are metrics.
        assertThat(listed, is(written));
    }

    /** The lines of production of a stored and a refused write, of a deletion and of a failure. */
    private static String lines() throws Exception {
        CheckpointKey key = Api.consumer("newapp").partition(new PartitionId(0));
        Optional<Subject> subject = Optional.of(new Subject(key.consumer(), Optional.of(key.partition())));
        List<Outcome> outcomes = List.of(
                new Outcome.Stored(key, new SequenceNumber(42)),
                new Outcome.DeletedAll(key.consumer(), 3),
                new Outcome.Refused(
                        DisError.ILLEGAL_GENERATION.because("a lower generation"),
                        subject,
                        Optional.of(CheckpointBuilder.checkpoint(42)
                                .generation(3L)
                                .clientId("consumer-b")
                                .build())),
                new Outcome.Failed(DisError.UNAVAILABLE.tryAgainLater("a cause").inAwsRequest("id"), subject));
        RequestRecord request = new RequestRecord("id", Optional.of("POST"), Optional.of("192.0.2.1"));
        request.setProject(Optional.of(key.consumer().project()));
        request.setCaller(Optional.of("AKEXAMPLE123"));
        RequestLog log = new RequestLog("1.0.0");
        LaunchMode mode = LaunchMode.current();
        PrintStream out = System.out;
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        try {
            LaunchMode.set(LaunchMode.NORMAL);
            System.setProperty(TRACE, "Root=1-2-3");
            System.setOut(new PrintStream(lines, true, "UTF-8"));
            outcomes.forEach(outcome -> log.write(request, outcome));
        } finally {
            System.setOut(out);
            System.clearProperty(TRACE);
            LaunchMode.set(mode);
        }
        return lines.toString("UTF-8");
    }
}
