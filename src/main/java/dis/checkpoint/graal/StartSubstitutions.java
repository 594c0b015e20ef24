package dis.checkpoint.graal;

import com.oracle.svm.core.annotate.Alias;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import io.quarkus.runtime.configuration.ConfigRecorder;
import io.quarkus.runtime.configuration.QuarkusConfigFactory;
import io.quarkus.value.registry.ValueRegistry;
import io.smallrye.config.ConfigValue;
import io.smallrye.context.SmallRyeContextManager;
import io.smallrye.context.api.ManagedExecutorConfig;
import io.smallrye.context.impl.DefaultValuesFromConfig;
import java.util.List;
import java.util.Map;

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
        public static void createRunTimeConfig(ValueRegistry values) {
            QuarkusConfigFactory.setConfig(SettledConfiguration.with(values));
        }
    }

    /** Nobody sets how contexts go from thread to thread. To find that out, SmallRye would list all properties. */
    @TargetClass(DefaultValuesFromConfig.class)
    static final class ContextPropagation {

        @Alias
        private String[] executorPropagated;

        @Alias
        private String[] executorCleared;

        @Alias
        private int executorAsync;

        @Alias
        private int executorQueue;

        @Alias
        private String[] threadPropagated;

        @Alias
        private String[] threadCleared;

        @Alias
        private String[] threadUnchanged;

        @Substitute
        ContextPropagation() {
            executorAsync = ManagedExecutorConfig.Literal.DEFAULT_INSTANCE.maxAsync();
            executorQueue = ManagedExecutorConfig.Literal.DEFAULT_INSTANCE.maxQueued();
            executorPropagated = SmallRyeContextManager.ALL_REMAINING_ARRAY;
            executorCleared = SmallRyeContextManager.NO_STRING;
            threadPropagated = SmallRyeContextManager.ALL_REMAINING_ARRAY;
            threadCleared = SmallRyeContextManager.NO_STRING;
            threadUnchanged = SmallRyeContextManager.NO_STRING;
        }
    }

    /** Was a property that is fixed at build time given another value, or one that is deprecated? Was a file not read? */
    @TargetClass(ConfigRecorder.class)
    static final class ConfigurationChecks {

        @Substitute
        public void handleConfigChange(List<ConfigValue> buildTimeValues) {
            // They cannot be changed any more.
        }

        @Substitute
        public void deprecatedProperties(Map<String, String> deprecatedProperties) {
            // The build has warned.
        }

        @Substitute
        public void unknownConfigFiles() {
            // None is read.
        }
    }
}
