package dis.checkpoint;

import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(EmbeddedServices.class)
class SubmitTest {


    @Test
    void storesTheExampleOfTheReference() {
        Api.post(Api.submission(Api.newApp(), "2"))
                .then()
                .statusCode(201)
                .header("Content-Length", is("0"))
                .header("Content-Type", nullValue())
                .body(emptyString());
    }
}
