package dis.checkpoint.model;

import dis.checkpoint.support.EmbeddedServices;
import dis.checkpoint.support.Properties;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Runs {@link CheckpointProperties} while the function is up. */
@QuarkusTest
@WithTestResource(EmbeddedServices.class)
class CheckpointModelIT {

    @Test
    void everyPropertyHolds() {
        Properties.check(CheckpointProperties.class, Map.of());
    }
}
