package dis.checkpoint.http;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dis.checkpoint.error.DisError;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrorMapperTest {

    @ParameterizedTest
    @CsvSource({
        "399, BUG",
        "400, INVALID_REQUEST",
        "404, NOT_FOUND",
        "405, METHOD_NOT_ALLOWED",
        "406, NOT_ACCEPTABLE",
        "413, TOO_LARGE",
        "415, UNSUPPORTED_MEDIA_TYPE",
        "499, INVALID_REQUEST",
        "500, BUG"
    })
    void statusOfTheHttpStackMapsToAnError(int status, DisError error) {
        assertThat(ErrorMapper.ofStatus(status).error(), is(error));
    }
}
