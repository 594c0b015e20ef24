package dis.checkpoint.http;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubmissionReaderTest {

    private static CheckpointSubmission read(byte[] body) throws IOException {
        return new SubmissionReader()
                .readFrom(CheckpointSubmission.class, null, null, null, null, new ByteArrayInputStream(body));
    }

    @Test
    void unknownFieldsAreIgnored() throws IOException {
        String body = "\ufeff{\"app_name\":\"a\",\"generation_id\":7,\"metadata\":\"ä\",\"x\":{\"y\":[1]}}";
        CheckpointSubmission submission = read(body.getBytes(StandardCharsets.UTF_8));
        assertThat(submission.appName(), is("a"));
        assertThat(submission.generationId(), is(BigInteger.valueOf(7)));
        assertThat(submission.metadata(), is("ä"));
        assertThat(submission.streamName(), is(nullValue()));
        assertThat(new SubmissionReader().isReadable(CheckpointSubmission.class, null, null, null), is(true));
        assertThat(new SubmissionReader().isReadable(String.class, null, null, null), is(false));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "|EMPTY_REQUEST|Empty request. [POST needs a JSON object as its body]",
                "null|REQUEST_ERROR|Request error. [the body must be one JSON object]",
                "[]|REQUEST_ERROR|Request error. [the body must be one JSON object]",
                "{}{}|REQUEST_ERROR|Request error. [the body must be one JSON object]",
                "{|REQUEST_ERROR|Request error. [the body must be valid JSON, without repeated names]",
                "{\"a\":1,\"a\":2}|REQUEST_ERROR|Request error. [the body must be valid JSON, without repeated names]",
                "{\"app_name\":7}|REQUEST_ERROR|Request error. [app_name must be a JSON string]",
                "{\"app_name\":\"\t\"}|REQUEST_ERROR|Request error. [the body must be valid JSON, without repeated names]",
                "{\"app_name\":true}|REQUEST_ERROR|Request error. [app_name must be a JSON string]",
                "{\"sequence_number\":7.5}|REQUEST_ERROR|Request error. [sequence_number must be a JSON string]",
                "{\"generation_id\":\"7\"}|REQUEST_ERROR|Request error. [generation_id must be a JSON integer]",
                "{\"generation_id\":\"\"}|REQUEST_ERROR|Request error. [generation_id must be a JSON integer]",
                "{\"generation_id\":7.0}|REQUEST_ERROR|Request error. [generation_id must be a JSON integer]"
            })
    void malformedBodyIsRefused(String body, DisError error, String message) {
        byte[] bytes = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
        DisException refusal = assertThrows(DisException.class, () -> read(bytes));
        assertThat(refusal.error(), is(error));
        assertThat(refusal.getMessage(), is(message));
    }

    @Test
    void longNumbersAndDeepNestingAreRefused() {
        for (String body :
                new String[] {"{\"generation_id\":" + "9".repeat(1_001) + "}", "{\"x\":" + "[".repeat(1_001)}) {
            assertThat(
                    assertThrows(DisException.class, () -> read(body.getBytes(StandardCharsets.UTF_8)))
                            .getMessage(),
                    is("Request error. [the body must not hold numbers of over 1000 digits,"
                            + " nor nest deeper than 1000 levels]"));
        }
    }

    @Test
    void invalidUtf8IsRefused() {
        assertThat(
                assertThrows(DisException.class, () -> read(new byte[] {'{', (byte) 0xff, '}'}))
                        .error(),
                is(DisError.REQUEST_ERROR));
    }
}
