package dis.checkpoint.dev;

import dis.checkpoint.auth.AccessKey;
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

/** The table and the IAM of {@code ./mvnw quarkus:dev}. */
@Singleton
@IfBuildProfile("dev")
class DevelopmentServices {

    private static final Logger LOG = Logger.getLogger(DevelopmentServices.class);

    private final URI tableEndpoint;
    private final Path tableData;
    private final int iamPort;
    private final int port;
    private final CheckpointConfig config;
    private DynamoDbLocal table;
    private FakeKeystone iam;

    DevelopmentServices(
            @ConfigProperty(name = "quarkus.dynamodb.endpoint-override") URI tableEndpoint,
            @ConfigProperty(name = "development.table-data") Path tableData,
            @ConfigProperty(name = "development.iam-port") int iamPort,
            @ConfigProperty(name = "development.port") int port,
            CheckpointConfig config) {
        this.tableEndpoint = tableEndpoint;
        this.tableData = tableData;
        this.iamPort = iamPort;
        this.port = port;
        this.config = config;
    }

    void start(@Observes @Priority(1) StartupEvent event) throws Exception {
        iam = new FakeKeystone(iamPort, URI.create("http://127.0.0.1:" + port));
        table = DynamoDbLocal.in(tableData, tableEndpoint.getPort());
        table.createTable(config.table());
        String keys = config.accessKeysTable().orElseThrow();
        table.createAccessKeyTable(keys);
        FakeKeystone.PROJECTS.forEach(each -> table.issue(keys, DynamoDbLocal.accessKeyOf(each)));
        String project = FakeKeystone.PROJECTS.get(0);
        AccessKey key = DynamoDbLocal.accessKeyOf(project);
        LOG.infof(
                """
                The function listens on %1$s, for project %2$s with X-Auth-Token %3$s,
                or with AK %6$s and SK %7$s. Pages: %1$s/q/swagger-ui
                Table: %4$s, IAM: %5$s. Try:
                curl -i -X POST %1$s/v2/%2$s/checkpoints -H 'X-Auth-Token: %3$s' -H 'Content-Type: application/json' \
                  -d '{"stream_name":"newstream","app_name":"newapp","partition_id":"0","sequence_number":"2","checkpoint_type":"LAST_READ"}'""",
                "http://127.0.0.1:" + port,
                project,
                FakeKeystone.tokenOf(project),
                tableEndpoint,
                iam.endpoint(),
                key.id(),
                key.secret());
    }

    void stop(@Observes ShutdownEvent event) {
        iam.close();
        table.close();
    }
}
