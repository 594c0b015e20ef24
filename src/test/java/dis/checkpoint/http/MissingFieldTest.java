package dis.checkpoint.http;

import static dis.checkpoint.support.Api.query;
import static dis.checkpoint.support.Api.submission;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dis.checkpoint.support.Api;
import dis.checkpoint.support.EmbeddedServices;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The message of a request that lacks a required field says which one is missing. */
@QuarkusTest
@WithTestResource(EmbeddedServices.class)
class MissingFieldTest {

    private static final String STREAM_ID_ALONE = "Invalid request. [stream_name is missing;"
            + " stream_id alone, for a stream of another account, is not supported]";

    private final String app = Api.newApp();

    private static void isAnswered(String message, Response response) {
        assertThat(response.statusCode(), is(400));
        assertThat(Api.json(response).path("message").textValue(), is(message));
    }

    @ParameterizedTest
    @CsvSource({
        "app_name, Invalid request. [app_name is missing]",
        "checkpoint_type, Invalid request. [checkpoint_type is missing]",
        "partition_id, Invalid partition_id. [partition_id is missing]",
        "sequence_number, Invalid sequence_number. [sequence_number is missing]",
        "stream_name, Invalid request. [stream_name is missing]"
    })
    void missingFieldIsNamed(String field, String message) {
        Map<String, Object> body = submission(app, "2");
        body.remove(field);
        isAnswered(message, Api.post(body));
        body.put(field, null);
        isAnswered(message, Api.post(body));
        if (!field.equals("sequence_number")) {
            Map<String, Object> query = query(app, "0");
            query.remove(field);
            isAnswered(message, Api.get(query));
            if (field.equals("app_name") || field.equals("stream_name")) {
                isAnswered(message, Api.delete(query));
            }
        }
    }

    @Test
    void streamIdIsSpokenOfWhereItCameWithoutAStreamName() {
        for (Object id : new Object[] {"x", "", 7, Map.of("a", 1)}) {
            Map<String, Object> body = submission(app, "2");
            body.remove("stream_name");
            body.put("stream_id", id);
            isAnswered(STREAM_ID_ALONE, Api.post(body));
        }
        Map<String, Object> query = query(app, "0");
        query.remove("stream_name");
        for (String id : new String[] {"x", ""}) {
            query.put("stream_id", id);
            isAnswered(STREAM_ID_ALONE, Api.get(query));
            isAnswered(STREAM_ID_ALONE, Api.delete(query));
        }
    }

    @Test
    void streamIdBesideAStreamNameIsIgnored() {
        Map<String, Object> body = submission(app, "2");
        body.put("stream_id", 7);
        Api.post(body).then().statusCode(201);
        body.put("stream_name", "a!b");
        isAnswered("Invalid request. [stream_name must be 1 to 64 of A-Z a-z 0-9 - _]", Api.post(body));
        Map<String, Object> query = query(app, "0");
        query.put("stream_id", "x");
        query.put("stream_name", "a!b");
        isAnswered("Invalid request. [stream_name must be 1 to 64 of A-Z a-z 0-9 - _]", Api.get(query));
    }
}
