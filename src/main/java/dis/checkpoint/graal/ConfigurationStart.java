package dis.checkpoint.graal;

import com.oracle.svm.core.annotate.Alias;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import io.quarkus.runtime.configuration.ConfigRecorder;
import io.quarkus.runtime.configuration.NameIterator;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.PropertyName;
import java.util.List;

/**
 * Makes the start of the executable cheaper, most of which is the building of its configuration. Two checks of what was
 * settled when the function was built are left out of it: they walk every property that an extension knows. On the JVM,
 * and so in development and in tests, they still run. The README has the instructions counted before and after.
 */
final class ConfigurationStart {

    private ConfigurationStart() {}

    /** Are there keys below {@code quarkus.} that no extension knows? */
    @TargetClass(className = "io.quarkus.runtime.generated.Config")
    static final class UnknownKeys {

        @Substitute
        private static boolean isMapped(NameIterator name) {
            return true;
        }
    }

    /** Was a property that is fixed at build time given another value? */
    @TargetClass(ConfigRecorder.class)
    static final class BuildTimeValues {

        @Substitute
        public void handleConfigChange(List<ConfigValue> buildTimeValues) {
            // They cannot be changed any more.
        }
    }

    /**
     * Quarkus looks hundreds of names up among keys with wildcards that all have one hash code, so that nearly all of a
     * lookup is finding out that two names differ. Most differ in their first characters, where a comparison can stop.
     */
    @TargetClass(PropertyName.class)
    static final class Names {

        @Alias
        private static native boolean equalsInternal(
                String name, int offset, int length, String other, int otherOffset, int otherLength);

        @Substitute
        public static boolean equals(String name, String other) {
            return mayMatch(name, other)
                    && (equalsInternal(name, 0, name.length(), other, 0, other.length())
                            || equalsInternal(other, 0, other.length(), name, 0, name.length()));
        }
    }

    /** Compares up to the first character in which both differ, or in which one of them may stand for more than itself. */
    private static boolean mayMatch(String name, String other) {
        int common = Math.min(name.length(), other.length());
        for (int i = 0; i < common; i++) {
            char one = name.charAt(i);
            char two = other.charAt(i);
            if (one != two) {
                return isPattern(one) || isPattern(two);
            }
        }
        return true;
    }

    private static boolean isPattern(char character) {
        return character == '*' || character == '"' || character == '[' || character == ']';
    }
}
