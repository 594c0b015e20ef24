package dis.checkpoint.dev;

import io.quarkus.arc.profile.IfBuildProfile;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Opens the port of the function, and chooses the ports of {@link DevelopmentServices}: those of the properties, or free ones.
 * It comes before the function reads its configuration, because other properties refer to the ports. A live reload keeps them.
 */
@Singleton
@IfBuildProfile("dev")
class DevelopmentPorts {

    static final String FUNCTION_PORT = "development.port";
    static final String TABLE_PORT = "development.table-port";
    static final String IAM_PORT = "development.iam-port";

    /** Set once requests come in. */
    private static final String OPEN = "development.open";

    void choose(@Observes @Initialized(ApplicationScoped.class) Object event) {
        if (System.getProperty(OPEN) == null) {
            int port = port(FUNCTION_PORT);
            try {
                new DevelopmentServer().listen(port);
            } catch (IOException e) {
                exit(port, "Choose another port with -D" + FUNCTION_PORT + "=…");
            }
            System.setProperty(OPEN, "true");
        }
        for (String property : List.of(TABLE_PORT, IAM_PORT)) {
            int port = port(property);
            try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                System.setProperty(property, Integer.toString(free.getLocalPort()));
            } catch (IOException e) {
                exit(port, "Without -D" + property + ", a free port is used.");
            }
        }
    }

    /** 0 where the property is not set. */
    private static int port(String property) {
        return ConfigProvider.getConfig()
                .getOptionalValue(property, Integer.class)
                .orElse(0);
    }

    private static void exit(int port, String advice) {
        // Quarkus would print two stack traces for an exception.
        System.err.printf("Port %d is taken. %s%n", port, advice);
        System.exit(1);
    }
}
