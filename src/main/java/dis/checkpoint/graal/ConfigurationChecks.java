package dis.checkpoint.graal;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import io.quarkus.runtime.configuration.ConfigRecorder;
import io.quarkus.runtime.configuration.NameIterator;
import io.smallrye.config.ConfigValue;
import java.util.List;
import java.util.Set;

/**
 * Leaves checks out of the executable that Quarkus makes at each start, although what they look at was settled when the
 * function was built: each walks all the properties that any extension knows, and together they were half of a start. On the
 * JVM, and so in development and in tests, they still run. What is missing or of the wrong type still stops every start.
 */
final class ConfigurationChecks {

    private ConfigurationChecks() {}

    /** Is there a key below {@code quarkus.} that no extension knows? */
    @TargetClass(className = "io.quarkus.runtime.generated.Config")
    static final class UnknownKeys {

        @Substitute
        private static boolean isMapped(NameIterator name) {
            return true;
        }
    }

    /** Is there a key below the prefix of a mapping that the mapping does not have? */
    @TargetClass(className = "io.smallrye.config.ConfigMappingContext")
    static final class UnmappedKeys {

        @Substitute
        void reportUnknown(Set<String> ignoredPaths) {
            // An environment variable with such a name is ignored.
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
