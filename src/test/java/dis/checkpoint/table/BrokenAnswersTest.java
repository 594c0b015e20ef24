package dis.checkpoint.table;

import static dis.checkpoint.support.Api.isError;
import static dis.checkpoint.support.Api.query;
import static dis.checkpoint.support.Api.submission;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;

import dis.checkpoint.support.Api;
import dis.checkpoint.support.CapturedLog;
import dis.checkpoint.support.EmbeddedServices;
import dis.checkpoint.support.TableProxy;
import dis.checkpoint.support.TableProxy.Fault;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** That only what the table itself said, and said whole, is a yes or a no. */
@QuarkusTest
@WithTestResource(EmbeddedServices.class)
class BrokenAnswersTest {

    private final String app = Api.newApp();

    TableProxy proxy;

    @AfterEach
    void endFaults() {
        proxy.recover();
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "CUT_SHORT",
                "FOREIGN_EMPTY_OBJECT",
                "FOREIGN_EMPTY_BODY",
                "FOREIGN_NO_CONTENT",
                "FOREIGN_HTML",
                "FOREIGN_REFUSAL"
            })
    void foreignOrTruncatedTableResponseIsAnswered503(Fault fault) {
        Api.post(submission(app, "42")).then().statusCode(201);
        Map<String, Object> all = Api.queryAll(app);
        proxy.failWith(() -> fault);
        try (CapturedLog log = new CapturedLog()) {
            isUnavailable(Api.get(query(app, "0")));
            isUnavailable(Api.delete(all));
            isUnavailable(Api.post(submission(app, "43")));
            assertThat(log.messages(), hasItem(containsString("table checkpoints in eu-central-1 did not answer")));
        }
        proxy.recover();
        assertThat(Api.storedSequenceNumber(app), is(fault == Fault.CUT_SHORT ? "43" : "42"));
    }

    /** What is missing of it, its checksum tells. */
    @Test
    void emptiedTableResponseIsAnswered503() {
        Api.post(submission(app, "42")).then().statusCode(201);
        Map<String, Object> all = Api.queryAll(app);
        proxy.failWith(() -> Fault.EMPTIED);
        isUnavailable(Api.get(query(app, "0")));
        isUnavailable(Api.delete(all));
        proxy.recover();
        assertThat(Api.storedSequenceNumber(app), is("42"));
    }

    @Test
    void unconfirmedDeletionIsAnswered503() {
        Api.post(submission(app, "42")).then().statusCode(201);
        proxy.failWith(() -> Fault.FOREIGN_EMPTY_OBJECT);
        isUnavailable(Api.delete(query(app, "0")));
        proxy.recover();
        assertThat(Api.storedSequenceNumber(app), is("42"));
    }

    private static void isUnavailable(Response response) {
        isError(response, 503, "DIS.5000", "System error.").header("Retry-After", is("1"));
    }

    @ParameterizedTest
    @CsvSource({
        "REFUSED_WITHOUT_ITEM, refused the write and left out the stored item",
        "REFUSED_WITH_KEY_ALONE, refused the write and left out sequence_number of the stored item"
    })
    void refusalWithoutTheStoredItemIsAnswered503(Fault fault, String cause) {
        Api.post(submission(app, "42")).then().statusCode(201);
        proxy.failWith(() -> fault);
        try (CapturedLog log = new CapturedLog()) {
            isUnavailable(Api.post(submission(app, "7")));
            assertThat(
                    log.messages(),
                    hasItem(allOf(
                            containsString("\"cause\":\"table checkpoints in eu-central-1 " + cause),
                            containsString("\"aws_request_id\":\""))));
        }
        proxy.recover();
        assertThat(Api.storedSequenceNumber(app), is("42"));
    }
}
