package dis.checkpoint.lambda;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dis.checkpoint.support.Manual;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class LogFieldsTest {

    /** A field that is added to the log line is missed in the manual, and the other way round. */
    @Test
    void manualListsTheFieldsOfTheLogLine() {
        Set<String> listed =
                new TreeSet<>(Manual.rows("operations.md", "The log line").keySet());
        listed.addAll(Manual.rows("operations.md", "Metrics").keySet());
        Set<String> written =
                Arrays.stream(LogField.values()).map(LogField::key).collect(Collectors.toCollection(TreeSet::new));
        assertThat(listed, is(written));
    }
}
