package dis.checkpoint.http;

import jakarta.validation.Constraint;
import jakarta.validation.OverridesAttribute;
import jakarta.validation.Payload;
import jakarta.validation.ReportAsSingleViolation;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A required text of a given format. The {@code payload} names the DIS code of a violation
 * ({@link dis.checkpoint.error.DisError#of}); without one it is {@code DIS.4200}.
 */
@NotNull
@Pattern(regexp = "")
@ReportAsSingleViolation
@Constraint(validatedBy = {})
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.TYPE_USE})
public @interface RequiredPattern {

    /** The format as a regular expression that has to match the whole text. */
    @OverridesAttribute(constraint = Pattern.class, name = "regexp")
    String matches();

    String message();

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};
}
