package dis.checkpoint.documentation;

import static io.smallrye.config.ConfigMappings.ConfigClass.configClass;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import dis.checkpoint.config.CheckpointConfig;
import dis.checkpoint.support.Manual;
import io.smallrye.config.ConfigMappings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The documents agree with each other and with the code. */
class DocumentationTest {

    private static final Path README = Path.of("README.md");
    private static final Path MANUAL = Manual.DIRECTORY;
    private static final Path HABITS = Path.of(".github");
    private static final Path CLASSES = Path.of("target/classes");

    private static final Path PARTS = Path.of("src/main/serverless");

    /** The size of a front page; the manual takes the rest. */
    private static final long README_BYTES = 8 * 1024;

    private static final Pattern CODE = Pattern.compile("(?ms)^```.*?^```|^ {4}.*?$|`[^`\n]*`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+)$");
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^:}]+)(:.*)?}");
    private static final Pattern TEST_CLASS = Pattern.compile("`([A-Z]\\w*(?:Test|IT))`");

    private static final Pattern QUOTED_KEY = Pattern.compile("\"([a-z_]+)\":\"\\$context");

    /** The words of CloudWatch Logs Insights, and the name {@code calls} that the queries give to a column. */
    private static final Set<String> WORDS_OF_QUERIES = Set.of(
            ("filter stats count as by sort desc limit fields and in like bin ispresent @timestamp @message calls")
                    .split(" "));

    /** Variables that StartCheck, Quarkus, the SDK for AWS and Lambda define, so that the configuration has no property for them. */
    private static final Set<String> DEFINED_ELSEWHERE = Set.of(
            "CHECKPOINT_IAM_ALLOW_HTTP",
            "QUARKUS_LOG_LEVEL",
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN");

    static List<Path> documents() throws IOException {
        List<Path> documents = new ArrayList<>(List.of(README));
        for (Path directory : List.of(MANUAL, HABITS)) {
            try (Stream<Path> files = Files.walk(directory)) {
                files.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
            }
        }
        return documents;
    }

    @ParameterizedTest
    @MethodSource("documents")
    void linksLeadToExistingFilesAndHeadings(Path document) throws IOException {
        List<String> broken = new ArrayList<>();
        for (String link : links(document)) {
            String[] fileAndAnchor = link.split("#", 2);
            Path file = fileAndAnchor[0].isEmpty()
                    ? document
                    : document.resolveSibling(fileAndAnchor[0]).normalize();
            if (!Files.exists(file)
                    || fileAndAnchor.length == 2 && !anchors(file).contains(fileAndAnchor[1])) {
                broken.add(link);
            }
        }
        assertThat(broken, is(empty()));
    }

    @Test
    void manualPagesAreAtMostTwoClicksFromTheReadme() throws IOException {
        Set<Path> reached = new TreeSet<>(Set.of(README));
        for (int clicks = 0; clicks < 2; clicks++) {
            for (Path document : List.copyOf(reached)) {
                for (String link : links(document)) {
                    Path file = document.resolveSibling(link.split("#", 2)[0]).normalize();
                    if (file.toString().endsWith(".md")) {
                        reached.add(file);
                    }
                }
            }
        }
        List<Path> pages =
                documents().stream().filter(page -> page.startsWith(MANUAL)).toList();
        assertThat(pages.stream().filter(page -> !reached.contains(page)).toList(), is(empty()));
    }

    @Test
    void readmeIsAtMost8KiB() throws IOException {
        assertThat(Files.size(README), is(lessThanOrEqualTo(README_BYTES)));
    }

    @Test
    void documentedVariablesEqualTheVariablesThatAreRead() throws IOException {
        Set<String> read = new TreeSet<>(DEFINED_ELSEWHERE);
        read.addAll(variables().keySet());
        assertThat(Manual.rows("configuration.md", "Variables").keySet(), is(read));
    }

    /** The manual lists the fields of the log line, serverless.yml those of the access log. */
    @Test
    void queriesUseLoggedFieldsOnly() throws IOException {
        Set<String> fields = new TreeSet<>(WORDS_OF_QUERIES);
        fields.addAll(Manual.rows("operations.md", "The log line").keySet());
        QUOTED_KEY
                .matcher(Files.readString(Path.of("serverless.yml")))
                .results()
                .forEach(key -> fields.add(key.group(1)));
        List<String> unknown = Stream.concat(
                        Manual.text(MANUAL.resolve("operations.md"))
                                .lines()
                                .filter(line -> line.matches(" {4,}(filter|stats|\\|) .*")),
                        Files.readString(PARTS.resolve("dashboard.yml"))
                                .lines()
                                .filter(line -> line.contains("\"query\""))
                                .map(line -> line.substring(line.indexOf('|'))))
                .flatMap(query -> Pattern.compile("@?[a-z_]+")
                        .matcher(query.replaceAll("'[^']*'|\"[^\"]*\"|/[^/]*/|\\(\\w*\\)", ""))
                        .results()
                        .map(word -> word.group()))
                .filter(word -> !fields.contains(word))
                .distinct()
                .toList();
        assertThat(unknown, is(empty()));
    }

    @Test
    void documentedDefaultsEqualTheCode() throws IOException {
        Map<String, String> rows = Manual.rows("configuration.md", "Variables");
        for (Map.Entry<String, String> variable : variables().entrySet()) {
            if (!variable.getValue().isEmpty()) {
                assertThat(rows.get(variable.getKey()), containsString("`" + variable.getValue() + "`"));
            }
        }
    }

    @Test
    void documentedParametersEqualTheTemplate() throws IOException {
        Set<String> parameters = Pattern.compile("\\$\\{param:(\\w+)")
                .matcher(Files.readString(Path.of("serverless.yml")))
                .results()
                .map(result -> result.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(Manual.rows("deployment.md", "Parameters").keySet(), is(parameters));
    }

    @ParameterizedTest
    @MethodSource("documents")
    void namedTestsExist(Path document) throws IOException {
        Set<String> sources;
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            sources = files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        }
        TEST_CLASS
                .matcher(Files.readString(document))
                .results()
                .forEach(result -> assertThat(sources, hasItem(result.group(1) + ".java")));
    }

    /** The links to other documents and files, without links to other sites. */
    private static List<String> links(Path document) throws IOException {
        return LINK.matcher(CODE.matcher(Files.readString(document)).replaceAll(""))
                .results()
                .map(result -> result.group(1))
                .filter(link -> !link.contains("://"))
                .toList();
    }

    /** The anchors that GitHub makes of the headings. */
    private static Set<String> anchors(Path document) throws IOException {
        Map<String, Integer> seen = new HashMap<>();
        return HEADING.matcher(Files.readString(document).replaceAll("(?ms)^```.*?^```", ""))
                .results()
                .map(result -> result.group(1)
                        .strip()
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .map(anchor -> {
                    int before = seen.merge(anchor, 1, Integer::sum) - 1;
                    return before == 0 ? anchor : anchor + '-' + before;
                })
                .collect(Collectors.toSet());
    }

    /** The variables that the configuration is read from, with their defaults; empty where there is none. */
    private static Map<String, String> variables() throws IOException {
        Properties settled = new Properties();
        try (var file = Files.newInputStream(CLASSES.resolve("application.properties"))) {
            settled.load(file);
        }
        Map<String, String> variables = new TreeMap<>();
        ConfigMappings.getProperties(configClass(CheckpointConfig.class)).forEach((name, property) -> {
            Matcher reference = REFERENCE.matcher(settled.getProperty(name, ""));
            variables.put(
                    variable(reference.matches() ? reference.group(1) : name),
                    property.hasDefaultValue() ? property.getDefaultValue() : "");
        });
        return variables;
    }

    private static String variable(String property) {
        return property.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }
}
