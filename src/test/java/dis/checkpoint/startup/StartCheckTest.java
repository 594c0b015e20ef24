package dis.checkpoint.startup;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which values and names stop the start, and with which sentence. {@link ConfigurationIT} has the package stop. */
class StartCheckTest {

    private static final Map<String, String> REQUIRED = Map.of(
            "CHECKPOINT_TABLE", "checkpoints",
            "CHECKPOINT_IAM_ENDPOINT", "https://iam.example.com",
            "AWS_REGION", "eu-central-1",
            "AWS_ACCESS_KEY_ID", "id",
            "AWS_SECRET_ACCESS_KEY", "secret");

    private static final String NO_FAULT = "no fault";

    private static String faultWith(Map<String, String> changes) {
        Map<String, String> environment = new HashMap<>(REQUIRED);
        environment.putAll(changes);
        return StartCheck.fault(environment).orElse(NO_FAULT);
    }

    static List<Arguments> rightValues() throws IOException {
        return values("right");
    }

    static List<Arguments> wrongValues() throws IOException {
        return values("wrong");
    }

    private static List<Arguments> values(String list) throws IOException {
        List<Arguments> values = new ArrayList<>();
        for (JsonNode setting : new ObjectMapper()
                .readTree(Path.of("src/test/resources/settings.json").toFile())) {
            setting.path(list)
                    .forEach(value ->
                            values.add(Arguments.of(setting.path("variable").asText(), value.asText())));
        }
        return values;
    }

    @ParameterizedTest
    @MethodSource("rightValues")
    void rightValueIsAccepted(String variable, String value) {
        assertThat(faultWith(Map.of(variable, value)), is(NO_FAULT));
    }

    @ParameterizedTest
    @MethodSource("wrongValues")
    void wrongValueIsRefusedWithTheNameOfItsVariable(String variable, String value) {
        assertThat(faultWith(Map.of(variable, value)), startsWith(variable + " must be "));
    }

    @Test
    void requiredVariablesAreEnough() {
        assertThat(faultWith(Map.of()), is(NO_FAULT));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CHECKPOINT_TABLE",
                "CHECKPOINT_IAM_ENDPOINT",
                "AWS_REGION",
                "AWS_ACCESS_KEY_ID",
                "AWS_SECRET_ACCESS_KEY"
            })
    void requiredVariableThatIsAbsentOrEmptyIsRefused(String variable) {
        Map<String, String> absent = new HashMap<>();
        absent.put(variable, null);
        assertThat(faultWith(absent), startsWith(variable + " is not set. It must be "));
        assertThat(faultWith(Map.of(variable, "")), is(faultWith(absent)));
    }

    @Test
    void iamIsNotRequiredBesideAccessKeys() {
        Map<String, String> keysAlone = Map.of("CHECKPOINT_IAM_ENDPOINT", "", "CHECKPOINT_ACCESS_KEYS_TABLE", "keys");
        assertThat(faultWith(keysAlone), is(NO_FAULT));
    }

    @Test
    void httpEndpointIsAcceptedOnlyWhereItIsAllowed() {
        String endpoint = "http://iam.example.com";
        assertThat(
                faultWith(Map.of("CHECKPOINT_IAM_ENDPOINT", endpoint)),
                containsString("http:// needs CHECKPOINT_IAM_ALLOW_HTTP=true"));
        assertThat(
                faultWith(Map.of("CHECKPOINT_IAM_ENDPOINT", endpoint, "CHECKPOINT_IAM_ALLOW_HTTP", "true")),
                is(NO_FAULT));
    }

    @Test
    void bundleThatCannotBeReadIsRefused(@TempDir Path directory) {
        for (Path bundle : List.of(directory, directory.resolve("absent.pem"))) {
            assertThat(
                    faultWith(Map.of("CHECKPOINT_IAM_CA_BUNDLE", bundle.toString())),
                    is("CHECKPOINT_IAM_CA_BUNDLE must be the path of a readable PEM file of certificates"));
        }
    }

    /** {@code CertificateBundleTest} has the faults of a bundle. */
    @Test
    void bundleWithoutACertificateIsRefusedWithTheReason(@TempDir Path directory) throws Exception {
        Path bundle = Files.writeString(directory.resolve("text.pem"), "no certificate");
        assertThat(
                faultWith(Map.of("CHECKPOINT_IAM_CA_BUNDLE", bundle.toString())),
                is("CHECKPOINT_IAM_CA_BUNDLE must be the path of a readable PEM file of certificates, "
                        + "but the file has no line -----BEGIN CERTIFICATE-----"));
    }

    /** An address may hold a password. */
    @Test
    void sentenceDoesNotHoldTheValue() {
        assertThat(
                faultWith(Map.of("CHECKPOINT_IAM_ENDPOINT", "https://user:password@iam.example.com")),
                not(containsString("password")));
    }

    @ParameterizedTest
    @CsvSource({
        "checkpoint_iam_endpoint, CHECKPOINT_IAM_ENDPOINT",
        "checkpoint.iam.endpoint, CHECKPOINT_IAM_ENDPOINT",
        "Checkpoint_Table, CHECKPOINT_TABLE",
        "CHECKPOINT.IAM.CACHE-TIME, CHECKPOINT_IAM_CACHE_TIME",
        "_PROD_CHECKPOINT_TABLE, CHECKPOINT_TABLE",
        "%prod.checkpoint.table, CHECKPOINT_TABLE",
        "quarkus_dynamodb_endpoint_override, QUARKUS_DYNAMODB_ENDPOINT_OVERRIDE",
        "aws_region, AWS_REGION",
        "Aws_Access_Key_Id, AWS_ACCESS_KEY_ID"
    })
    void otherSpellingOfAVariableIsRefused(String name, String variable) {
        assertThat(
                StartCheck.faultOfNames(List.of("PATH", name)).orElse(NO_FAULT),
                is(name + " is not a setting of the function. The setting is " + variable));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CHECKPOINT_REGION",
                "CHECKPOINT_TABLE_ENDPOINT",
                "CHECKPOINT_IAM_REQUIRED_ROLE",
                "QUARKUS_PROFILE",
                "quarkus.profile",
                "QUARKUS_CONFIG_LOCATIONS",
                "SMALLRYE_CONFIG_LOCATIONS",
                "smallrye.config.profile",
                "MP_CONFIG_PROFILE",
                "QUARKUS_DYNAMODB_AWS_REGION",
                "QUARKUS_DYNAMODB_SYNC_CLIENT_PROXY_ENDPOINT",
                "_DEV_QUARKUS_LOG_CONSOLE_ENABLE"
            })
    void variableThatReachesASettingByAnotherNameIsRefused(String name) {
        assertThat(
                StartCheck.faultOfNames(List.of("PATH", name)),
                is(Optional.of(name + " is not a setting of the function")));
    }

    @Test
    void variablesOfSettingsAndOfLambdaAreAccepted() {
        List<String> names = new ArrayList<>(REQUIRED.keySet());
        names.addAll(List.of(
                "AWS_LAMBDA_RUNTIME_API",
                "AWS_LAMBDA_FUNCTION_NAME",
                "AWS_SESSION_TOKEN",
                "_HANDLER",
                "_X_AMZN_TRACE_ID",
                "QUARKUS_LOG_LEVEL",
                "java.home"));
        assertThat(StartCheck.faultOfNames(names), is(Optional.empty()));
    }
}
