package dis.checkpoint.deployment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import dis.checkpoint.support.Api;
import dis.checkpoint.support.EmbeddedServices;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The program that signs a call. */
@QuarkusTest
@WithTestResource(
        value = EmbeddedServices.class,
        initArgs = @ResourceArg(name = EmbeddedServices.ACCESS_KEYS, value = "on"))
@EnabledIf(value = "dis.checkpoint.deployment.Program#nodeIsThere", disabledReason = Program.NODE_IS_MISSING)
class SignedCallIT {

    private static Program signed(String secret, String... call) {
        return Program.run(
                Path.of("."),
                Map.of("AK", Api.KEY.id(), "SK", secret),
                "",
                Stream.concat(Stream.of("node", "src/main/serverless/signed-call.js"), Stream.of(call))
                        .toList());
    }

    @Test
    void signatureCoversTheQueryAsTheFunctionReadsIt() {
        String app = Api.newApp();
        assertThat(
                signed(Api.KEY.secret(), "POST", Api.endpoint() + Api.path(), """
                        {"stream_name":"newstream","app_name":"%s","partition_id":"0",
                         "sequence_number":"11","checkpoint_type":"LAST_READ","metadata":"ü"}""".formatted(app)),
                is(new Program(0, "201\n")));
        // A plus is a plus, a lone percent sign is one, and escapes stay escapes, those of NUL and of the equals sign
        // too.
        for (String others :
                List.of("", "&z=%C3%BC%20*&z-a=&z=%21", "&p=a+b%2Bc", "&p=50%&q=%zz", "&=e&&a%00b=%3D&a%3db")) {
            String address = Api.endpoint() + Api.path() + "?stream_name=newstream&partition_id=0&app_name=" + app
                    + "&checkpoint_type=LAST_READ" + others;
            assertThat(
                    others,
                    signed(Api.KEY.secret(), "GET", address),
                    is(new Program(0, "200\n{\"sequence_number\":\"11\",\"metadata\":\"ü\"}\n")));
        }
    }

    @Test
    void wrongSecretIsRefused() {
        Program stranger = signed("wrong", "GET", Api.endpoint() + Api.path());
        assertThat(stranger.exitCode(), is(1));
        assertThat(stranger.output(), containsString("DIS.4114"));
    }
}
