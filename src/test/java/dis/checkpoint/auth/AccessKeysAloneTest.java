package dis.checkpoint.auth;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import dis.checkpoint.support.Api;
import dis.checkpoint.support.EmbeddedServices;
import dis.checkpoint.support.Events;
import dis.checkpoint.support.Signer;
import dis.checkpoint.support.Signer.Form;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A function with access keys and without IAM. */
@QuarkusTest
@WithTestResource(
        value = EmbeddedServices.class,
        initArgs = @ResourceArg(name = EmbeddedServices.ACCESS_KEYS, value = EmbeddedServices.ALONE))
class AccessKeysAloneTest {

    @Inject
    RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> function;

    private static void isUnauthorized(Response response, String code, String message) {
        Api.isError(response, 401, code, message).header("WWW-Authenticate", is("SDK-HMAC-SHA256"));
    }

    @ParameterizedTest
    @EnumSource
    void aSignatureLetsIn(Form form) {
        APIGatewayV2HTTPEvent event = Events.post(Api.submission(Api.newApp(), "2"));
        assertThat(
                function.handleRequest(Signer.with(Api.KEY, form).sign(event), null)
                        .getStatusCode(),
                is(201));
    }

    @Test
    void aTokenDoesNotAndTheAnswerSaysWhatWould() {
        isUnauthorized(
                Api.get(Api.query("app", "0")), "DIS.4114", "Invalid Token header. [X-Auth-Token is not accepted");
        isUnauthorized(
                Api.anonymous().queryParams(Api.query("app", "0")).get(Api.path()),
                "DIS.4113",
                "Empty Token header. [an AK/SK signature in Authorization is required]");
    }
}
