package dis.checkpoint.deployment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.in;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.stringContainsInOrder;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dis.checkpoint.table.AccessKeyTable;
import dis.checkpoint.table.CheckpointTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the CloudFormation that {@code serverless.yml} is packaged to against what a deployment promises. */
@EnabledIf(value = "dis.checkpoint.deployment.Osls#isThere", disabledReason = Osls.MISSING)
class DeploymentTemplateIT {

    /** What {@code serverless.yml} refers to. */
    private static final Path PARTS = Path.of("src/main/serverless");

    private static final String ENDPOINT = "--param=iamEndpoint=https://iam.example.com";
    private static final String ARM = "--param=architecture=arm64";
    private static final String X86 = "--param=architecture=x86_64";

    /** The numbers of the machines in an ELF header. */
    private static final int X86_64 = 62;

    private static final int AARCH64 = 183;

    private static final String TOPIC = "arn:aws:sns:eu-central-1:123456789012:operations";

    private static final String TABLE = "{\"Fn::GetAtt\":[\"CheckpointTable\",\"Arn\"]}";
    private static final String LOG_GROUP = "{\"Fn::GetAtt\":[\"CheckpointLogGroup\",\"Arn\"]}";
    private static final String ANY = "\"*\"";

    private static final Set<String> ALLOWED = Set.of(
            "dynamodb:UpdateItem " + TABLE,
            "dynamodb:GetItem " + TABLE,
            "dynamodb:DeleteItem " + TABLE,
            "dynamodb:Query " + TABLE,
            "dynamodb:BatchWriteItem " + TABLE,
            "logs:CreateLogStream " + LOG_GROUP,
            "logs:PutLogEvents " + LOG_GROUP,
            "xray:PutTraceSegments " + ANY,
            "xray:PutTelemetryRecords " + ANY);

    /** What AWS measures of the resources of the stack: its documentation lists them, and nothing here can. */
    private static final Set<String> METRICS_OF_AWS = Set.of(
            "AWS/ApiGateway Count ApiId=${HttpApi}",
            "AWS/ApiGateway 4xx ApiId=${HttpApi}",
            "AWS/ApiGateway 5xx ApiId=${HttpApi}",
            "AWS/ApiGateway Latency ApiId=${HttpApi}",
            "AWS/Lambda Duration FunctionName=${CheckpointLambdaFunction}",
            "AWS/Lambda Throttles FunctionName=${CheckpointLambdaFunction}",
            "AWS/DynamoDB ReadThrottleEvents TableName=${CheckpointTable}",
            "AWS/DynamoDB WriteThrottleEvents TableName=${CheckpointTable}");

    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir
    private static Path directories;

    /** With the parameters that have no default. */
    private static JsonNode dev;

    /** With every parameter that changes more than a number. */
    private static JsonNode prod;

    /** With access keys in place of IAM. */
    private static JsonNode withAccessKeys;

    /** With what prod has by default, and the function URL. */
    private static JsonNode withFunctionUrl;

    @BeforeAll
    static void packageBothStages() throws Exception {
        dev = Packaging.run("--stage=dev", X86, ENDPOINT).template();
        withAccessKeys =
                Packaging.run("--stage=prod", X86, "--param=accessKeys=true").template();
        withFunctionUrl = Packaging.run(
                        "--stage=dev", X86, ENDPOINT, "--param=functionUrl=true", "--param=dashboard=true")
                .template();
        prod = Packaging.run(
                        "--stage=prod",
                        ARM,
                        ENDPOINT,
                        "--param=alarmTopic=" + TOPIC,
                        "--param=expectedTraffic=10",
                        "--param=reservedConcurrency=50",
                        "--param=iamCacheTime=60s",
                        "--param=iamCacheSize=500",
                        "--param=iamRequiredRoles=dis_user,dis_admin",
                        "--param=iamCaBundle=/var/task/iam.pem",
                        "--param=disEndpoint=https://dis.example.com/")
                .template();
    }

    @Test
    void roleAllowsTheItemActionsOfTheCodeOnTheTableItsOwnLogsAndTracesOnly() {
        assertThat(
                StreamSupport.stream(prod.get("Resources").spliterator(), false)
                        .map(resource -> resource.get("Type").asText())
                        .filter(type -> type.startsWith("AWS::IAM::"))
                        .toList(),
                is(List.of("AWS::IAM::Role")));
        JsonNode role = prod.at("/Resources/FunctionRole/Properties");
        assertThat(allowed(prod), is(ALLOWED));
        assertThat(role.has("ManagedPolicyArns"), is(false));
        assertThat(
                role.at("/AssumeRolePolicyDocument/Statement").findValuesAsText("Service"),
                is(List.of("lambda.amazonaws.com")));
        assertThat(function(prod).get("Role"), is(json("{'Fn::GetAtt': ['FunctionRole', 'Arn']}")));
    }

    /** Each action that the role allows, with what it allows it on. */
    private static Set<String> allowed(JsonNode template) {
        Set<String> allowed = new HashSet<>();
        for (JsonNode policy : template.at("/Resources/FunctionRole/Properties/Policies")) {
            for (JsonNode statement : policy.at("/PolicyDocument/Statement")) {
                assertThat(statement.get("Effect").asText(), is("Allow"));
                statement
                        .get("Action")
                        .forEach(action -> allowed.add(action.asText() + " " + statement.get("Resource")));
            }
        }
        return allowed;
    }

    @Test
    void accessKeysAreATableOfWhichTheFunctionMayOnlyReadItems() {
        Set<String> expected = new HashSet<>(ALLOWED);
        expected.add("dynamodb:GetItem {\"Fn::GetAtt\":[\"AccessKeyTable\",\"Arn\"]}");
        assertThat(allowed(withAccessKeys), is(expected));
        assertThat(function(withAccessKeys).at("/Environment/Variables"), is(json("""
                {'CHECKPOINT_TABLE': {'Ref': 'CheckpointTable'},
                 'CHECKPOINT_ACCESS_KEYS_TABLE': {'Ref': 'AccessKeyTable'}}""")));
        JsonNode table = withAccessKeys.at("/Resources/AccessKeyTable");
        assertThat(table.get("DeletionPolicy").asText(), is("Retain"));
        assertThat(table.get("UpdateReplacePolicy").asText(), is("Retain"));
        assertThat(table.get("Properties"), is(json("""
                {'TableName': 'dis-checkpoints-prod-access-keys',
                 'BillingMode': 'PAY_PER_REQUEST',
                 'AttributeDefinitions': [{'AttributeName': '%1$s', 'AttributeType': 'S'}],
                 'KeySchema': [{'AttributeName': '%1$s', 'KeyType': 'HASH'}],
                 'PointInTimeRecoverySpecification': {'PointInTimeRecoveryEnabled': true},
                 'SSESpecification': {'SSEEnabled': true},
                 'DeletionProtectionEnabled': true}""".formatted(AccessKeyTable.ACCESS_KEY))));
    }

    @Test
    void withoutThemNothingOfAccessKeysIsInTheStack() {
        assertThat(prod.toString(), not(containsString("AccessKey")));
        assertThat(dev.toString(), not(containsString("AccessKey")));
    }

    @Test
    void onlyTheApiMayCallTheFunction() {
        List<JsonNode> permissions = resources(prod, "AWS::Lambda::Permission");

        assertThat(permissions.size(), is(1));
        assertThat(permissions.get(0).get("Principal").asText(), is("apigateway.amazonaws.com"));
        assertThat(
                permissions.get(0).get("SourceArn").findValuesAsText("Ref"),
                containsInAnyOrder("AWS::Partition", "AWS::Region", "AWS::AccountId", "HttpApi"));
    }

    /** API Gateway refuses a route that ends in a slash, and matches none that doesn't with a path that does. */
    @Test
    void routesAreTheThreeCallsAndTheDefaultThatTakesTheTrailingSlash() {
        List<String> routes = resources(prod, "AWS::ApiGatewayV2::Route").stream()
                .map(route -> route.get("RouteKey").asText())
                .toList();

        assertThat(
                routes,
                containsInAnyOrder(
                        "POST /v2/{project_id}/checkpoints",
                        "GET /v2/{project_id}/checkpoints",
                        "DELETE /v2/{project_id}/checkpoints",
                        "$default"));
    }

    @Test
    void everyRouteLeadsToTheFunctionWithPayloadVersion2() {
        List<JsonNode> integrations = resources(prod, "AWS::ApiGatewayV2::Integration");

        assertThat(integrations.size(), is(1));
        assertThat(integrations.get(0).get("PayloadFormatVersion").asText(), is("2.0"));
        assertThat(
                integrations.get(0).get("IntegrationUri"),
                is(json("{'Fn::GetAtt': ['CheckpointLambdaFunction', 'Arn']}")));
        List<String> targets = resources(prod, "AWS::ApiGatewayV2::Route").stream()
                .flatMap(route -> route.get("Target").findValuesAsText("Ref").stream())
                .toList();
        assertThat(targets, everyItem(is("HttpApiIntegrationCheckpoint")));
    }

    @Test
    void apiIsThrottled() {
        assertThat(throttling(dev), is(json("{'ThrottlingRateLimit': 100, 'ThrottlingBurstLimit': 100}")));
        assertThat(throttling(prod), is(json("{'ThrottlingRateLimit': 5000, 'ThrottlingBurstLimit': 2500}")));
    }

    @Test
    void accessLogHoldsNoQueryAndNoHeaderButTheUserAgent() throws IOException {
        JsonNode format = MAPPER.readTree(prod.at("/Resources/HttpApiStage/Properties/AccessLogSettings/Format")
                .asText());

        List<String> variables = StreamSupport.stream(format.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
        assertThat(
                variables,
                containsInAnyOrder(
                        "$context.requestId",
                        "$context.requestTime",
                        "$context.routeKey",
                        "$context.httpMethod",
                        "$context.status",
                        "$context.responseLatency",
                        "$context.integrationLatency",
                        "$context.integrationErrorMessage",
                        "$context.identity.sourceIp",
                        "$context.path",
                        "$context.identity.userAgent"));
    }

    @Test
    void functionRunsTheExecutableOnItsArchitecture() {
        JsonNode function = function(prod);

        assertThat(function.get("Runtime").asText(), is("provided.al2023"));
        assertThat(function.at("/Code/S3Key").asText().endsWith("/function.zip"), is(true));
        assertThat(function.get("Architectures"), is(json("['arm64']")));
        assertThat(function(dev).get("Architectures"), is(json("['x86_64']")));
        assertThat(function.at("/TracingConfig/Mode").asText(), is("Active"));
    }

    @Test
    void functionEndsBeforeTheApiStopsWaiting() {
        int timeoutMillis = function(prod).get("Timeout").asInt() * 1_000;

        assertThat(timeoutMillis, is(10_000));
        int integrationMillis = resources(prod, "AWS::ApiGatewayV2::Integration")
                .get(0)
                .get("TimeoutInMillis")
                .asInt();
        assertThat(integrationMillis, is(greaterThanOrEqualTo(timeoutMillis)));
    }

    @Test
    void concurrencyIsReservedOnlyWhereItIsAskedFor() {
        assertThat(function(dev).has("ReservedConcurrentExecutions"), is(false));
        assertThat(function(prod).get("ReservedConcurrentExecutions").asInt(), is(50));
    }

    @Test
    void functionGetsTheConfigurationThatIsGivenAndNothingElse() {
        assertThat(function(dev).at("/Environment/Variables"), is(json("""
                {'CHECKPOINT_TABLE': {'Ref': 'CheckpointTable'},
                 'CHECKPOINT_IAM_ENDPOINT': 'https://iam.example.com'}""")));
        assertThat(function(prod).at("/Environment/Variables"), is(json("""
                {'CHECKPOINT_TABLE': {'Ref': 'CheckpointTable'},
                 'CHECKPOINT_IAM_ENDPOINT': 'https://iam.example.com',
                 'CHECKPOINT_IAM_CACHE_TIME': '60s',
                 'CHECKPOINT_IAM_CACHE_SIZE': '500',
                 'CHECKPOINT_IAM_REQUIRED_ROLES': 'dis_user,dis_admin',
                 'CHECKPOINT_IAM_CA_BUNDLE': '/var/task/iam.pem'}""")));
    }

    @Test
    void tableHasTheKeysOfTheCodeAndIsPaidByRequest() {
        JsonNode table = prod.at("/Resources/CheckpointTable/Properties");

        assertThat(
                table.get("KeySchema"), is(json("""
                [{'AttributeName': '%s', 'KeyType': 'HASH'}, {'AttributeName': '%s', 'KeyType': 'RANGE'}]""".formatted(CheckpointTable.CONSUMER, CheckpointTable.CHECKPOINT))));
        assertThat(table.get("AttributeDefinitions"), is(json("""
                [{'AttributeName': '%s', 'AttributeType': 'S'}, {'AttributeName': '%s', 'AttributeType': 'S'}]""".formatted(
                        CheckpointTable.CONSUMER, CheckpointTable.CHECKPOINT))));
        assertThat(table.get("BillingMode").asText(), is("PAY_PER_REQUEST"));
    }

    @Test
    void checkpointsSurviveTheStackAndAreEncryptedAndRecoverable() {
        for (JsonNode template : List.of(dev, prod)) {
            JsonNode table = template.at("/Resources/CheckpointTable");
            assertThat(table.get("DeletionPolicy").asText(), is("Retain"));
            assertThat(table.get("UpdateReplacePolicy").asText(), is("Retain"));
            assertThat(table.at("/Properties/SSESpecification/SSEEnabled").asBoolean(), is(true));
            assertThat(
                    table.at("/Properties/PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled")
                            .asBoolean(),
                    is(true));
        }
    }

    @Test
    void tableIsProtectedFromDeletionInProd() {
        assertThat(
                dev.at("/Resources/CheckpointTable/Properties/DeletionProtectionEnabled")
                        .asText(),
                is("false"));
        assertThat(
                prod.at("/Resources/CheckpointTable/Properties/DeletionProtectionEnabled")
                        .asText(),
                is("true"));
    }

    @Test
    void stagesShareNothing() {
        assertThat(dev.at("/Resources/CheckpointTable/Properties/TableName").asText(), is("dis-checkpoints-dev"));
        assertThat(prod.at("/Resources/CheckpointTable/Properties/TableName").asText(), is("dis-checkpoints-prod"));
        assertThat(function(dev).get("FunctionName").asText(), is("dis-checkpoints-dev"));
        assertThat(function(prod).get("FunctionName").asText(), is("dis-checkpoints-prod"));
    }

    @Test
    void logsAreKeptForALimitedTime() {
        assertThat(retentions(dev), is(List.of(7, 7)));
        assertThat(retentions(prod), is(List.of(90, 90)));
    }

    @Test
    void alarmsWatchTheApiTheFunctionAndTheTable() {
        List<String> alarms = resources(prod, "AWS::CloudWatch::Alarm").stream()
                .filter(alarm -> alarm.has("MetricName"))
                .map(alarm -> "%s %s of %s, %s"
                        .formatted(
                                alarm.get("Namespace").asText(),
                                alarm.get("MetricName").asText(),
                                dimensions(alarm),
                                alarm.path("Statistic")
                                        .asText(alarm.path("ExtendedStatistic").asText())))
                .toList();

        assertThat(
                alarms,
                containsInAnyOrder(
                        "AWS/ApiGateway 5xx of HttpApi, Sum",
                        "CheckpointFunction requests of CheckpointLambdaFunction failed, Sum",
                        "CheckpointFunction requests of CheckpointLambdaFunction done, Sum",
                        "AWS/Lambda Errors of CheckpointLambdaFunction, Sum",
                        "AWS/Lambda Throttles of CheckpointLambdaFunction, Sum",
                        "AWS/Lambda Duration of CheckpointLambdaFunction, p99",
                        "AWS/DynamoDB ReadThrottleEvents of CheckpointTable, Sum",
                        "AWS/DynamoDB WriteThrottleEvents of CheckpointTable, Sum"));
    }

    private static String dimensions(JsonNode metric) {
        return StreamSupport.stream(metric.get("Dimensions").spliterator(), false)
                .map(dimension -> dimension.get("Value"))
                .map(value -> value.path("Ref").asText(value.asText()))
                .collect(Collectors.joining(" "));
    }

    @Test
    void anAlarmWatchesTheShareOf401And403AmongAllCalls() {
        JsonNode filter = resources(prod, "AWS::Logs::MetricFilter").get(0);
        assertThat(filter.get("LogGroupName"), is(json("{'Ref': 'CheckpointLogGroup'}")));
        assertThat(filter.get("FilterPattern").asText(), containsString("($.status = 401) || ($.status = 403)"));
        JsonNode counted = filter.at("/MetricTransformations/0");
        assertThat(counted.get("Dimensions"), is(json("[{'Key': 'function', 'Value': '$.function'}]")));

        JsonNode alarm = prod.at("/Resources/Unauthorized/Properties");
        List<String> metrics = new ArrayList<>();
        for (JsonNode metric : alarm.get("Metrics")) {
            if (metric.has("MetricStat")) {
                JsonNode measured = metric.at("/MetricStat/Metric");
                assertThat(measured.get("Namespace"), is(counted.get("MetricNamespace")));
                metrics.add(metric.get("Id").asText() + ": "
                        + measured.get("MetricName").asText() + " of " + dimensions(measured));
            }
        }
        assertThat(counted.get("MetricName").asText(), is("unauthorized"));
        assertThat(
                metrics,
                containsInAnyOrder(
                        "unauthorized: unauthorized of CheckpointLambdaFunction",
                        "done: requests of CheckpointLambdaFunction done",
                        "refused: requests of CheckpointLambdaFunction refused",
                        "failed: requests of CheckpointLambdaFunction failed"));
        assertThat(alarm.at("/Metrics/0/Expression").asText(), containsString("100 * unauthorized / "));
    }

    @Test
    void silenceIsAnAlarmOnlyWhereTrafficIsExpected() {
        assertThat(dev.at("/Resources/NoTraffic").isMissingNode(), is(true));
        JsonNode alarm = prod.at("/Resources/NoTraffic/Properties");
        assertThat(alarm.get("Threshold").asInt(), is(10));
        assertThat(alarm.get("ComparisonOperator").asText(), is("LessThanThreshold"));
        assertThat(alarm.get("TreatMissingData").asText(), is("breaching"));
    }

    @Test
    void everyAlarmNamesItsSectionOfTheManualAndHasALineInItsTable() throws IOException {
        String manual = Files.readString(Path.of("src/docs/operations.md"));
        for (JsonNode alarm : resources(prod, "AWS::CloudWatch::Alarm")) {
            String[] description = alarm.get("AlarmDescription").asText().split(" See src/docs/operations.md#");
            assertThat(alarm.toString(), description.length, is(2));
            assertThat(manual, containsString("\n### " + description[1] + "\n"));
            assertThat(manual, containsString("](#" + description[1] + ") |"));
            String name = alarm.get("AlarmName").asText().replace("dis-checkpoints-prod-", "");
            assertThat(manual, containsString("`" + name + "`"));
        }
    }

    @Test
    void alarmsNotifyTheTopicWhereOneIsGiven() {
        for (String actions : List.of("AlarmActions", "OKActions")) {
            assertThat(notified(dev, actions), everyItem(is(json("[]"))));
            assertThat(notified(prod, actions), not(empty()));
            assertThat(notified(prod, actions), everyItem(is(json("['" + TOPIC + "']"))));
        }
    }

    /** A condition on what was known when it was packaged is always true or always false. */
    @Test
    void templateHasNoConditionAndNothingThatIsNull() {
        for (JsonNode template : List.of(dev, prod, withFunctionUrl)) {
            assertThat(template.has("Conditions"), is(false));
            assertThat(template.findParents("Fn::If"), is(empty()));
            assertThat(template.toString(), not(containsString("null")));
        }
    }

    @Test
    void dashboardIsThereInProdAndWhereItIsAskedFor() {
        assertThat(resources(dev, "AWS::CloudWatch::Dashboard"), is(empty()));
        assertThat(
                resources(prod, "AWS::CloudWatch::Dashboard")
                        .get(0)
                        .get("DashboardName")
                        .asText(),
                is("dis-checkpoints-prod"));
        assertThat(
                resources(withFunctionUrl, "AWS::CloudWatch::Dashboard")
                        .get(0)
                        .get("DashboardName")
                        .asText(),
                is("dis-checkpoints-dev"));
    }

    @Test
    void dashboardShowsOnlyMetricsThatTheLogLineHasOrTheStackCauses() throws IOException {
        List<String> shown = shownMetrics(prod);

        assertThat(shown, not(empty()));
        Set<String> existing = new HashSet<>(METRICS_OF_AWS);
        for (String metric : metricsOfTheLogLine()) {
            for (String outcome : List.of("done", "refused", "failed")) {
                existing.add("CheckpointFunction %s function=${CheckpointLambdaFunction} outcome=%s"
                        .formatted(metric, outcome));
            }
        }
        existing.add("CheckpointFunction unauthorized function=${CheckpointLambdaFunction}");
        assertThat(shown, everyItem(is(in(existing))));
    }

    @Test
    void dashboardShowsWhatAnOperatorLooksFor() throws IOException {
        assertThat(
                shownMetrics(prod).stream()
                        .map(metric -> metric.split(" ")[1])
                        .distinct()
                        .toList(),
                containsInAnyOrder(
                        "requests",
                        "milliseconds",
                        "cold_starts",
                        "iam_calls",
                        "iam_cache_hits",
                        "unauthorized",
                        "Duration",
                        "Throttles",
                        "ReadThrottleEvents",
                        "WriteThrottleEvents",
                        "Count",
                        "Latency",
                        "4xx",
                        "5xx"));
    }

    @Test
    void functionHasAUrlOnlyWhereItIsAskedFor() {
        assertThat(resources(dev, "AWS::Lambda::Url"), is(empty()));
        assertThat(resources(prod, "AWS::Lambda::Url"), is(empty()));
        assertThat(
                resources(withFunctionUrl, "AWS::Lambda::Url").get(0),
                is(
                        json(
                                "{'AuthType': 'NONE', 'TargetFunctionArn': {'Fn::GetAtt': ['CheckpointLambdaFunction', 'Arn']}}")));
        assertThat(
                withFunctionUrl.at("/Outputs/CheckpointLambdaFunctionUrl/Value"),
                is(json("{'Fn::GetAtt': ['CheckpointLambdaFunctionUrl', 'FunctionUrl']}")));
    }

    @Test
    void strangersMayCallTheFunctionOnlyThroughItsUrl() {
        List<JsonNode> strangers = resources(withFunctionUrl, "AWS::Lambda::Permission").stream()
                .filter(permission -> permission.get("Principal").asText().equals("*"))
                .toList();

        assertThat(strangers, not(empty()));
        for (JsonNode permission : strangers) {
            assertThat(
                    permission.path("FunctionUrlAuthType").asText().equals("NONE")
                            || permission.path("InvokedViaFunctionUrl").asBoolean(),
                    is(true));
        }
    }

    @Test
    void routerSendsTheCheckpointsToTheApiAndAllElseToDis() {
        JsonNode router =
                resources(prod, "AWS::CloudFront::Distribution").get(0).get("DistributionConfig");

        assertThat(router.get("Enabled").asBoolean(), is(true));
        assertThat(router.get("Origins"), is(json("""
                [{'Id': 'checkpoints',
                  'DomainName': {'Fn::Sub': '${HttpApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}'},
                  'CustomOriginConfig': {'OriginProtocolPolicy': 'https-only', 'OriginSSLProtocols': ['TLSv1.2']}},
                 {'Id': 'dis',
                  'DomainName': {'Fn::Select': [2, {'Fn::Split': ['/', 'https://dis.example.com/']}]},
                  'CustomOriginConfig': {'OriginProtocolPolicy': 'https-only', 'OriginSSLProtocols': ['TLSv1.2']}}]""")));
        for (String slash : List.of("", "/")) {
            assertThat(origin(router, "/v2/project/checkpoints" + slash), is("checkpoints"));
            assertThat(origin(router, "/v2/project/streams/checkpoints" + slash), is("dis"));
            assertThat(origin(router, "/v2/project/apps/checkpoints/streams/checkpoints" + slash), is("dis"));
            assertThat(origin(router, "/v2/project/records" + slash), is("dis"));
            assertThat(origin(router, "/v2/project/apps/app/consumers" + slash), is("dis"));
        }
        assertThat(prod.at("/Outputs/DisRouterUrl/Value"), is(json("{'Fn::Sub': 'https://${DisRouter.DomainName}'}")));
    }

    /** Where CloudFront sends a path: to that of the first pattern that matches, else to the default. */
    private static String origin(JsonNode router, String path) {
        return StreamSupport.stream(router.get("CacheBehaviors").spliterator(), false)
                .filter(behavior -> path.matches(
                        behavior.get("PathPattern").asText().replace("*", ".*").replace('?', '.')))
                .findFirst()
                .orElse(router.get("DefaultCacheBehavior"))
                .get("TargetOriginId")
                .asText();
    }

    @Test
    void routerTakesEveryMethodOverTlsHandsOnAllHeadersButHostAndCachesNothing() {
        JsonNode router =
                resources(prod, "AWS::CloudFront::Distribution").get(0).get("DistributionConfig");

        List<JsonNode> behaviors = new ArrayList<>(List.of(router.get("DefaultCacheBehavior")));
        router.get("CacheBehaviors").forEach(behaviors::add);
        for (JsonNode behavior : behaviors) {
            assertThat(behavior.get("ViewerProtocolPolicy").asText(), is("https-only"));
            assertThat(
                    behavior.get("AllowedMethods"),
                    is(json("['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE']")));
            // The managed policies CachingDisabled and AllViewerExceptHostHeader.
            assertThat(behavior.get("CachePolicyId").asText(), is("4135ea2d-6df8-44a3-9df3-4b5a84be39ad"));
            assertThat(behavior.get("OriginRequestPolicyId").asText(), is("b689b0a8-53d0-40ab-baf2-68738e2966ac"));
        }
        for (JsonNode error : router.get("CustomErrorResponses")) {
            assertThat(error.get("ErrorCachingMinTTL").asInt(), is(0));
        }
        assertThat(
                router.get("CustomErrorResponses").findValues("ErrorCode").stream()
                        .map(JsonNode::asInt)
                        .toList(),
                is(List.of(400, 403, 404, 405, 414, 500, 501, 502, 503, 504)));
    }

    @Test
    void withoutDisThereIsNoRouter() {
        for (JsonNode template : List.of(dev, withAccessKeys, withFunctionUrl)) {
            assertThat(template.toString(), not(containsString("CloudFront")));
            assertThat(template.toString(), not(containsString("DisRouter")));
        }
    }

    @Test
    void routerWithoutIamFailsThePackaging() throws Exception {
        Packaging packaging = Packaging.run(
                "--stage=prod", ARM, "--param=accessKeys=true", "--param=disEndpoint=https://dis.example.com");

        assertThat(packaging.exitCode(), is(not(0)));
        assertThat(packaging.output(), containsString("disEndpoint needs iamEndpoint"));
    }

    @Test
    void outputsTheEndpointAndTheTable() {
        assertThat(prod.at("/Outputs/HttpApiUrl/Value").findValuesAsText("Ref").get(0), is("HttpApi"));
        assertThat(prod.at("/Outputs/CheckpointTableName/Value"), is(json("{'Ref': 'CheckpointTable'}")));
    }

    @Test
    void wrongParameterFailsThePackaging() throws Exception {
        Packaging packaging = Packaging.run(
                "--param=architecture=riscv64",
                ENDPOINT,
                "--param=rateLimit=0",
                "--param=alarmTopic=operations",
                "--param=dashboard=maybe",
                "--param=functionUrl=maybe",
                "--param=expectedTraffic=0",
                "--param=remove=all",
                "--param=disEndpoint=https://dis.example.com/v2",
                "--param=memorySize=64");

        assertThat(packaging.exitCode(), is(not(0)));
        assertThat(packaging.output(), stringContainsInOrder("'provider.architecture': must be", "[arm64, x86_64]"));
        assertThat(packaging.output(), containsString("'custom.rateLimit': must be >= 1"));
        assertThat(packaging.output(), containsString("'custom.alarmTopic': must match pattern"));
        assertThat(packaging.output(), containsString("'custom.dashboard': must be boolean"));
        assertThat(packaging.output(), containsString("'custom.functionUrl': must be boolean"));
        assertThat(packaging.output(), containsString("'custom.expectedTraffic': must be >= 1"));
        assertThat(packaging.output(), containsString("'custom.remove': must match pattern"));
        assertThat(packaging.output(), containsString("'custom.disEndpoint': must match pattern \"^https://"));
        assertThat(packaging.output(), containsString("'functions.checkpoint.memorySize': must be >= 128"));
    }

    /** Which values those are is in {@link ParameterRulesTest}. */
    @Test
    void whatTheStartWouldRefuseFailsThePackaging() throws Exception {
        Packaging packaging = Packaging.run(
                ARM,
                "--param=iamEndpoint=http://iam.example.com",
                "--param=iamCacheTime=2d",
                "--param=iamCacheSize=10001",
                "--param=iamRequiredRoles=,",
                "--param=iamCaBundle=iam.pem");

        assertThat(packaging.exitCode(), is(not(0)));
        assertThat(packaging.output(), containsString("iamEndpoint must be an https:// address"));
        assertThat(packaging.output(), containsString("iamCacheTime must be more than zero and at most 24 hours"));
        assertThat(packaging.output(), containsString("iamCacheSize must be from 1 to 10000"));
        assertThat(packaging.output(), containsString("iamRequiredRoles must be names of roles"));
        assertThat(packaging.output(), containsString("iamCaBundle must be the path of a file"));
    }

    @Test
    void aStageThatNobodyHasDescribedFailsThePackaging() throws Exception {
        Packaging packaging = Packaging.run("--stage=prd", ARM, ENDPOINT);

        assertThat(packaging.exitCode(), is(not(0)));
        assertThat(packaging.output(), containsString("There is no stage 'prd'"));
        assertThat(packaging.output(), containsString("parameters/prd.yml"));
    }

    @Test
    void theFileOfAStageComesBeforeItsDefaultsAndAParameterOfTheCommandBeforeBoth() throws Exception {
        Packaging packaging = Packaging.run(
                Map.of("parameters/prod-eu.yml", utf8("""
                        architecture: arm64
                        iamEndpoint: https://iam.example.com
                        rateLimit: 7
                        burstLimit: 7
                        accessKeys: true
                        """), "target/function.zip", zip(AARCH64)),
                Map.of(),
                "package",
                "--stage=prod-eu",
                "--param=rateLimit=9");

        JsonNode template = packaging.template();
        assertThat(throttling(template), is(json("{'ThrottlingRateLimit': '9', 'ThrottlingBurstLimit': 7}")));
        assertThat(retentions(template), is(List.of(7, 7)));
        assertThat(
                template.at("/Resources/AccessKeyTable/Properties/TableName").asText(),
                is("dis-checkpoints-prod-eu-access-keys"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rateLimits: 10 | There is no parameter 'rateLimits', only package,",
                "remove: accessKeys | remove is for one deployment",
                "- architecture | parameters/prod.yml must have lines of the form",
                "{ | parameters/prod.yml cannot be read"
            })
    void aWrongFileOfAStageFailsThePackaging(String content, String sentence) throws Exception {
        Packaging packaging = Packaging.run(
                Map.of("parameters/prod.yml", utf8(content), "target/function.zip", zip(AARCH64)),
                Map.of(),
                "package",
                "--stage=prod",
                ARM,
                ENDPOINT);

        assertThat(packaging.exitCode(), is(not(0)));
        assertThat(packaging.output(), containsString(sentence));
    }

    @Test
    void prodWithoutATopicForItsAlarmsSaysSo() throws Exception {
        String warning = "has no alarmTopic: its alarms will notify nobody";
        assertThat(Packaging.run("--stage=prod", ARM, ENDPOINT).output(), containsString("prod " + warning));
        assertThat(
                Packaging.run("--stage=prod", ARM, ENDPOINT, "--param=alarmTopic=" + TOPIC)
                        .output(),
                not(containsString(warning)));
    }

    static Stream<Arguments> packagesThatWouldNotStart() throws Exception {
        return Stream.of(
                arguments(named("a build for the JVM", zip(0)), "target/function.zip has no bootstrap"),
                arguments(
                        named("another machine's", zip(X86_64)),
                        "bootstrap in target/function.zip is for x86_64, and the parameter architecture is arm64"),
                arguments(named("no zip", utf8("nothing")), "target/function.zip is no zip file"));
    }

    @ParameterizedTest
    @MethodSource("packagesThatWouldNotStart")
    void aPackageThatWouldNotStartFailsThePackaging(byte[] zip, String sentence) throws Exception {
        Packaging packaging = Packaging.run(Map.of("target/function.zip", zip), Map.of(), "package", ARM, ENDPOINT);

        assertThat(packaging.exitCode(), is(not(0)));
        assertThat(packaging.output(), containsString(sentence));
    }

    @Test
    void aMissingPackageOrBundleFailsThePackaging() throws Exception {
        assertThat(
                Packaging.run(ARM, ENDPOINT, "--param=package=other.zip").output(),
                containsString("There is no other.zip: build it"));
        assertThat(
                Packaging.run(ARM, ENDPOINT, "--param=iamCaBundle=/var/task/other.pem")
                        .output(),
                containsString("iamCaBundle is /var/task/other.pem, and target/function.zip has no other.pem"));
    }

    @Test
    void anotherPackageIsDeployedWhereOneIsNamed() throws Exception {
        Packaging packaging = Packaging.run(
                Map.of("release/function-1.0.0-arm64.zip", zip(AARCH64)),
                Map.of(),
                "package",
                ARM,
                ENDPOINT,
                "--param=package=release/function-1.0.0-arm64.zip");

        assertThat(
                function(packaging.template()).at("/Code/S3Key").asText().endsWith("/function-1.0.0-arm64.zip"),
                is(true));
    }

    @Test
    void aDeploymentThatTakesAWayInAwayIsRefusedUnlessItIsMeant() throws Exception {
        try (FakeCloudFormation cloud = new FakeCloudFormation(withAccessKeys.toString())) {
            Packaging refused = deploy(cloud, ENDPOINT);
            assertThat(refused.exitCode(), is(not(0)));
            assertThat(
                    refused.output(),
                    containsString("This would take accessKeys away from stage prod: give the parameter as before, or"
                            + " --param=remove=accessKeys if that is what you want"));
            assertThat(cloud.asked(), not(hasItem("DescribeStacks")));

            deploy(cloud, ENDPOINT, "--param=remove=accessKeys");
            assertThat(cloud.asked(), hasItem("DescribeStacks"));
        }
        try (FakeCloudFormation cloud = new FakeCloudFormation(prod.toString())) {
            assertThat(
                    deploy(cloud, "--param=accessKeys=true").output(),
                    containsString("This would take iamEndpoint and disEndpoint away from stage prod"));
        }
    }

    @Test
    void theFirstDeploymentOfAStageTakesNothingAway() throws Exception {
        try (FakeCloudFormation cloud = new FakeCloudFormation(null)) {
            deploy(cloud, ENDPOINT);
            assertThat(cloud.asked(), hasItem("DescribeStacks"));
        }
    }

    private static Packaging deploy(FakeCloudFormation cloud, String... parameters) throws Exception {
        List<String> command = new ArrayList<>(List.of("deploy", "--stage=prod", ARM));
        command.addAll(List.of(parameters));
        return Packaging.run(
                Map.of("target/function.zip", zip(AARCH64)),
                Map.of(
                        "AWS_ACCESS_KEY_ID", "local",
                        "AWS_SECRET_ACCESS_KEY", "local",
                        "AWS_ENDPOINT_URL", cloud.address()),
                command.toArray(String[]::new));
    }

    @Test
    void missingParameterFailsThePackaging() throws Exception {
        Packaging packaging = Packaging.run("--stage=prod", ENDPOINT);

        assertThat(packaging.exitCode(), is(not(0)));
        assertThat(packaging.output(), stringContainsInOrder("'provider.architecture': must be", "[arm64, x86_64]"));
    }

    @Test
    void neitherIamNorAccessKeysFailsThePackaging() throws Exception {
        Packaging packaging = Packaging.run("--stage=prod", ARM);

        assertThat(packaging.exitCode(), is(not(0)));
        assertThat(packaging.output(), containsString("Give iamEndpoint, accessKeys=true or both"));
    }

    @Test
    void unknownParameterFailsThePackaging() throws Exception {
        Packaging packaging = Packaging.run(ARM, ENDPOINT, "--param=rateLimits=10");

        assertThat(packaging.exitCode(), is(not(0)));
        assertThat(packaging.output(), containsString("There is no parameter 'rateLimits', only package,"));
    }

    private static JsonNode function(JsonNode template) {
        return template.at("/Resources/CheckpointLambdaFunction/Properties");
    }

    private static JsonNode throttling(JsonNode template) {
        return template.at("/Resources/HttpApiStage/Properties/DefaultRouteSettings");
    }

    private static List<Integer> retentions(JsonNode template) {
        return resources(template, "AWS::Logs::LogGroup").stream()
                .map(group -> group.path("RetentionInDays").asInt())
                .toList();
    }

    private static List<JsonNode> notified(JsonNode template, String actions) {
        return resources(template, "AWS::CloudWatch::Alarm").stream()
                .map(alarm -> alarm.path(actions))
                .toList();
    }

    /** From the source, because what holds them is nobody else's business. */
    private static List<String> metricsOfTheLogLine() throws IOException {
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            Path log = sources.filter(source -> source.endsWith("RequestLog.java"))
                    .findAny()
                    .orElseThrow();
            return Pattern.compile("\\{\"Name\":\"(\\w+)\"")
                    .matcher(Files.readString(log))
                    .results()
                    .map(metric -> metric.group(1))
                    .toList();
        }
    }

    /** Each metric of the dashboard: namespace, name, and its dimensions with their values. */
    private static List<String> shownMetrics(JsonNode template) throws IOException {
        JsonNode body = MAPPER.readTree(resources(template, "AWS::CloudWatch::Dashboard")
                .get(0)
                .at("/DashboardBody/Fn::Sub")
                .asText());
        List<String> metrics = new ArrayList<>();
        for (JsonNode widget : body.get("widgets")) {
            for (JsonNode metric : widget.at("/properties/metrics")) {
                StringBuilder text = new StringBuilder(metric.path(0).asText())
                        .append(' ')
                        .append(metric.path(1).asText());
                for (int i = 2; metric.path(i + 1).isTextual(); i += 2) {
                    text.append(' ')
                            .append(metric.path(i).asText())
                            .append('=')
                            .append(metric.path(i + 1).asText());
                }
                metrics.add(text.toString());
            }
        }
        return metrics;
    }

    /** The properties of all resources of a type. */
    private static List<JsonNode> resources(JsonNode template, String type) {
        return StreamSupport.stream(template.get("Resources").spliterator(), false)
                .filter(resource -> resource.get("Type").asText().equals(type))
                .map(resource -> resource.get("Properties"))
                .toList();
    }

    private static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text.replace('\'', '"'));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A package: the first bytes of an executable for a machine, or none for 0, and a bundle of certificates. */
    private static byte[] zip(int machine) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            if (machine != 0) {
                zip.putNextEntry(new ZipEntry("bootstrap"));
                zip.write(utf8("\u007fELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0"));
                zip.write(machine);
                zip.write(new byte[100]);
            }
            zip.putNextEntry(new ZipEntry("iam.pem"));
        }
        return bytes.toByteArray();
    }

    /** One run of osls: in a copy of what it needs, and without credentials but those of the test. */
    private record Packaging(int exitCode, String output, Path directory) {

        /** Packages what fits the parameters. */
        static Packaging run(String... arguments) throws Exception {
            int machine = List.of(arguments).contains(X86) ? X86_64 : AARCH64;
            List<String> command = new ArrayList<>(List.of("package"));
            command.addAll(List.of(arguments));
            return run(Map.of("target/function.zip", zip(machine)), Map.of(), command.toArray(String[]::new));
        }

        /**
         * Runs a command.
         *
         * @param files what lies beside {@code serverless.yml}
         */
        static Packaging run(Map<String, byte[]> files, Map<String, String> environment, String... command)
                throws Exception {
            Path copy = Files.createTempDirectory(directories, "packaging");
            Files.copy(Path.of("serverless.yml"), copy.resolve("serverless.yml"));
            Files.createDirectories(copy.resolve(PARTS));
            try (Stream<Path> parts = Files.list(PARTS)) {
                for (Path part : parts.toList()) {
                    Files.copy(part, copy.resolve(part));
                }
            }
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Path path = copy.resolve(file.getKey());
                Files.createDirectories(path.getParent());
                Files.write(path, file.getValue());
            }

            Osls.Outcome outcome = Osls.run(copy, environment, command);
            return new Packaging(outcome.exitCode(), outcome.output(), copy);
        }

        JsonNode template() throws IOException {
            assertThat(output, exitCode, is(0));
            return MAPPER.readTree(directory
                    .resolve(".serverless/cloudformation-template-update-stack.json")
                    .toFile());
        }
    }
}
