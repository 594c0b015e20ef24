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
 * Opens the port of the function, and gives each service of {@link DevelopmentServices} a free one, unless a property says
 * which. Other properties refer to them, so this comes before the function reads its configuration. A live reload keeps the
 * ports.
 */
@Singleton
@IfBuildProfile("dev")
class DevelopmentPorts {

    static final String OF_FUNCTION = "development.port";
    static final String OF_TABLE = "development.table-port";
    static final String OF_IAM = "development.iam-port";

    /** Set once requests come in. */
    private static final String OPEN = "development.open";

    void choose(@Observes @Initialized(ApplicationScoped.class) Object event) {
        if (System.getProperty(OPEN) == null) {
            int port = port(OF_FUNCTION);
            try {
                new DevelopmentServer().listen(port);
            } catch (IOException e) {
                isTaken(port, "Another one is chosen with -D" + OF_FUNCTION + "=…");
            }
            System.setProperty(OPEN, "true");
        }
        for (String property : List.of(OF_TABLE, OF_IAM)) {
            int port = port(property);
            try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                System.setProperty(property, Integer.toString(free.getLocalPort()));
            } catch (IOException e) {
                isTaken(port, "Without -D" + property + ", any free one is used.");
            }
        }
    }

    /** 0 where none is chosen. */
    private static int port(String property) {
        return ConfigProvider.getConfig()
                .getOptionalValue(property, Integer.class)
                .orElse(0);
    }

    private static void isTaken(int port, String wayOut) {
        // An exception would come out as two stack traces of the framework.
        System.err.printf("Port %d is taken. %s%n", port, wayOut);
        System.exit(1);
    }
}
