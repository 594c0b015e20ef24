package dis.checkpoint.deployment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The plugins of {@code serverless.yml}, called without osls around them ({@code plugins.js}). */
final class Plugins {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Plugins() {}

    /**
     * A call of a plugin.
     *
     * @param hook whose action is called; {@code null} for the check of the parameters
     * @param custom the parameters
     */
    record Call(
            String plugin,
            String hook,
            Map<String, ?> custom,
            Map<String, ?> options,
            String serviceDir,
            Map<String, String> environment) {}

    /**
     * The result of a call.
     *
     * @param error the sentence with which it failed, or {@code null}
     */
    record Result(List<String> output, String error) {}

    static List<Result> run(List<Call> calls) throws JsonProcessingException {
        return run(Map.of(), calls);
    }

    /** The same, with the libraries of osls at hand. */
    static List<Result> runWithLibraries(List<Call> calls) throws JsonProcessingException {
        return run(Map.of("NODE_PATH", Osls.libraries().toString()), calls);
    }

    private static List<Result> run(Map<String, String> environment, List<Call> calls) throws JsonProcessingException {
        Program run = Program.run(
                Path.of("."),
                environment,
                MAPPER.writeValueAsString(calls),
                List.of("node", "src/test/resources/plugins.js"));
        assertThat(run.output(), run.exitCode(), is(0));
        // Warnings of the libraries come before.
        String results = run.output().lines().reduce("", (before, line) -> line);
        return List.of(MAPPER.readValue(results, Result[].class));
    }
}
