package dis.checkpoint.http;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import com.fasterxml.jackson.databind.JsonNode;
import dis.checkpoint.support.Api;
import dis.checkpoint.support.EmbeddedServices;
import dis.checkpoint.support.Fields;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.PutRequest;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/** The list of an app with 10,000 partitions, each with as much metadata as it may have. */
@QuarkusTest
@WithTestResource(EmbeddedServices.class)
class ManyPartitionsIT {

    private static final int PARTITIONS = 10_000;
    private static final int BATCH = 25;
    private static final String[] CHARACTERS = {"m", "\ud83d\ude00", "\u0000", "\""};

    DynamoDbClient dynamoDb;

    private static String metadata(int partition) {
        return CHARACTERS[partition % CHARACTERS.length].repeat(1_000);
    }

    private static WriteRequest put(String app, int partition) {
        Map<String, AttributeValue> item = Map.of(
                "consumer", AttributeValue.fromS(Api.PROJECT + "/newstream/" + app),
                "checkpoint", AttributeValue.fromS("LAST_READ/%010d".formatted(partition)),
                "sequence_number", AttributeValue.fromN(Integer.toString(partition)),
                "metadata", AttributeValue.fromS(metadata(partition)));
        return WriteRequest.builder()
                .putRequest(PutRequest.builder().item(item).build())
                .build();
    }

    @Test
    void pagesHoldEachPartitionOnceAndInOrder() {
        String app = Api.newApp();
        for (int from = 0; from < PARTITIONS; from += BATCH) {
            List<WriteRequest> batch = IntStream.range(from, from + BATCH)
                    .mapToObj(partition -> put(app, partition))
                    .toList();
            dynamoDb.batchWriteItem(request -> request.requestItems(Map.of(EmbeddedServices.TABLE, batch)));
        }
        Fields query = new Fields().with("checkpoint_type", "LAST_READ").with("limit", 1_000);
        int next = 0;
        for (boolean hasMore = true; hasMore; ) {
            Response response = Api.list(app, query);
            assertThat(response.statusCode(), is(200));
            assertThat(response.asByteArray().length, lessThan(1_000_000));
            JsonNode page = Api.json(response);
            for (JsonNode state : page.path("partition_consuming_states")) {
                assertThat(state.path("partition_id").textValue(), is("shardId-%010d".formatted(next)));
                assertThat(state.path("sequence_number").textValue(), is(Integer.toString(next)));
                assertThat(state.path("metadata").textValue(), is(metadata(next)));
                query.put("start_partition_id", next);
                next++;
            }
            hasMore = page.path("has_more").booleanValue();
            assertThat(hasMore, is(next < PARTITIONS));
        }
    }
}
