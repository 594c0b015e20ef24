package dis.checkpoint.deployment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.anEmptyMap;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.in;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dis.checkpoint.lambda.LoggedMetrics;
import dis.checkpoint.table.AccessKeyTable;
import dis.checkpoint.table.CheckpointTable;
import io.swagger.v3.core.util.Yaml;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.utils.StringUtils;

/** Holds the CloudFormation that {@code serverless.yml} is packaged to against what a deployment promises. */
@EnabledIf(value = "dis.checkpoint.deployment.Osls#isThere", disabledReason = Osls.MISSING)
class DeploymentTemplateIT {

    private static final String ENDPOINT = "--param=iamEndpoint=https://iam.example.com";
    private static final String ARM = "--param=architecture=arm64";
    private static final String X86 = "--param=architecture=x86_64";

    private static final String TOPIC = "arn:aws:sns:eu-central-1:123456789012:operations";

    /** Metrics that AWS measures, with the dimension that names the resource. Only its documentation lists them. */
    private static final Map<String, String> METRICS_OF_AWS = Map.of(
            "AWS/ApiGateway Count", "ApiId=${HttpApi}",
            "AWS/ApiGateway 4xx", "ApiId=${HttpApi}",
            "AWS/ApiGateway 5xx", "ApiId=${HttpApi}",
            "AWS/ApiGateway Latency", "ApiId=${HttpApi}",
            "AWS/Lambda Duration", "FunctionName=${CheckpointLambdaFunction}",
            "AWS/Lambda Errors", "FunctionName=${CheckpointLambdaFunction}",
            "AWS/Lambda Throttles", "FunctionName=${CheckpointLambdaFunction}",
            "AWS/DynamoDB ReadThrottleEvents", "TableName=${CheckpointTable}",
            "AWS/DynamoDB WriteThrottleEvents", "TableName=${CheckpointTable}");

    /** Variables of an access log whose value a caller chooses, in the documentation of API Gateway. */
    private static final List<String> CHOSEN_BY_CALLERS = List.of(
            "$context.path",
            "$context.httpMethod",
            "$context.protocol",
            "$context.domainName",
            "$context.domainPrefix",
            "$context.identity.userAgent");

    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir
    private static Path directories;

    /** With the required parameters alone. */
    private static JsonNode dev;

    /** With every parameter that changes more than a number. */
    private static JsonNode prod;

    /** With access keys in place of IAM, the function URL and the dashboard. */
    private static JsonNode withAccessKeys;

    @BeforeAll
    static void packageStages() throws Exception {
        dev = template("--stage=dev", X86, ENDPOINT);
        withAccessKeys = template(
                "--stage=dev", X86, "--param=accessKeys=true", "--param=functionUrl=true", "--param=dashboard=true");
        prod = template(
                "--stage=prod",
                ARM,
                ENDPOINT,
                "--param=alarmTopic=" + TOPIC,
                "--param=expectedTraffic=10",
                "--param=reservedConcurrency=50",
                "--param=iamCacheTime=60s",
                "--param=iamCacheSize=500",
                "--param=iamRequiredRoles=te_admin,Tenant Administrator",
                "--param=iamCaBundle=/etc/ssl/iam.pem",
                "--param=disEndpoint=https://dis.example.com/");
    }

    private static JsonNode template(String... parameters) throws IOException {
        int machine = List.of(parameters).contains(X86) ? FunctionZip.X86_64 : FunctionZip.AARCH64;
        return Service.copy(directories)
                .with("target/function.zip", FunctionZip.of(FunctionZip.executable(machine)))
                .run("package", parameters)
                .template();
    }

    @Test
    void roleAllowsTheCallsOfTheCodeOnItsTableItsOwnLogsAndTracesAlone() {
        assertThat(
                StreamSupport.stream(prod.get("Resources").spliterator(), false)
                        .map(resource -> resource.get("Type").asText())
                        .filter(type -> type.startsWith("AWS::IAM::"))
                        .toList(),
                is(List.of("AWS::IAM::Role")));
        JsonNode role = prod.at("/Resources/FunctionRole/Properties");
        assertThat(role.has("ManagedPolicyArns"), is(false));
        assertThat(
                role.at("/AssumeRolePolicyDocument/Statement").findValuesAsText("Service"),
                is(List.of("lambda.amazonaws.com")));
        assertThat(function(prod).get("Role"), is(json("{'Fn::GetAtt': ['FunctionRole', 'Arn']}")));

        Map<JsonNode, Set<String>> allowed = allowed(prod);
        assertThat(allowed.remove(arn("CheckpointTable")), is(calls("CheckpointTable")));
        assertThat(allowed.remove(arn("CheckpointLogGroup")), everyItem(startsWith("logs:")));
        assertThat(allowed.remove(json("'*'")), everyItem(startsWith("xray:Put")));
        assertThat(allowed, is(anEmptyMap()));
    }

    /** The actions of DynamoDB that a class of the code calls. */
    private static Set<String> calls(String table) {
        return new ClassFileImporter()
                .importPackages(CheckpointTable.class.getPackageName()).stream()
                        .filter(type -> type.getSimpleName().equals(table))
                        .flatMap(type -> type.getMethodCallsFromSelf().stream())
                        .filter(call -> call.getTargetOwner().isEquivalentTo(DynamoDbClient.class))
                        .map(call -> "dynamodb:" + StringUtils.capitalize(call.getName()))
                        .collect(Collectors.toSet());
    }

    private static JsonNode arn(String resource) {
        return json("{'Fn::GetAtt': ['" + resource + "', 'Arn']}");
    }

    /** The actions that the role allows, by resource. */
    private static Map<JsonNode, Set<String>> allowed(JsonNode template) {
        Map<JsonNode, Set<String>> allowed = new HashMap<>();
        for (JsonNode policy : template.at("/Resources/FunctionRole/Properties/Policies")) {
            for (JsonNode statement : policy.at("/PolicyDocument/Statement")) {
                assertThat(statement.get("Effect").asText(), is("Allow"));
                Set<String> actions = allowed.computeIfAbsent(statement.get("Resource"), resource -> new HashSet<>());
                statement.get("Action").forEach(action -> actions.add(action.asText()));
            }
        }
        return allowed;
    }

    @Test
    void accessKeysAreATableOfWhichTheFunctionMayOnlyReadItems() {
        Map<JsonNode, Set<String>> allowed = allowed(withAccessKeys);
        assertThat(allowed.remove(arn("AccessKeyTable")), is(calls("AccessKeyTable")));
        assertThat(allowed, is(allowed(prod)));
        assertThat(calls("AccessKeyTable"), is(Set.of("dynamodb:GetItem")));
        assertThat(function(withAccessKeys).at("/Environment/Variables"), is(json("""
                {'CHECKPOINT_TABLE': {'Ref': 'CheckpointTable'},
                 'CHECKPOINT_ACCESS_KEYS_TABLE': {'Ref': 'AccessKeyTable'}}""")));
        assertTable(
                withAccessKeys, "AccessKeyTable", "dis-checkpoints-dev-access-keys", false, AccessKeyTable.ACCESS_KEY);
    }

    @Test
    void checkpointsSurviveTheStackAndAreEncryptedRecoverableAndPaidByRequest() {
        assertTable(
                dev,
                "CheckpointTable",
                "dis-checkpoints-dev",
                false,
                CheckpointTable.CONSUMER,
                CheckpointTable.CHECKPOINT);
        assertTable(
                prod,
                "CheckpointTable",
                "dis-checkpoints-prod",
                true,
                CheckpointTable.CONSUMER,
                CheckpointTable.CHECKPOINT);
    }

    /**
     * Asserts all of a table.
     *
     * @param keys the partition key, and the sort key where the table has one
     */
    private static void assertTable(
            JsonNode template, String resource, String name, boolean undeletable, String... keys) {
        JsonNode table = template.at("/Resources/" + resource);
        assertThat(table.get("DeletionPolicy").asText(), is("Retain"));
        assertThat(table.get("UpdateReplacePolicy").asText(), is("Retain"));
        assertThat(table.get("Properties"), is(json("""
                {'TableName': '%s',
                 'BillingMode': 'PAY_PER_REQUEST',
                 'AttributeDefinitions': [%s],
                 'KeySchema': [%s],
                 'PointInTimeRecoverySpecification': {'PointInTimeRecoveryEnabled': true},
                 'SSESpecification': {'SSEEnabled': true},
                 'DeletionProtectionEnabled': %s}""".formatted(
                        name,
                        Stream.of(keys)
                                .map("{'AttributeName': '%s', 'AttributeType': 'S'}"::formatted)
                                .collect(Collectors.joining(",")),
                        Stream.of(keys)
                                .map(key -> "{'AttributeName': '%s', 'KeyType': '%s'}"
                                        .formatted(key, key.equals(keys[0]) ? "HASH" : "RANGE"))
                                .collect(Collectors.joining(",")),
                        undeletable))));
    }

    @Test
    void stackWithoutAccessKeysHasNoPartsOfThem() {
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

    /** API Gateway refuses a route that ends in a slash, and matches none that does not with a path that does. */
    @Test
    void routesAreTheCallsOfTheApiAndTheDefaultThatTakesTheTrailingSlash() throws IOException {
        List<String> routes = new ArrayList<>(List.of("$default"));
        for (Map.Entry<String, JsonNode> path : api().get("paths").properties()) {
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                if (operation.getValue().has("operationId")) {
                    routes.add(operation.getKey().toUpperCase(Locale.ROOT) + ' ' + path.getKey());
                }
            }
        }
        assertThat(
                resources(prod, "AWS::ApiGatewayV2::Route").stream()
                        .map(route -> route.get("RouteKey").asText())
                        .toList(),
                containsInAnyOrder(routes.toArray()));
    }

    private static JsonNode api() throws IOException {
        return Yaml.mapper().readTree(new File("src/main/resources/META-INF/openapi.yaml"));
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
        for (JsonNode template : List.of(dev, prod)) {
            assertThat(throttling(template).get("ThrottlingRateLimit").asInt(), is(greaterThan(0)));
            assertThat(throttling(template).get("ThrottlingBurstLimit").asInt(), is(greaterThan(0)));
        }
    }

    /** API Gateway does not escape values: a quote in one would end its string and add fields, such as a second source_ip. */
    @Test
    void accessLogHasNoTextThatACallerChooses() throws IOException {
        JsonNode format = MAPPER.readTree(prod.at("/Resources/HttpApiStage/Properties/AccessLogSettings/Format")
                .asText());
        List<String> variables = StreamSupport.stream(format.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
        assertThat(variables, hasItems("$context.requestId", "$context.status", "$context.identity.sourceIp"));
        assertThat(variables, everyItem(startsWith("$context.")));
        assertThat(variables, everyItem(not(is(in(CHOSEN_BY_CALLERS)))));
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
    void functionHasItsFiveSecondsAndAStartAndEndsBeforeTheApiStopsWaiting() {
        int timeoutMillis = function(prod).get("Timeout").asInt() * 1_000;

        assertThat(timeoutMillis, is(greaterThan(5_000)));
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
                 'CHECKPOINT_IAM_REQUIRED_ROLES': 'te_admin,Tenant Administrator',
                 'CHECKPOINT_IAM_CA_BUNDLE': '/etc/ssl/iam.pem'}""")));
    }

    @Test
    void eachStageHasAFunctionOfItsOwn() {
        assertThat(function(dev).get("FunctionName").asText(), is("dis-checkpoints-dev"));
        assertThat(function(prod).get("FunctionName").asText(), is("dis-checkpoints-prod"));
    }

    @Test
    void logsAreKeptForALimitedTime() {
        for (JsonNode template : List.of(dev, prod)) {
            List<JsonNode> groups = resources(template, "AWS::Logs::LogGroup");
            assertThat(groups.size(), is(2));
            groups.forEach(group -> assertThat(group.path("RetentionInDays").asInt(), is(greaterThan(0))));
        }
    }

    @Test
    void alarmsAndDashboardShowMetricsThatExist() throws IOException {
        Set<String> existing = new HashSet<>();
        METRICS_OF_AWS.forEach((metric, dimension) -> existing.add(metric + ' ' + dimension));
        for (String metric : LoggedMetrics.names()) {
            for (String outcome : List.of("done", "refused", "failed")) {
                existing.add(metric + " function=${CheckpointLambdaFunction} outcome=" + outcome);
            }
        }
        for (JsonNode filter : resources(prod, "AWS::Logs::MetricFilter")) {
            assertThat(filter.get("LogGroupName"), is(json("{'Ref': 'CheckpointLogGroup'}")));
            JsonNode counted = filter.at("/MetricTransformations/0");
            assertThat(counted.get("Dimensions"), is(json("[{'Key': 'function', 'Value': '$.function'}]")));
            existing.add(counted.get("MetricNamespace").asText() + ' '
                    + counted.get("MetricName").asText() + " function=${CheckpointLambdaFunction}");
        }
        assertThat(watchedMetrics(prod), everyItem(is(in(existing))));
        assertThat(shownMetrics(prod), is(not(empty())));
        assertThat(shownMetrics(prod), everyItem(is(in(existing))));
    }

    /** The metrics of all alarms: namespace, name, and dimensions with their values. */
    private static List<String> watchedMetrics(JsonNode template) {
        List<String> metrics = new ArrayList<>();
        for (JsonNode alarm : resources(template, "AWS::CloudWatch::Alarm")) {
            List<JsonNode> measured = alarm.has("MetricName") ? List.of(alarm) : alarm.findValues("Metric");
            assertThat(measured, is(not(empty())));
            for (JsonNode metric : measured) {
                metrics.add(StreamSupport.stream(metric.get("Dimensions").spliterator(), false)
                        .map(dimension -> {
                            JsonNode value = dimension.get("Value");
                            String text = value.isTextual()
                                    ? value.asText()
                                    : "${" + value.get("Ref").asText() + '}';
                            return ' ' + dimension.get("Name").asText() + '=' + text;
                        })
                        .collect(Collectors.joining(
                                "",
                                metric.get("Namespace").asText()
                                        + ' '
                                        + metric.get("MetricName").asText(),
                                "")));
            }
        }
        return metrics;
    }

    @Test
    void anAlarmWatchesTheShareOf401And403AmongAllCalls() {
        JsonNode filter = resources(prod, "AWS::Logs::MetricFilter").get(0);
        assertThat(filter.get("FilterPattern").asText(), containsString("($.status = 401) || ($.status = 403)"));
        JsonNode alarm = prod.at("/Resources/Unauthorized/Properties");
        String expression = alarm.at("/Metrics/0/Expression").asText();
        assertThat(expression, containsString("100 * unauthorized / "));
        for (JsonNode metric : alarm.get("Metrics")) {
            if (metric.has("MetricStat")) {
                assertThat(expression, containsString(metric.get("Id").asText()));
            }
        }
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
    void alarmsAreThoseOfTheManualAndNameTheirSectionInIt() throws IOException {
        String manual = Files.readString(Path.of("src/docs/operations.md"));
        List<String> alarms = new ArrayList<>();
        for (JsonNode alarm : resources(prod, "AWS::CloudWatch::Alarm")) {
            String[] description = alarm.get("AlarmDescription").asText().split(" See src/docs/operations.md#");
            assertThat(alarm.toString(), description.length, is(2));
            assertThat(manual, containsString("\n### " + description[1] + "\n"));
            alarms.add(alarm.get("AlarmName").asText().replace("dis-checkpoints-prod-", ""));
        }
        // The first column of the manual's table, in which alarms with the same section share a row.
        List<String> rows = Pattern.compile("(?m)^\\| \\[(`.*`)]\\(#[a-z0-9-]+\\) \\|")
                .matcher(manual)
                .results()
                .flatMap(row -> Stream.of(row.group(1).split(", ")))
                .map(name -> name.replace("`", ""))
                .toList();
        assertThat(rows, containsInAnyOrder(alarms.toArray()));
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
        for (JsonNode template : List.of(dev, prod, withAccessKeys)) {
            assertThat(template.has("Conditions"), is(false));
            assertThat(template.findParents("Fn::If"), is(empty()));
            assertThat(template.toString(), not(containsString("null")));
        }
    }

    @Test
    void dashboardIsThereInProdAndWhereItIsAskedFor() {
        assertThat(dev.at("/Resources/Dashboard").isMissingNode(), is(true));
        assertThat(text(prod, "/Resources/Dashboard/Properties/DashboardName"), is("dis-checkpoints-prod"));
        assertThat(text(withAccessKeys, "/Resources/Dashboard/Properties/DashboardName"), is("dis-checkpoints-dev"));
    }

    private static String text(JsonNode template, String pointer) {
        return template.at(pointer).asText();
    }

    @Test
    void functionHasAUrlOnlyWhereItIsAskedFor() {
        assertThat(resources(dev, "AWS::Lambda::Url"), is(empty()));
        assertThat(resources(prod, "AWS::Lambda::Url"), is(empty()));
        assertThat(
                resources(withAccessKeys, "AWS::Lambda::Url").get(0),
                is(
                        json(
                                "{'AuthType': 'NONE', 'TargetFunctionArn': {'Fn::GetAtt': ['CheckpointLambdaFunction', 'Arn']}}")));
        assertThat(
                withAccessKeys.at("/Outputs/CheckpointLambdaFunctionUrl/Value"),
                is(json("{'Fn::GetAtt': ['CheckpointLambdaFunctionUrl', 'FunctionUrl']}")));
    }

    @Test
    void strangersMayCallTheFunctionOnlyThroughItsUrl() {
        List<JsonNode> strangers = resources(withAccessKeys, "AWS::Lambda::Permission").stream()
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
    void routerSendsTheCallsOfTheApiToItAndAllElseToDis() throws IOException {
        JsonNode router = prod.at("/Resources/DisRouter/Properties/DistributionConfig");
        assertThat(router.get("Enabled").asBoolean(), is(true));
        assertThat(
                router.get("Origins").findValues("DomainName"),
                is(List.of(
                        json("{'Fn::Sub': '${HttpApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}'}"),
                        json("{'Fn::Select': [2, {'Fn::Split': ['/', 'https://dis.example.com/']}]}"))));
        assertThat(
                router.get("Origins").findValuesAsText("OriginProtocolPolicy"),
                is(List.of("https-only", "https-only")));
        // Names that are parts of paths, too.
        for (String name : List.of("app", "apps", "checkpoints", "consumers", "streams")) {
            for (String slash : List.of("", "/")) {
                api().get("paths").fieldNames().forEachRemaining(path -> {
                    String ours = path.replace("{project_id}", "project").replaceAll("\\{.*?}", name) + slash;
                    assertThat(ours, origin(router, ours), is("checkpoints"));
                });
                for (String path : List.of(
                        "streams/NAME",
                        "records",
                        "apps/NAME",
                        "apps/NAME/consumers",
                        "apps/NAME/consumers/NAME/heartbeats")) {
                    String theirs = "/v2/project/" + path.replace("NAME", name) + slash;
                    assertThat(theirs, origin(router, theirs), is("dis"));
                }
            }
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
    void routerTakesTheMethodsOfTheCallsOverTlsAloneAndCachesNoError() {
        JsonNode router = prod.at("/Resources/DisRouter/Properties/DistributionConfig");
        List<JsonNode> behaviors = new ArrayList<>(List.of(router.get("DefaultCacheBehavior")));
        router.get("CacheBehaviors").forEach(behaviors::add);
        for (JsonNode behavior : behaviors) {
            assertThat(behavior.get("ViewerProtocolPolicy").asText(), is("https-only"));
            assertThat(
                    behavior.get("AllowedMethods"),
                    hasItems(json("'GET'"), json("'POST'"), json("'PUT'"), json("'DELETE'")));
        }
        assertThat(router.get("CustomErrorResponses").size(), is(greaterThan(0)));
        for (JsonNode error : router.get("CustomErrorResponses")) {
            assertThat(error.get("ErrorCachingMinTTL").asInt(), is(0));
        }
    }

    @Test
    void withoutDisThereIsNoRouter() {
        for (JsonNode template : List.of(dev, withAccessKeys)) {
            assertThat(template.toString(), not(containsString("CloudFront")));
            assertThat(template.toString(), not(containsString("DisRouter")));
        }
    }

    @Test
    void outputsTheEndpointAndTheTable() {
        assertThat(prod.at("/Outputs/HttpApiUrl/Value").findValuesAsText("Ref").get(0), is("HttpApi"));
        assertThat(prod.at("/Outputs/CheckpointTableName/Value"), is(json("{'Ref': 'CheckpointTable'}")));
    }

    /** The guard against the loss of a way in looks for them in templates (deployed.js). */
    @Test
    void everyWayInIsFoundInItsTemplate() throws IOException {
        String find = """
                const { ways } = require('./src/main/serverless/deployed.js');
                const { Resources } = JSON.parse(require('node:fs').readFileSync(0));
                console.log(Object.keys(ways).filter((way) => ways[way](Resources)).join());
                """;
        Map<JsonNode, String> expected = Map.of(
                dev,
                "iamEndpoint,http",
                withAccessKeys,
                "accessKeys,functionUrl,http",
                prod,
                "iamEndpoint,disEndpoint,http");
        for (JsonNode template : expected.keySet()) {
            Program run = Program.run(Path.of("."), Map.of(), template.toString(), List.of("node", "-e", find));
            assertThat(run.output().strip(), is(expected.get(template)));
        }
    }

    private static JsonNode function(JsonNode template) {
        return template.at("/Resources/CheckpointLambdaFunction/Properties");
    }

    private static JsonNode throttling(JsonNode template) {
        return template.at("/Resources/HttpApiStage/Properties/DefaultRouteSettings");
    }

    private static List<JsonNode> notified(JsonNode template, String actions) {
        return resources(template, "AWS::CloudWatch::Alarm").stream()
                .map(alarm -> alarm.path(actions))
                .toList();
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
}
