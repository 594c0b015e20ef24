package dis.checkpoint.http;

import jakarta.inject.Singleton;
import jakarta.validation.MessageInterpolator;
import java.util.Locale;

/**
 * Returns the message of a rule as it is declared. By default Bean Validation translates each message into the language of the
 * machine and evaluates expressions in it. Our messages have neither translations nor expressions.
 */
@Singleton
class LiteralMessageInterpolator implements MessageInterpolator {

    @Override
    public String interpolate(String message, Context context) {
        return message;
    }

    @Override
    public String interpolate(String message, Context context, Locale locale) {
        return message;
    }
}
