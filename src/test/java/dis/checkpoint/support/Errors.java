package dis.checkpoint.support;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.emptyOrNullString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import io.restassured.response.ValidatableResponse;

/** The one format of every error. */
public final class Errors {

    private Errors() {}

    public static ValidatableResponse inFormat(ValidatableResponse response, String code, String title) {
        response.header("Content-Type", is(Api.MEDIA_TYPE));
        JsonNode error = Api.json(response.extract());
        assertThat(error.toString(), error.size(), is(5));
        assertThat(error.path("errorCode").textValue(), is(code));
        assertThat(error.path("error_code").textValue(), is(code));
        assertThat(error.path("message").textValue(), startsWith(title));
        assertThat(error.path("error_msg").textValue(), startsWith(title));
        assertThat(error.path("request_id").textValue(), not(emptyOrNullString()));
        return response;
    }
}
