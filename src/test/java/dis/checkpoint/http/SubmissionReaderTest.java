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
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    @Test
    void emptyBodyIsRefused() {
        DisException refusal = assertThrows(DisException.class, () -> read(new byte[0]));
        assertThat(refusal.error(), is(DisError.EMPTY_REQUEST));
        assertThat(refusal.getMessage(), is("Empty request. [POST needs a JSON object as its body]"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    null                        | the body must be one JSON object
                    []                          | the body must be one JSON object
                    7                           | the body must be one JSON object
                    "text"                      | the body must be one JSON object
                    {}{}                        | the body must be one JSON object
                    ` `                         | the body must be one JSON object
                    {} x                        | the body must be valid JSON, without repeated names
                    {                           | the body must be valid JSON, without repeated names
                    \ufeff{                    | the body must be valid JSON, without repeated names
                    nul                         | the body must be valid JSON, without repeated names
                    {'a':1}                     | the body must be valid JSON, without repeated names
                    {"a":1,}                    | the body must be valid JSON, without repeated names
                    {"a":01}                    | the body must be valid JSON, without repeated names
                    {"a":NaN}                   | the body must be valid JSON, without repeated names
                    {"app_name":"\t"}          | the body must be valid JSON, without repeated names
                    {"a":1,"a":2}               | the body must be valid JSON, without repeated names
                    {"x":{"a":1,"a":2}}         | the body must be valid JSON, without repeated names
                    {"app_name":"a","app_name":"a"} | the body must be valid JSON, without repeated names
                    {"app_name":7}              | app_name must be a JSON string
                    {"app_name":true}           | app_name must be a JSON string
                    {"sequence_number":7.5}     | sequence_number must be a JSON string
                    {"generation_id":"7"}       | generation_id must be a JSON integer
                    {"generation_id":""}        | generation_id must be a JSON integer
                    {"generation_id":7.0}       | generation_id must be a JSON integer
                    """)
    void malformedBodyIsRefused(String body, String rule) {
        DisException refusal = assertThrows(DisException.class, () -> read(body.getBytes(StandardCharsets.UTF_8)));
        assertThat(refusal.error(), is(DisError.REQUEST_ERROR));
        assertThat(refusal.getMessage(), is("Request error. [" + rule + ']'));
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

    /** Bytes that are no UTF-8: overlong, a surrogate, no start of a character, a character cut short. */
    @ParameterizedTest
    @ValueSource(strings = {"C0AF", "EDA0BD", "FF", "C380C3"})
    void invalidUtf8IsRefused(String hex) {
        byte[] body = HexFormat.of().parseHex("7B22" + hex + "223A317D");
        assertThat(assertThrows(DisException.class, () -> read(body)).error(), is(DisError.REQUEST_ERROR));
    }
}
