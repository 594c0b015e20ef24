package dis.checkpoint.graal;

import com.oracle.svm.core.annotate.Alias;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import io.quarkus.amazon.lambda.runtime.AmazonLambdaRecorder;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.ShutdownContext;
import io.quarkus.runtime.configuration.ConfigRecorder;
import io.quarkus.runtime.configuration.QuarkusConfigFactory;
import io.quarkus.value.registry.ValueRegistry;
import io.smallrye.config.ConfigValue;
import io.smallrye.context.SmallRyeContextManager;
import io.smallrye.context.api.ManagedExecutorConfig;
import io.smallrye.context.impl.DefaultValuesFromConfig;
import java.util.List;
import java.util.Map;

/** Parts of a start that the executable leaves out or replaces. On the JVM, and so in development and tests, Quarkus runs them. */
final class StartSubstitutions {

    private StartSubstitutions() {}

    @TargetClass(className = "io.quarkus.runtime.generated.Config")
    static final class RuntimeConfiguration {

        @Substitute
        public static void createRunTimeConfig(ValueRegistry values) {
            QuarkusConfigFactory.setConfig(SettledConfiguration.with(values));
        }
    }

    /** {@code startup.EventLoop} polls instead, and says why. */
    @TargetClass(AmazonLambdaRecorder.class)
    static final class PollLoop {

        @Substitute
        public void startPollLoop(ShutdownContext context, LaunchMode mode) {}
    }

    /** The defaults, because SmallRye would list all properties to find that none configures context propagation. */
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

    /** Left out: warnings of properties that are fixed at build time or deprecated, and of files that are not read. */
    @TargetClass(ConfigRecorder.class)
    static final class ConfigurationChecks {

        @Substitute
        public void handleConfigChange(List<ConfigValue> buildTimeValues) {}

        @Substitute
        public void deprecatedProperties(Map<String, String> deprecatedProperties) {}

        @Substitute
        public void unknownConfigFiles() {}
    }
}
