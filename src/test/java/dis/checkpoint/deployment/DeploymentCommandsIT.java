package dis.checkpoint.deployment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The commands of osls as the manual has them, against a CloudFormation and an S3 that refuse every change. */
@EnabledIf(value = "dis.checkpoint.deployment.Osls#isThere", disabledReason = Osls.MISSING)
class DeploymentCommandsIT {

    private static final String ENDPOINT = "--param=iamEndpoint=https://iam.example.com";
    private static final String ARM = "--param=architecture=arm64";

    private static final String IAM_ALONE = """
            {"Resources": {"CheckpointLambdaFunction": {"Properties":
              {"Environment": {"Variables": {"CHECKPOINT_IAM_ENDPOINT": "https://iam.example.com"}}}}}}""";

    private static final String EVERY_WAY_BUT_THE_ROUTER = """
            {"Resources": {"AccessKeyTable": {}, "CheckpointLambdaFunctionUrl": {}, "CheckpointLambdaFunction": {"Properties":
              {"Environment": {"Variables": {"CHECKPOINT_IAM_ENDPOINT": "https://iam.example.com"}}}}}}""";

    /** The first request by which osls changes a stack. */
    private static final String CHANGE = "DeleteChangeSet";

    @TempDir
    private Path directory;

    private Service service() throws IOException {
        return Service.copy(directory)
                .with("target/function.zip", FunctionZip.of(FunctionZip.executable(FunctionZip.AARCH64)));
    }

    @Test
    void deploymentThatTakesAWayInAwayIsRefused() throws Exception {
        try (FakeAws aws = new FakeAws(EVERY_WAY_BUT_THE_ROUTER, IAM_ALONE)) {
            Service.Run run = service().run(aws.environment(), "deploy", "--stage=prod", ARM, ENDPOINT);
            assertThat(run.exitCode(), is(not(0)));
            assertThat(
                    run.output(),
                    containsString("This deployment would take accessKeys and functionUrl away from stage prod:"
                            + " give the parameter as before, or --param=remove=accessKeys,functionUrl"));
            assertThat(aws.asked(), not(hasItem("DescribeStacks")));
        }
    }

    @Test
    void deploymentGoesOnWhereRemoveNamesWhatIsLostAndWarnsOfWhatIsNot() throws Exception {
        try (FakeAws aws = new FakeAws(EVERY_WAY_BUT_THE_ROUTER, IAM_ALONE)) {
            Service.Run run = service()
                    .with("parameters/prod.yml", "functionUrl: true".getBytes(StandardCharsets.UTF_8))
                    .run(
                            aws.environment(),
                            "deploy",
                            "--stage=prod",
                            ARM,
                            ENDPOINT,
                            "--param=remove=accessKeys,functionUrl,disEndpoint");
            assertThat(
                    run.output(),
                    containsString("remove=functionUrl takes nothing away: its parameter is still given"));
            assertThat(run.output(), containsString("remove=disEndpoint takes nothing away: stage prod has none"));
            assertThat(run.output(), not(containsString("remove=accessKeys")));
            assertThat(aws.asked(), hasItem("DescribeStacks"));
        }
    }

    @Test
    void firstDeploymentOfAStageTakesNothingAway() throws Exception {
        try (FakeAws aws = new FakeAws(null, IAM_ALONE)) {
            service().run(aws.environment(), "deploy", "--stage=prod", ARM, ENDPOINT);
            assertThat(aws.asked(), hasItem("DescribeStacks"));
        }
    }

    @Test
    void anotherWayInIsRefusedUnlessRemoveNamesTheDeployedOne() throws Exception {
        String deployed =
                IAM_ALONE.replace("\"CheckpointLambdaFunction\"", "\"HttpApi\": {}, \"CheckpointLambdaFunction\"");
        try (FakeAws aws = new FakeAws(deployed, deployed)) {
            Service service = service();
            Service.Run refused =
                    service.run(aws.environment(), "deploy", "--stage=prod", ARM, ENDPOINT, "--param=api=rest");
            assertThat(refused.exitCode(), is(not(0)));
            assertThat(refused.output(), containsString("This deployment would take http away from stage prod"));
            assertThat(aws.asked(), not(hasItem("DescribeStacks")));

            service.run(
                    aws.environment(),
                    "deploy",
                    "--stage=prod",
                    ARM,
                    ENDPOINT,
                    "--param=api=rest",
                    "--param=remove=http");
            assertThat(aws.asked(), hasItem("DescribeStacks"));
        }
    }

    @Test
    void rollbackThatTakesAWayInAwayIsRefusedUnlessRemoveNamesIt() throws Exception {
        try (FakeAws aws = new FakeAws(EVERY_WAY_BUT_THE_ROUTER, IAM_ALONE)) {
            Service service = service();
            Service.Run refused =
                    service.run(aws.environment(), "rollback", "--stage=prod", "--timestamp=" + FakeAws.EARLIER);
            assertThat(refused.exitCode(), is(not(0)));
            assertThat(
                    refused.output(),
                    containsString("This rollback would take accessKeys and functionUrl away from stage prod:"
                            + " add --param=remove=accessKeys,functionUrl if that is what you want"));
            assertThat(aws.asked(), not(hasItem(CHANGE)));

            service.run(
                    aws.environment(),
                    "rollback",
                    "--stage=prod",
                    "--timestamp=" + FakeAws.EARLIER,
                    "--param=remove=accessKeys,functionUrl");
            assertThat(aws.asked(), hasItem(CHANGE));
        }
    }

    @Test
    void rollbackToADeploymentWithEveryWayInIsNotRefused() throws Exception {
        try (FakeAws aws = new FakeAws(IAM_ALONE, EVERY_WAY_BUT_THE_ROUTER)) {
            service().run(aws.environment(), "rollback", "--stage=prod", "--timestamp=" + FakeAws.EARLIER);
            assertThat(aws.asked(), hasItem(CHANGE));
        }
    }

    @Test
    void commandsThatPackageNothingNeedNoParameters() throws Exception {
        try (FakeAws aws = new FakeAws(IAM_ALONE, IAM_ALONE)) {
            Service service = service();
            Service.Run list = service.run(aws.environment(), "deploy list", "--stage=prod");
            assertThat(list.output(), list.exitCode(), is(0));
            assertThat(list.output(), containsString("Timestamp: " + FakeAws.EARLIER));

            service.run(aws.environment(), "remove", "--stage=prod");
            assertThat(aws.asked(), hasItem("DeleteStack"));
        }
    }

    @Test
    void packagingTakesTheFileOfAStageBeforeItsDefaultsAndTheCommandBeforeBoth() throws Exception {
        Service.Run run = Service.copy(directory)
                .with("release/function-1.0.0-arm64.zip", FunctionZip.of(FunctionZip.executable(FunctionZip.AARCH64)))
                .with("parameters/prod-eu.yml", """
                        package: release/function-1.0.0-arm64.zip
                        architecture: arm64
                        rateLimit: 7
                        burstLimit: 7
                        accessKeys: true
                        """.getBytes(StandardCharsets.UTF_8))
                .run("package", "--stage=prod-eu", "--param=rateLimit=9");

        JsonNode resources = run.template().get("Resources");
        JsonNode throttling = resources.at("/HttpApiStage/Properties/DefaultRouteSettings");
        assertThat(throttling.get("ThrottlingRateLimit").asInt(), is(9));
        assertThat(throttling.get("ThrottlingBurstLimit").asInt(), is(7));
        assertThat(
                resources.at("/CheckpointLogGroup/Properties/RetentionInDays").asInt(), is(7));
        assertThat(
                resources.at("/AccessKeyTable/Properties/TableName").asText(),
                is("dis-checkpoints-prod-eu-access-keys"));
        assertThat(
                resources.at("/CheckpointLambdaFunction/Properties/Code/S3Key").asText(),
                containsString("/function-1.0.0-arm64.zip"));
        assertThat(run.output(), containsString("prod-eu has no alarmTopic: its alarms will notify nobody"));
    }

    /** Which values are wrong is in {@link ParameterRulesTest}. */
    @Test
    void wrongParametersFailThePackagingWithASentenceEach() throws Exception {
        Service.Run run = service()
                .run("package", "--param=functionUrl=maybe", "--param=rateLimit=0", "--param=remove=all", ENDPOINT);
        assertThat(run.exitCode(), is(not(0)));
        for (String sentence : List.of(
                "architecture must be arm64 or x86_64, as the machine that built the package",
                "functionUrl must be true or false",
                "rateLimit must be a whole number from 1 on",
                "remove must be one or more of ")) {
            assertThat(run.output(), containsString(sentence));
        }
    }

    @Test
    void unknownStageOrParameterAndWrongFileOfAStageFailThePackaging() throws Exception {
        Map<String, String> sentences = new LinkedHashMap<>();
        List<Plugins.Call> calls = new ArrayList<>();
        for (String line : """
                rateLimits: 10    | There is no parameter 'rateLimits', only package,
                remove: accessKeys | remove is for one deployment
                - architecture    | parameters/prod.yml must have lines of the form
                {                 | parameters/prod.yml cannot be read
                """.lines().toList()) {
            String[] cells = line.split("\\s*\\|\\s*");
            Service service =
                    Service.copy(directory).with("parameters/prod.yml", cells[0].getBytes(StandardCharsets.UTF_8));
            calls.add(parameters(Map.of("stage", "prod"), service.directory()));
            sentences.put(cells[0], cells[1]);
        }
        calls.add(parameters(Map.of("stage", "prd"), directory));
        sentences.put(
                "prd",
                "There is no stage 'prd', only dev, prod and those with a file of parameters: parameters/prd.yml");
        calls.add(parameters(Map.of("param", List.of("rateLimits=10")), directory));
        sentences.put("param", "There is no parameter 'rateLimits', only package,");

        List<Plugins.Result> results = Plugins.runWithLibraries(calls);
        int i = 0;
        for (Map.Entry<String, String> expected : sentences.entrySet()) {
            assertThat(expected.getKey(), results.get(i++).error(), startsWith(expected.getValue()));
        }
    }

    private static Plugins.Call parameters(Map<String, ?> options, Path serviceDir) {
        return new Plugins.Call("parameters", null, Map.of(), options, serviceDir.toString(), Map.of());
    }

    @Test
    void stageWithATopicForItsAlarmsIsPackagedWithoutAWarning() throws Exception {
        Map<String, String> topic = Map.of("alarmTopic", "arn:aws:sns:eu-central-1:123456789012:operations");
        List<Plugins.Result> results = Plugins.run(Stream.of(Map.<String, String>of(), topic)
                .map(custom -> new Plugins.Call(
                        "parameters",
                        "before:package:initialize",
                        custom,
                        Map.of("stage", "prod"),
                        directory.toString(),
                        Map.of()))
                .toList());
        assertThat(results.get(0).output(), is(List.of("prod has no alarmTopic: its alarms will notify nobody")));
        assertThat(results.get(1).output(), is(empty()));
    }

    @Test
    void memoryIsCheckedByTheSchemaOfOsls() throws Exception {
        Service.Run run = service().run("package", ARM, ENDPOINT, "--param=memorySize=64");
        assertThat(run.exitCode(), is(not(0)));
        assertThat(run.output(), containsString("'functions.checkpoint.memorySize': must be >= 128"));
    }

    /** Which packages are wrong is in {@link PackageRulesIT}. */
    @Test
    void packageThatWouldNotStartFailsThePackaging() throws Exception {
        Service.Run run = service().run("package", "--param=architecture=x86_64", ENDPOINT);
        assertThat(run.exitCode(), is(not(0)));
        assertThat(
                run.output(),
                containsString(
                        "bootstrap in target/function.zip is for arm64, and the parameter architecture is x86_64"));
    }
}
