package dis.checkpoint.auth;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dis.checkpoint.dev.DynamoDbLocal;
import dis.checkpoint.support.ClientRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SignatureException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The signatures of requests that seven clients sent, each at the moment at which it was sent. */
class RecordedSignaturesTest {

    private static final AccessKey KEY = DynamoDbLocal.accessKeyOf("project-1");

    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    static Stream<Arguments> requests() {
        try (InputStream file = RecordedSignaturesTest.class.getResourceAsStream("/signed-requests.http")) {
            String requests = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            return Arrays.stream(requests.split("(?m)^### "))
                    .skip(1)
                    .map(request -> request.split("\n", 2))
                    .map(request -> arguments(request[0], sent(request[1], request[0].contains("ends in LF"))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ClientRequest sent(String request, boolean endsInLineFeed) {
        String[] headAndBody = request.strip().split("\n\n", 2);
        List<String> head = headAndBody[0].lines().toList();
        String[] target = head.get(0).split(" ")[1].split("\\?", 2);
        Map<String, String> headers = new HashMap<>();
        for (String line : head.subList(1, head.size())) {
            String[] header = line.split(":", 2);
            headers.put(header[0].toLowerCase(Locale.ROOT), header[1].strip());
        }
        String body = headAndBody.length < 2 ? "" : headAndBody[1] + (endsInLineFeed ? "\n" : "");
        return new ClientRequest(
                head.get(0).split(" ")[0],
                target[0],
                target.length < 2 ? "" : target[1],
                headers,
                body.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void whatAClientSentHolds(String client, ClientRequest request) throws SignatureException {
        Instant sent = DATE.parse(request.headers().get("x-sdk-date"), Instant::from);
        Signatures signatures = new Signatures(Clock.fixed(sent, ZoneOffset.UTC));
        assertThat(
                signatures.check(
                        request.received(),
                        id -> Optional.of(KEY).filter(key -> key.id().equals(id))),
                is(KEY));
    }

    @Test
    void eachOfSevenClientsSubmittedQueriedAndDeleted() {
        assertThat(requests().toList(), hasSize(7 * 3));
    }
}
