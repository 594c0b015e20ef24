package dis.checkpoint.table;

import static dis.checkpoint.support.Api.isError;
import static dis.checkpoint.support.Api.query;
import static dis.checkpoint.support.Api.submission;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import dis.checkpoint.support.Api;
import dis.checkpoint.support.CapturedLog;
import dis.checkpoint.support.EmbeddedServices;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** An item that was edited by hand, over HTTP; CheckpointTableTest has the rules. */
@QuarkusTest
@WithTestResource(EmbeddedServices.class)
class EditedItemsTest {

    DynamoDbClient dynamoDb;

    @Test
    void malformedItemIsAnswered500AndLogged() {
        String app = Api.newApp();
        dynamoDb.putItem(request -> request.tableName(EmbeddedServices.TABLE)
                .item(Map.of(
                        "consumer", fromS(Api.PROJECT + "/newstream/" + app),
                        "checkpoint", fromS("LAST_READ/0000000000"),
                        "sequence_number", fromS("42"))));
        try (CapturedLog log = new CapturedLog()) {
            for (Response response : new Response[] {Api.get(query(app, "0")), Api.post(submission(app, "7"))}) {
                isError(response, 500, "DIS.5000", "System error.");
            }
            assertThat(log.messages(), hasItem(allOf(containsString("sequence_number"), containsString(app))));
        }
    }
}
