package dis.checkpoint.dev;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DevelopmentOnlyTest {

    private static final String IGNORED_ENTRIES = "quarkus.package.jar.user-configured-ignored-entries";
    private static final Path CLASSES = Path.of("target/classes");

    /** Quarkus ignores files alone, no directories, so each class must be in the list. */
    @Test
    void everyClassOfDevelopmentIsLeftOutOfThePackage() throws IOException {
        Properties properties = new Properties();
        try (InputStream file = Files.newInputStream(Path.of("src/main/resources/application.properties"))) {
            properties.load(file);
        }
        Set<String> ignored = Stream.of(properties.getProperty(IGNORED_ENTRIES).split(","))
                .filter(entry -> entry.endsWith(".class"))
                .collect(Collectors.toCollection(TreeSet::new));
        try (Stream<Path> files = Files.walk(CLASSES.resolve("dis/checkpoint/dev"))) {
            Set<String> classes = files.filter(Files::isRegularFile)
                    .map(file -> CLASSES.relativize(file).toString())
                    .collect(Collectors.toCollection(TreeSet::new));
            assertThat(IGNORED_ENTRIES + " in application.properties", ignored, is(classes));
        }
    }
}
