package dis.checkpoint.model;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.launcher.EngineFilter.includeEngines;

import dis.checkpoint.support.EmbeddedServices;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * Runs {@link CheckpointProperties} while the function is up. The function needs Jupiter, the properties need the engine of
 * jqwik, whose samples shrink and can be repeated by their seed: so the one test of Jupiter launches the other engine,
 * inside the class loader of the function. By itself, a build does not find the properties: their class is not named as a
 * test is.
 */
@QuarkusTest
@WithTestResource(EmbeddedServices.class)
class CheckpointModelTest {

    @Test
    void everyPropertyHolds() throws Throwable {
        LauncherDiscoveryRequest properties = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(CheckpointProperties.class))
                .filters(includeEngines("jqwik"))
                .build();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(properties, listener);
        TestExecutionSummary summary = listener.getSummary();
        if (!summary.getFailures().isEmpty()) {
            throw summary.getFailures().get(0).getException();
        }
        assertNotEquals(0, summary.getTestsSucceededCount());
    }
}
