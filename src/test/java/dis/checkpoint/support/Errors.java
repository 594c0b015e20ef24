package dis.checkpoint.support;

import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.emptyOrNullString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import io.restassured.response.ValidatableResponse;

/** The one format of every error. */
public final class Errors {

    private Errors() {}

    public static ValidatableResponse inFormat(ValidatableResponse response, String code, String title) {
        return response.header("Content-Type", equalTo(Api.MEDIA_TYPE))
                .body("$", aMapWithSize(5))
                .body("errorCode", equalTo(code))
                .body("error_code", equalTo(code))
                .body("message", startsWith(title))
                .body("error_msg", startsWith(title))
                .body("request_id", not(emptyOrNullString()));
    }
}
