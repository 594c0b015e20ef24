package dis.checkpoint.dev;

import dis.checkpoint.config.CheckpointConfig;
import io.quarkus.arc.profile.IfBuildProfile;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.net.URI;
import java.nio.file.Path;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** What {@code ./mvnw quarkus:dev} brings along, so that the function needs nothing else. */
@Singleton
@IfBuildProfile("dev")
class DevelopmentServices {

    private static final Logger LOG = Logger.getLogger(DevelopmentServices.class);

    private final URI tableEndpoint;
    private final Path tableData;
    private final int iamPort;
    private final CheckpointConfig config;
    private DynamoDbLocal table;
    private FakeKeystone iam;

    DevelopmentServices(
            @ConfigProperty(name = "quarkus.dynamodb.endpoint-override") URI tableEndpoint,
            @ConfigProperty(name = "development.table-data") Path tableData,
            @ConfigProperty(name = "development.iam-port") int iamPort,
            CheckpointConfig config) {
        this.tableEndpoint = tableEndpoint;
        this.tableData = tableData;
        this.iamPort = iamPort;
        this.config = config;
    }

    void start(@Observes @Priority(1) StartupEvent event) throws Exception {
        iam = new FakeKeystone(iamPort);
        table = DynamoDbLocal.in(tableData, tableEndpoint.getPort());
        table.createTable(config.table());
        String project = FakeKeystone.PROJECTS.get(0);
        LOG.infof(
                "Table at %s, IAM at %s. Project %s, X-Auth-Token %s",
                tableEndpoint, iam.endpoint(), project, FakeKeystone.tokenOf(project));
    }

    void stop(@Observes ShutdownEvent event) {
        iam.close();
        table.close();
    }
}
