package dis.checkpoint.table;

import dis.checkpoint.config.CheckpointConfig;
import dis.checkpoint.support.Configurations;
import dis.checkpoint.support.EmbeddedServices;
import dis.checkpoint.support.Instances;
import java.net.URI;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;

/** The tables without a running function. */
public final class Tables {

    private Tables() {}

    public static CheckpointTable checkpoints(URI endpoint) {
        CheckpointConfig config = config(endpoint);
        return new CheckpointTable(dynamoDb(config), config);
    }

    public static AccessKeyTable accessKeys(URI endpoint) {
        CheckpointConfig config = config(endpoint);
        return new AccessKeyTable(dynamoDb(config), config);
    }

    private static CheckpointConfig config(URI endpoint) {
        return Configurations.config(Map.of(
                "checkpoint.table",
                EmbeddedServices.TABLE,
                "checkpoint.access-keys-table",
                EmbeddedServices.ACCESS_KEYS,
                "checkpoint.region",
                "eu-central-1",
                "checkpoint.table-endpoint",
                endpoint.toString()));
    }

    private static DynamoDb dynamoDb(CheckpointConfig config) {
        DynamoDbClientBuilder builder = DynamoDbClient.builder()
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")));
        return new DynamoDb(builder, Instances.of(builder::build), config);
    }
}
