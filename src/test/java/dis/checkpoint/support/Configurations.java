package dis.checkpoint.support;

import dis.checkpoint.config.CheckpointConfig;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.Map;

/** Configurations without a running function. */
public final class Configurations {

    private Configurations() {}

    /** The required properties and these. */
    public static CheckpointConfig config(Map<String, String> properties) {
        Map<String, String> all = new HashMap<>(Map.of(
                "checkpoint.table", "unused",
                "checkpoint.region", "unused",
                "checkpoint.iam.endpoint", "https://iam.example.com"));
        all.putAll(properties);
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(CheckpointConfig.class)
                .withSources(new PropertiesConfigSource(all, "test", 100))
                .build()
                .getConfigMapping(CheckpointConfig.class);
    }
}
