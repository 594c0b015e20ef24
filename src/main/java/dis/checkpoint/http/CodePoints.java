package dis.checkpoint.http;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.charset.StandardCharsets;

/**
 * Limits the length of a text in characters, which are Unicode code points: {@code @Size} would count an emoji twice. Refuses
 * unpaired surrogates, because UTF-8 cannot carry them. {@code null} passes.
 */
@Constraint(validatedBy = CodePoints.Validator.class)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface CodePoints {

    int min() default 0;

    int max();

    String message();

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};

    class Validator implements ConstraintValidator<CodePoints, String> {

        private int min;
        private int max;

        @Override
        public void initialize(CodePoints characters) {
            min = characters.min();
            max = characters.max();
        }

        @Override
        public boolean isValid(String text, ConstraintValidatorContext context) {
            if (text == null) {
                return true;
            }
            int count = text.codePointCount(0, text.length());
            return min <= count
                    && count <= max
                    && StandardCharsets.UTF_8.newEncoder().canEncode(text);
        }
    }
}
