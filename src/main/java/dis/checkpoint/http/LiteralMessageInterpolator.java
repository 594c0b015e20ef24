package dis.checkpoint.http;

import jakarta.inject.Singleton;
import jakarta.validation.MessageInterpolator;
import java.util.Locale;

/**
 * Takes the message of a broken rule as it stands where the rule is declared. By default Bean Validation looks each one up in
 * the language of the machine and evaluates the expressions in it, of which there are none.
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
