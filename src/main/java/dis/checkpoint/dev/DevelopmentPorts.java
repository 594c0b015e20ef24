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
 * Gives each service of {@link DevelopmentServices} a free port, unless a property says which. Other properties refer to it, so
 * this comes before the function reads its configuration. A live reload keeps the port.
 */
@Singleton
@IfBuildProfile("dev")
class DevelopmentPorts {

    static final String OF_TABLE = "development.table-port";
    static final String OF_IAM = "development.iam-port";

    void choose(@Observes @Initialized(ApplicationScoped.class) Object event) {
        for (String property : List.of(OF_TABLE, OF_IAM)) {
            int port = ConfigProvider.getConfig()
                    .getOptionalValue(property, Integer.class)
                    .orElse(0);
            try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                System.setProperty(property, Integer.toString(free.getLocalPort()));
            } catch (IOException e) {
                // An exception would come out as two stack traces of the framework.
                System.err.printf("Port %d is taken. Without -D%s, any free one is used.%n", port, property);
                System.exit(1);
            }
        }
    }
}
