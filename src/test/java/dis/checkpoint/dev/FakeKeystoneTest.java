package dis.checkpoint.dev;

import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.io.IOException;
import java.net.URI;
import org.junit.jupiter.api.Test;

/** The answers of the fake IAM that clients rely on. */
class FakeKeystoneTest {

    private static final String FUNCTION = "http://127.0.0.1:8080";
    private static final String URL_OF_DIS = "token.catalog.find { it.type == 'dis' }.endpoints[0].url";

    /** gophertelekomcloud takes the token from the header, and the address of DIS from the catalogue. */
    @Test
    void tokensComeWithTheirHeaderAndACatalogueThatNamesTheFunction() throws IOException {
        try (FakeKeystone iam = new FakeKeystone(0, URI.create(FUNCTION))) {
            String tokens = iam.endpoint() + "/v3/auth/tokens";
            Response issued = RestAssured.given()
                    .contentType("application/json")
                    .body("""
                    {"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"%s","password":"%s",
                     "domain":{"name":"Default"}}}},"scope":{"project":{"name":"project-1"}}}}""".formatted(FakeKeystone.USER, FakeKeystone.PASSWORD))
                    .post(tokens);
            issued.then().statusCode(201).body(URL_OF_DIS, equalTo(FUNCTION));
            String token = issued.header("X-Subject-Token");
            RestAssured.given()
                    .header("X-Auth-Token", token)
                    .header("X-Subject-Token", token)
                    .get(tokens)
                    .then()
                    .statusCode(200)
                    .header("X-Subject-Token", token)
                    .body(URL_OF_DIS, equalTo(FUNCTION));
            RestAssured.given()
                    .header("X-Auth-Token", token)
                    .header("X-Subject-Token", token)
                    .get(tokens + "?nocatalog=true")
                    .then()
                    .statusCode(200)
                    .body("token.catalog", nullValue());
        }
    }
}
