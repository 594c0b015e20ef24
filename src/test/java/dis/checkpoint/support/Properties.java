package dis.checkpoint.support;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.Map;
import net.jqwik.engine.JqwikTestEngine;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * Runs the properties of a class while the function is up. The function needs Jupiter, the properties need the engine of
 * jqwik, whose samples shrink and can be repeated by their seed: so a test of Jupiter launches the other engine, inside the
 * class loader of the function. By itself, a build does not find the properties: their class is not named as a test is.
 */
public final class Properties {

    /** Without what Quarkus listens with: at the end of a launch, that takes the function's configuration away. */
    private static final LauncherConfig JQWIK_ALONE = LauncherConfig.builder()
            .enableTestEngineAutoRegistration(false)
            .enableLauncherSessionListenerAutoRegistration(false)
            .enableLauncherDiscoveryListenerAutoRegistration(false)
            .enableTestExecutionListenerAutoRegistration(false)
            .addTestEngines(new JqwikTestEngine())
            .build();

    private Properties() {}

    /**
     * Runs all of them.
     *
     * @return how many held
     * @throws Throwable the failure of the first that does not
     */
    public static long thatHold(Class<?> properties, Map<String, String> configuration) throws Throwable {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create(JQWIK_ALONE)
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectClass(properties))
                                .configurationParameters(configuration)
                                .build(),
                        listener);
        TestExecutionSummary summary = listener.getSummary();
        if (!summary.getFailures().isEmpty()) {
            throw summary.getFailures().get(0).getException();
        }
        return summary.getTestsSucceededCount();
    }
}
