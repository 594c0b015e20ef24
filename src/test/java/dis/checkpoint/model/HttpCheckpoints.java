package dis.checkpoint.model;

import static dis.checkpoint.support.Api.json;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import dis.checkpoint.dev.FakeKeystone;
import dis.checkpoint.domain.Consumer;
import dis.checkpoint.support.Api;
import dis.checkpoint.support.Fields;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The function over HTTP. An answer that these calls cannot have is an error. */
final class HttpCheckpoints implements Checkpoints {

    private static final Pattern OUT_OF_RANGE = Pattern.compile(
            "Sequence_number out of range. \\[(\\d+)]\\[ should be within ]\\[(\\d+)]\\[ ]\\[9223372036854775807]");

    @Override
    public Answer submit(Submit submit) {
        Fields body = parameters(submit.consumer())
                .with("partition_id", submit.partition())
                .with("sequence_number", Long.toString(submit.sequenceNumber()))
                .with("metadata", submit.metadata());
        submit.generation().ifPresent(generation -> body.with("generation_id", generation));
        submit.clientId().ifPresent(clientId -> body.with("client_id", clientId));
        Response response = request(submit.consumer())
                .contentType("application/json")
                .body(body)
                .post(path(submit.consumer()));
        return response.statusCode() == 400 ? refusal(response) : answer(response, 201, stored -> new Stored());
    }

    private static Answer refusal(Response response) {
        JsonNode error = json(response);
        Matcher outOfRange = OUT_OF_RANGE.matcher(error.path("message").asText());
        if (error.path("errorCode").asText().equals("DIS.4703")) {
            return new IllegalGeneration();
        }
        if (error.path("errorCode").asText().equals("DIS.4224") && outOfRange.matches()) {
            return new OutOfRange(Long.parseLong(outOfRange.group(1)), Long.parseLong(outOfRange.group(2)));
        }
        throw new AssertionError(error);
    }

    @Override
    public Answer query(Query query) {
        Fields parameters = parameters(query.consumer()).with("partition_id", query.partition());
        Response response = request(query.consumer()).queryParams(parameters).get(path(query.consumer()));
        return answer(
                response,
                200,
                found -> new Found(
                        json(found).path("sequence_number").textValue(),
                        json(found).path("metadata").textValue()));
    }

    @Override
    public Answer list(ListAll list) {
        SortedMap<Long, Found> checkpoints = new TreeMap<>();
        Fields query = new Fields().with("checkpoint_type", "LAST_READ").with("limit", list.limit());
        while (true) {
            Response response = request(list.consumer())
                    .queryParams(query)
                    .get("/v2/" + list.consumer().project().value()
                            + "/apps/" + list.consumer().app().value()
                            + "/streams/" + list.consumer().stream().value());
            if (response.statusCode() == 503) {
                return new Unavailable();
            }
            assertThat(response.asString(), response.statusCode(), is(200));
            JsonNode page = json(response);
            for (JsonNode state : page.path("partition_consuming_states")) {
                String partition = state.path("partition_id").textValue();
                query.put("start_partition_id", partition);
                checkpoints.put(
                        Long.parseLong(partition.replace("shardId-", "")),
                        new Found(
                                state.path("sequence_number").textValue(),
                                state.path("metadata").textValue()));
            }
            if (!page.path("has_more").booleanValue()) {
                return new Listed(checkpoints);
            }
            assertThat(
                    "size of a page with more behind it",
                    page.path("partition_consuming_states").size(),
                    is(list.limit()));
        }
    }

    @Override
    public Answer delete(Delete delete) {
        return delete(delete.consumer(), parameters(delete.consumer()).with("partition_id", delete.partition()));
    }

    @Override
    public Answer deleteAll(DeleteAll deleteAll) {
        return delete(deleteAll.consumer(), parameters(deleteAll.consumer()));
    }

    private static Answer delete(Consumer consumer, Fields parameters) {
        Response response = request(consumer).queryParams(parameters).delete(path(consumer));
        return answer(response, 204, deleted -> new Deleted());
    }

    private static Fields parameters(Consumer consumer) {
        return new Fields()
                .with("stream_name", consumer.stream().value())
                .with("app_name", consumer.app().value())
                .with("checkpoint_type", "LAST_READ");
    }

    private static RequestSpecification request(Consumer consumer) {
        return Api.with(FakeKeystone.tokenOf(consumer.project().value()));
    }

    private static String path(Consumer consumer) {
        return "/v2/" + consumer.project().value() + "/checkpoints";
    }

    private static Answer answer(Response response, int status, Function<Response, Answer> done) {
        if (response.statusCode() == 503) {
            return new Unavailable();
        }
        if (response.statusCode() != status) {
            throw new AssertionError(response.statusCode() + " " + response.asString());
        }
        return done.apply(response);
    }
}
