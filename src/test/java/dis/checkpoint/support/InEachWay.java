package dis.checkpoint.support;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.support.AnnotationConsumer;
import org.junit.jupiter.params.support.ParameterDeclarations;

/** A test that runs for each {@link Way}, which is its first parameter; with texts, for each way and each text. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest
@ArgumentsSource(InEachWay.Ways.class)
public @interface InEachWay {

    String[] value() default {};

    /** Reads the annotation. */
    final class Ways implements ArgumentsProvider, AnnotationConsumer<InEachWay> {

        private String[] texts;

        @Override
        public void accept(InEachWay test) {
            texts = test.value();
        }

        @Override
        public Stream<? extends Arguments> provideArguments(
                ParameterDeclarations parameters, ExtensionContext context) {
            return Arrays.stream(Way.values())
                    .flatMap(way -> texts.length == 0
                            ? Stream.of(Arguments.of(way))
                            : Arrays.stream(texts).map(text -> Arguments.of(way, text)));
        }
    }
}
