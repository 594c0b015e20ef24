package dis.checkpoint.http;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CodePointsTest {

    private record Example(
            @CodePoints(min = 1, max = 3, message = "") String oneToThree,
            @CodePoints(max = 1, message = "") String atMostOne) {}

    private static boolean isValid(String field, String text) throws ReflectiveOperationException {
        CodePoints.Validator validator = new CodePoints.Validator();
        validator.initialize(Example.class.getDeclaredField(field).getAnnotation(CodePoints.class));
        return validator.isValid(text, null);
    }

    @ParameterizedTest
    @CsvSource({
        "oneToThree, '', false",
        "oneToThree, a, true",
        "oneToThree, abc, true",
        "oneToThree, abcd, false",
        "oneToThree, , true"
    })
    void lengthMustBeWithinTheBounds(String field, String text, boolean expected) throws ReflectiveOperationException {
        assertThat(isValid(field, text), is(expected));
    }

    @Test
    void emojiCountsAsOneAndUnpairedSurrogateIsInvalid() throws ReflectiveOperationException {
        assertThat(isValid("atMostOne", "\ud83d\ude00"), is(true));
        assertThat(isValid("atMostOne", "\ud83d"), is(false));
    }
}
