package dis.checkpoint.graal;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import io.quarkus.runtime.configuration.ConfigRecorder;
import io.quarkus.runtime.configuration.NameIterator;
import io.smallrye.config.ConfigValue;
import java.util.List;

/**
 * Leaves out of the executable what Quarkus checks at each start although it was settled when the function was built.
 * By instructions counted, the two checks below were 40 % of a start: they walk every property that an extension knows.
 * On the JVM, and so in development and in tests, they still run.
 */
final class ConfigurationChecks {

    private ConfigurationChecks() {}

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
}
