package dis.checkpoint.documentation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The checks of a release that need no build. */
class ReleaseTest {

    private static final Path WORKFLOWS = Path.of(".github/workflows");
    private static final Path CHANGELOG = Path.of("src/docs/CHANGELOG.md");
    private static final Pattern USES = Pattern.compile("(?m)^.*\\buses: (.*)$");
    private static final Pattern PINNED = Pattern.compile("[\\w-]+/[\\w-]+@[0-9a-f]{40} # v\\d+\\.\\d+\\.\\d+");

    private record Exit(int status, String output) {}

    @Test
    void workflowActionsArePinnedByCommitAndVersion() throws IOException {
        List<String> actions = new ArrayList<>();
        try (Stream<Path> workflows = Files.list(WORKFLOWS)) {
            for (Path workflow : workflows.toList()) {
                USES.matcher(Files.readString(workflow)).results().forEach(match -> actions.add(match.group(1)));
            }
        }
        assertThat(actions, is(not(empty())));
        assertThat(
                actions.stream()
                        .filter(action -> !PINNED.matcher(action).matches())
                        .toList(),
                is(empty()));
    }

    @Test
    void changelogHasTheVersion() throws Exception {
        Exit exit = version(Map.of());

        assertThat(exit.output(), exit.status(), is(0));
        String released = exit.output().strip().replace("-SNAPSHOT", "");
        assertThat(Files.readString(CHANGELOG), containsString("\n## " + released + "\n"));
    }

    @Test
    void tagOfAnotherVersionIsRefused() throws Exception {
        Exit exit = version(Map.of("GITHUB_REF_TYPE", "tag", "GITHUB_REF_NAME", "v0.0.1"));

        assertThat(exit.status(), is(1));
        assertThat(exit.output(), containsString("The tag is v0.0.1"));
    }

    private static Exit version(Map<String, String> environment) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(".ci/release/version").redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("GITHUB_"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Exit(process.waitFor(), output);
    }
}
