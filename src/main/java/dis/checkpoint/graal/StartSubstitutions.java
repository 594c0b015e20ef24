package dis.checkpoint.graal;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import io.quarkus.runtime.configuration.ConfigRecorder;
import io.quarkus.runtime.configuration.QuarkusConfigFactory;
import io.quarkus.value.registry.ValueRegistry;
import io.smallrye.config.ConfigValue;
import java.util.List;

/**
 * What the executable does in another way than Quarkus at each start, because the result was settled when the function was
 * built. On the JVM, and so in development and in tests, Quarkus does it. What is missing or of the wrong type stops every
 * start.
 */
final class StartSubstitutions {

    private StartSubstitutions() {}

    @TargetClass(className = "io.quarkus.runtime.generated.Config")
    static final class RuntimeConfiguration {

        @Substitute
        public static void runtimeConfig(ValueRegistry values) {
            QuarkusConfigFactory.setConfig(SettledConfiguration.with(values));
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
