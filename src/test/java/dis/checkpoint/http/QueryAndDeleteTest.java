package dis.checkpoint.http;

import static dis.checkpoint.support.Api.isError;
import static dis.checkpoint.support.Api.post;
import static dis.checkpoint.support.Api.query;
import static dis.checkpoint.support.Api.queryAll;
import static dis.checkpoint.support.Api.storedSequenceNumber;
import static dis.checkpoint.support.Api.submission;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.is;

import dis.checkpoint.dev.FakeKeystone;
import dis.checkpoint.support.Api;
import dis.checkpoint.support.EmbeddedServices;
import dis.checkpoint.support.Fields;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@WithTestResource(EmbeddedServices.class)
class QueryAndDeleteTest {

    private final String app = Api.newApp();

    @BeforeEach
    void submitToTwoPartitions() {
        for (String partition : List.of("7", "8")) {
            Fields submission = submission(app, "42").with("partition_id", partition);
            post(submission.with("generation_id", 3)).then().statusCode(201);
        }
    }

    private String stored(String partition) {
        return Api.json(Api.get(query(app, partition))).path("sequence_number").textValue();
    }

    static Stream<Fields> deletions() {
        return Stream.of(
                query("", "7"), query("", "shardId-0000000007"), query("", "7").without("checkpoint_type"));
    }

    @ParameterizedTest
    @MethodSource("deletions")
    void deleteRemovesOnePartition(Fields parameters) {
        Api.delete(parameters.with("app_name", app)).then().statusCode(204).body(emptyString());
        assertThat(stored("7"), is("-1"));
        assertThat(stored("shardId-0000000008"), is("42"));
        Api.delete(parameters).then().statusCode(204);
    }

    @Test
    void deleteWithoutPartitionRemovesAllPartitions() {
        Api.delete(queryAll(app)).then().statusCode(204);
        assertThat(List.of(stored("7"), stored("8")), is(List.of("-1", "-1")));
        Api.delete(queryAll(app)).then().statusCode(204);
    }

    @ParameterizedTest
    @ValueSource(strings = {"partition_id", "partition_id="})
    void emptyPartitionNeverDeletesAllPartitions(String empty) {
        isError(
                Api.member().queryParams(queryAll(app)).delete(Api.path() + "?" + empty),
                400,
                "DIS.4201",
                "Invalid partition_id.");
        assertThat(stored("7"), is("42"));
    }

    @Test
    void repeatedParameterIsRefused() {
        isError(
                Api.member()
                        .queryParams(query(app, "0"))
                        .queryParam("app_name", app)
                        .get(Api.path()),
                400,
                "DIS.4200",
                "Invalid request. [app_name must be given once]");
    }

    @Test
    void lowerNumberAndGenerationAreAcceptedAfterDelete() {
        Api.delete(query(app, "7")).then().statusCode(204);
        Fields lower = submission(app, "5").with("partition_id", "7").with("generation_id", 0);
        post(lower).then().statusCode(201);
        assertThat(stored("7"), is("5"));
    }

    @Test
    void projectsAreSeparate() {
        post(submission(app, "5")).then().statusCode(201);
        Api.with(FakeKeystone.tokenOf(Api.OTHER_PROJECT))
                .queryParams(query(app, "0"))
                .get("/v2/" + Api.OTHER_PROJECT + "/checkpoints")
                .then()
                .body("sequence_number", is("-1"));
        assertThat(storedSequenceNumber(app), is("5"));
    }
}
