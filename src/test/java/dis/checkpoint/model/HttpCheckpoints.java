package dis.checkpoint.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dis.checkpoint.dev.FakeKeystone;
import dis.checkpoint.domain.Consumer;
import dis.checkpoint.support.Api;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The function through HTTP. Any answer that the calls here cannot have fails. */
final class HttpCheckpoints implements Checkpoints {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Pattern OUT_OF_RANGE = Pattern.compile("Sequence_number out of range. "
            + "\\[(\\d+)]\\[ should be within ]\\[(\\d+)]\\[ ]\\[9223372036854775807]");

    /** One for all tries: each client has threads and connections of its own. */
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final ObjectMapper mapper = new ObjectMapper();
    private final URI endpoint = Api.endpoint();

    @Override
    public Answer submit(Submit submit) {
        ObjectNode body = mapper.createObjectNode()
                .put("stream_name", submit.consumer().stream().value())
                .put("app_name", submit.consumer().app().value())
                .put("checkpoint_type", "LAST_READ")
                .put("partition_id", submit.partition())
                .put("sequence_number", Long.toString(submit.sequenceNumber()))
                .put("metadata", submit.metadata());
        submit.generation().ifPresent(generation -> body.put("generation_id", generation));
        submit.clientId().ifPresent(clientId -> body.put("client_id", clientId));
        HttpResponse<String> response = send(request(submit.consumer(), "")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString())));
        return switch (response.statusCode()) {
            case 201 -> new Stored();
            case 503 -> new Unavailable();
            default -> refusal(response);
        };
    }

    private Answer refusal(HttpResponse<String> response) {
        JsonNode error = json(response, 400);
        Matcher outOfRange = OUT_OF_RANGE.matcher(error.path("message").asText());
        if (error.path("errorCode").asText().equals("DIS.4703")) {
            return new IllegalGeneration();
        }
        if (error.path("errorCode").asText().equals("DIS.4224") && outOfRange.matches()) {
            return new OutOfRange(Long.parseLong(outOfRange.group(1)), Long.parseLong(outOfRange.group(2)));
        }
        throw new AssertionError(response.body());
    }

    @Override
    public Answer query(Query query) {
        HttpResponse<String> response = send(
                request(query.consumer(), "&partition_id=" + query.partition()).GET());
        if (response.statusCode() == 503) {
            return new Unavailable();
        }
        JsonNode found = json(response, 200);
        return new Found(
                found.path("sequence_number").textValue(),
                found.path("metadata").textValue());
    }

    @Override
    public Answer delete(Delete delete) {
        return deleted(request(delete.consumer(), "&partition_id=" + delete.partition()));
    }

    @Override
    public Answer deleteAll(DeleteAll deleteAll) {
        return deleted(request(deleteAll.consumer(), ""));
    }

    private Answer deleted(HttpRequest.Builder request) {
        HttpResponse<String> response = send(request.DELETE());
        if (response.statusCode() == 503) {
            return new Unavailable();
        }
        expect(204, response);
        return new Deleted();
    }

    private HttpRequest.Builder request(Consumer consumer, String partition) {
        return HttpRequest.newBuilder(
                        endpoint.resolve("/v2/" + consumer.project().value()
                                + "/checkpoints?checkpoint_type=LAST_READ&stream_name="
                                + consumer.stream().value()
                                + "&app_name=" + consumer.app().value() + partition))
                .header("X-Auth-Token", FakeKeystone.tokenOf(consumer.project().value()))
                .timeout(TIMEOUT);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException("No answer from " + endpoint, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private JsonNode json(HttpResponse<String> response, int status) {
        expect(status, response);
        try {
            return mapper.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException("No answer from " + endpoint, e);
        }
    }

    private static void expect(int status, HttpResponse<String> response) {
        if (response.statusCode() != status) {
            throw new AssertionError(response.statusCode() + " " + response.body());
        }
    }
}
