package dis.checkpoint.support;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Property;
import net.jqwik.engine.JqwikTestEngine;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.opentest4j.MultipleFailuresError;

/**
 * Runs the jqwik properties of a class while the function is up. A test of Jupiter launches the engine of jqwik inside the class
 * loader of the function, because Quarkus starts the function for Jupiter alone. Surefire does not find the class by itself,
 * because it is not named as a test is.
 */
public final class Properties {

    /** Without the listeners of Quarkus, which would remove the configuration of the function at the end of the launch. */
    private static final LauncherConfig JQWIK_ALONE = LauncherConfig.builder()
            .enableTestEngineAutoRegistration(false)
            .enableLauncherSessionListenerAutoRegistration(false)
            .enableLauncherDiscoveryListenerAutoRegistration(false)
            .enableTestExecutionListenerAutoRegistration(false)
            .addTestEngines(new JqwikTestEngine())
            .build();

    private Properties() {}

    public static int count(Class<?> properties) {
        return (int) Arrays.stream(properties.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Property.class))
                .count();
    }

    /**
     * Runs all properties of the class.
     *
     * @throws MultipleFailuresError with every property that does not hold
     */
    public static void check(Class<?> properties, Map<String, String> configuration) {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create(JQWIK_ALONE)
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectClass(properties))
                                .configurationParameters(configuration)
                                .build(),
                        listener);
        List<Throwable> failures = listener.getSummary().getFailures().stream()
                .<Throwable>map(failure -> new AssertionError(
                        failure.getTestIdentifier().getDisplayName() + ": " + failure.getException(),
                        failure.getException()))
                .toList();
        if (!failures.isEmpty()) {
            throw new MultipleFailuresError("Properties that do not hold", failures);
        }
        assertEquals(count(properties), listener.getSummary().getTestsSucceededCount());
    }
}
