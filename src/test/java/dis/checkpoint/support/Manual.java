package dis.checkpoint.support;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tables of the manual, so that tests can compare them with the code. */
public final class Manual {

    public static final Path DIRECTORY = Path.of("src/docs");

    private static final Pattern NAME = Pattern.compile("`([^`]+)`");

    private Manual() {}

    /** The rows of the tables in a section, by each name in backticks in their first cell. */
    public static Map<String, String> rows(String page, String heading) {
        Map<String, String> rows = new TreeMap<>();
        section(page, heading)
                .lines()
                .filter(line -> line.startsWith("| `"))
                .forEach(row ->
                        NAME.matcher(row.split("\\|")[1]).results().forEach(name -> rows.put(name.group(1), row)));
        return rows;
    }

    private static String section(String page, String heading) {
        Matcher section =
                Pattern.compile("(?ms)^## " + heading + "$(.*?)(?=^## |\\z)").matcher(text(DIRECTORY.resolve(page)));
        assertThat(page + " has a section \"" + heading + '"', section.find(), is(true));
        return section.group(1);
    }

    public static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
