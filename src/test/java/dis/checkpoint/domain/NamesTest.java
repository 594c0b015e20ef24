package dis.checkpoint.domain;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.List;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The three kinds of names hold what their formats say, which is what the body's rules and the OpenAPI document state. */
class NamesTest {

    private static final List<Kind> KINDS = List.of(
            new Kind(AppName.FORMAT, AppName::new),
            new Kind(StreamName.FORMAT, StreamName::new),
            new Kind(ProjectId.FORMAT, ProjectId::new));

    private record Kind(String format, Consumer<String> maker) {}

    @Property
    void constructorsAcceptExactlyTheFormat(@ForAll("texts") String text) {
        for (Kind kind : KINDS) {
            assertThat(kind.toString(), isTaken(kind.maker(), text), is(text.matches(kind.format())));
        }
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                Arbitraries.strings()
                        .withCharRange('a', 'z')
                        .withCharRange('A', 'Z')
                        .numeric()
                        .withChars("-_")
                        .ofMaxLength(210),
                Arbitraries.strings().ofMaxLength(210),
                Arbitraries.strings().withChars("aZ09-_./ \n\u0000\u00e4\u0661").ofMaxLength(5));
    }

    @Example
    void lengthLimits() {
        assertThat(isTaken(AppName::new, "a".repeat(200)), is(true));
        assertThat(isTaken(AppName::new, "a".repeat(201)), is(false));
        assertThat(isTaken(StreamName::new, "a".repeat(64)), is(true));
        assertThat(isTaken(StreamName::new, "a".repeat(65)), is(false));
        assertThat(isTaken(ProjectId::new, "a".repeat(64)), is(true));
        assertThat(isTaken(ProjectId::new, "a".repeat(65)), is(false));
    }

    private static boolean isTaken(Consumer<String> kind, String text) {
        try {
            kind.accept(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
