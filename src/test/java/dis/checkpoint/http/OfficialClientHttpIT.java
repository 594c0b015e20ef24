package dis.checkpoint.http;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dis.checkpoint.support.Api;
import dis.checkpoint.support.EmbeddedServices;
import dis.checkpoint.support.OfficialClient;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The official Java clients, unmodified, against the function. */
@QuarkusTest
@WithTestResource(
        value = EmbeddedServices.class,
        initArgs = @ResourceArg(name = EmbeddedServices.ACCESS_KEYS, value = "on"))
class OfficialClientHttpIT {

    @Test
    void worksWithAToken(@TempDir Path directory) throws Exception {
        OfficialClient.DIS.works(directory, Api.endpoint(), Api.TOKEN);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "KAFKA_ADAPTER")
    void worksWithAnAccessKey(OfficialClient client, @TempDir Path directory) throws Exception {
        client.works(directory, Api.endpoint(), Api.KEY.id(), Api.KEY.secret());
    }

    @ParameterizedTest
    @ValueSource(strings = {"com.huaweicloud.dis.DIS", "com.huaweicloud.sdk.dis.v2.DisClient"})
    void isNotOnTheClassPathOfTheFunction(String client) {
        assertThrows(ClassNotFoundException.class, () -> Class.forName(client));
    }
}
