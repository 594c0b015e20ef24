package dis.checkpoint.deployment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dis.checkpoint.error.DisError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The CloudFormation of each way in but the HTTP API, of which {@link DeploymentTemplateIT} is the test. */
@EnabledIf(value = "dis.checkpoint.deployment.Osls#isThere", disabledReason = Osls.MISSING)
class WayInIT {

    private static final String WEB_ACL =
            "arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/acl/0a0a0a0a-0000-0000-0000-000000000000";
    private static final String BALANCER = "app/internal/0123456789abcdef";
    private static final String OF_BALANCER = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:";

    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir
    private static Path directories;

    private static JsonNode rest;
    private static JsonNode vpc;
    private static JsonNode balancer;
    private static JsonNode urlAlone;

    @BeforeAll
    static void packageWays() throws IOException {
        rest = template("api=rest", "webAcl=" + WEB_ACL, "rateLimit=7", "burstLimit=9");
        vpc = template("api=private", "vpcEndpoints=vpce-0123456789abcdef0,vpce-0123456789abcdef1");
        balancer = template(
                "api=alb",
                "listenerArn=" + OF_BALANCER + "listener/" + BALANCER + "/fedcba9876543210",
                "listenerPriority=10",
                "webAcl=" + WEB_ACL);
        urlAlone = template("api=none", "functionUrl=true");
    }

    private static JsonNode template(String... parameters) throws IOException {
        String[] all = Stream.concat(
                        Stream.of("--stage=dev", "--param=architecture=x86_64", "--param=dashboard=true"),
                        Stream.concat(Stream.of("iamEndpoint=https://iam.example.com"), Arrays.stream(parameters))
                                .map(parameter -> "--param=" + parameter))
                .toArray(String[]::new);
        return Service.copy(directories)
                .with("target/function.zip", FunctionZip.of(FunctionZip.executable(FunctionZip.X86_64)))
                .run("package", all)
                .template();
    }

    private static JsonNode json(String text) throws IOException {
        return MAPPER.readTree(text.replace('\'', '"'));
    }

    private static JsonNode properties(JsonNode template, String resource) {
        return template.path("Resources").path(resource).path("Properties");
    }

    private static List<String> ofType(JsonNode template, String type) {
        List<String> ids = new ArrayList<>();
        template.path("Resources").properties().forEach(resource -> {
            if (resource.getValue().path("Type").asText().startsWith(type)) {
                ids.add(resource.getKey());
            }
        });
        return ids;
    }

    @Test
    void onlyTheChosenWayIsInTheStack() {
        for (JsonNode template : List.of(rest, vpc, balancer, urlAlone)) {
            assertThat(ofType(template, "AWS::ApiGatewayV2::"), is(empty()));
            assertThat(template.toString(), not(containsString("HttpApi")));
        }
        assertThat(ofType(balancer, "AWS::ApiGateway::"), is(empty()));
        assertThat(ofType(rest, "AWS::ElasticLoadBalancingV2::"), is(empty()));
        assertThat(ofType(urlAlone, "AWS::ApiGateway"), is(empty()));
        assertThat(ofType(urlAlone, "AWS::Lambda::Url"), is(List.of("CheckpointLambdaFunctionUrl")));
    }

    @Test
    void restApiHandsEveryPathAndMethodToTheFunction() throws IOException {
        assertThat(properties(rest, "RestApiAnyPath").path("PathPart").asText(), is("{proxy+}"));
        for (String method : List.of("RestApiMethod", "RestApiRootMethod")) {
            assertThat(properties(rest, method).path("HttpMethod").asText(), is("ANY"));
            assertThat(properties(rest, method).at("/Integration/Type").asText(), is("AWS_PROXY"));
        }
        assertThat(
                properties(rest, "RestApiPermission").path("SourceArn"),
                is(
                        json(
                                "{'Fn::Sub':'arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${RestApi}/*'}")));
        assertThat(properties(rest, "RestApi").at("/EndpointConfiguration"), is(json("{'Types':['REGIONAL']}")));
    }

    @Test
    void privateApiLetsInItsEndpointsAlone() throws IOException {
        String endpoints = "['vpce-0123456789abcdef0','vpce-0123456789abcdef1']";
        assertThat(
                properties(vpc, "RestApi").at("/EndpointConfiguration"),
                is(json("{'Types':['PRIVATE'],'VpcEndpointIds':" + endpoints + "}")));
        JsonNode deny = properties(vpc, "RestApi").at("/Policy/Statement/1");
        assertThat(deny.path("Effect").asText(), is("Deny"));
        assertThat(deny.path("Condition"), is(json("{'StringNotEquals':{'aws:SourceVpce':" + endpoints + "}}")));
        assertThat(properties(rest, "RestApi").has("Policy"), is(false));
    }

    @Test
    void restApiIsThrottledAndTracedAndLogsNoTextOfCallers() throws IOException {
        JsonNode stage = properties(rest, "RestApiStage");
        assertThat(stage.at("/MethodSettings/0/ThrottlingRateLimit").asInt(), is(7));
        assertThat(stage.at("/MethodSettings/0/ThrottlingBurstLimit").asInt(), is(9));
        assertThat(stage.path("TracingEnabled").asBoolean(), is(true));
        String format = stage.at("/AccessLogSetting/Format").asText();
        assertThat(MAPPER.readTree(format).path("request_id").asText(), is("$context.requestId"));
        for (String chosen : List.of("context.path", "httpMethod", "userAgent", "domainName", "header")) {
            assertThat(format, not(containsString(chosen)));
        }
        assertThat(properties(rest, "RestApiLogGroup").path("RetentionInDays").asInt(), is(7));
    }

    /** Every answer of the gateway has the codes and titles of the catalogue, and the fields of every error. */
    @Test
    void answersOfTheGatewayHaveTheFormatOfTheApi() throws IOException {
        List<String> answers = ofType(rest, "AWS::ApiGateway::GatewayResponse");
        assertThat(answers.size(), is(10));
        for (String answer : answers) {
            JsonNode response = properties(rest, answer);
            JsonNode error = MAPPER.readTree(
                    response.path("ResponseTemplates").path("application/json").asText());
            List<String> fields = new ArrayList<>();
            error.fieldNames().forEachRemaining(fields::add);
            assertThat(fields, is(List.of("errorCode", "message", "error_code", "error_msg", "request_id")));
            assertThat(error.path("request_id").asText(), is("$context.requestId"));
            DisError known = Arrays.stream(DisError.values())
                    .filter(candidate ->
                            candidate.code().equals(error.path("errorCode").asText()))
                    .filter(candidate -> error.path("message").asText().startsWith(candidate.title()))
                    .filter(candidate -> response.path("StatusCode").isMissingNode()
                            || response.path("StatusCode").asInt() == candidate.status())
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(answer + " has no error of the catalogue: " + response));
            assertThat(
                    answer,
                    response.path("ResponseParameters").has("gatewayresponse.header.Retry-After"),
                    is(known.status() == 429 || known.status() >= 500));
        }
    }

    @Test
    void changeOfTheRestApiMakesANewDeployment() {
        String deployment = ofType(rest, "AWS::ApiGateway::Deployment").get(0);
        assertThat(properties(rest, "RestApiStage").at("/DeploymentId/Ref").asText(), is(deployment));
        assertThat(ofType(vpc, "AWS::ApiGateway::Deployment"), is(not(List.of(deployment))));
    }

    @Test
    void loadBalancerForwardsTheCallsWithAllTheirValues() throws IOException {
        JsonNode rule = properties(balancer, "LoadBalancerRule");
        assertThat(rule.path("Priority").asInt(), is(10));
        assertThat(rule.at("/Conditions/0/PathPatternConfig/Values"), is(json("['/v2/*','//v2/*']")));
        JsonNode targets = properties(balancer, "LoadBalancerTargets");
        assertThat(targets.path("TargetType").asText(), is("lambda"));
        assertThat(
                targets.path("TargetGroupAttributes"),
                is(json("[{'Key':'lambda.multi_value_headers.enabled','Value':'true'}]")));
        assertThat(
                properties(balancer, "LoadBalancerPermission")
                        .at("/SourceArn/Fn::Sub")
                        .asText(),
                is("arn:${AWS::Partition}:elasticloadbalancing:${AWS::Region}:${AWS::AccountId}:targetgroup/"
                        + targets.path("Name").asText()
                        + "/*"));
    }

    @Test
    void firewallProtectsTheStageOrTheBalancer() {
        assertThat(properties(rest, "WebAclAssociation").path("WebACLArn").asText(), is(WEB_ACL));
        assertThat(
                properties(rest, "WebAclAssociation").at("/ResourceArn/Fn::Sub").asText(),
                is("arn:${AWS::Partition}:apigateway:${AWS::Region}::/restapis/${RestApi}/stages/dev"));
        assertThat(
                properties(balancer, "WebAclAssociation").path("ResourceArn").asText(),
                is(OF_BALANCER + "loadbalancer/" + BALANCER));
        assertThat(ofType(vpc, "AWS::WAFv2::"), is(empty()));
    }

    @Test
    void alarmsWatchTheMetricsThatTheWayHas() throws IOException {
        assertThat(properties(rest, "ApiServerErrors").path("MetricName").asText(), is("5XXError"));
        assertThat(
                properties(rest, "ApiServerErrors").path("Dimensions"),
                is(json("[{'Name':'ApiName','Value':'dis-checkpoints-dev'},{'Name':'Stage','Value':'dev'}]")));
        List<String> metrics = new ArrayList<>();
        for (String alarm : List.of("LoadBalancerErrors", "LoadBalancerTargetErrors", "LoadBalancerFunctionErrors")) {
            JsonNode properties = properties(balancer, alarm);
            assertThat(properties.path("Namespace").asText(), is("AWS/ApplicationELB"));
            assertThat(properties.path("AlarmName").asText(), startsWith("dis-checkpoints-dev-"));
            metrics.add(properties.path("MetricName").asText());
        }
        assertThat(
                metrics, containsInAnyOrder("HTTPCode_ELB_5XX_Count", "HTTPCode_Target_5XX_Count", "LambdaUserError"));
        for (JsonNode template : List.of(balancer, urlAlone)) {
            assertThat(template.path("Resources").has("ApiServerErrors"), is(false));
        }
    }

    @Test
    void dashboardShowsTheMetricsOfTheWay() {
        assertThat(
                dashboard(rest), containsString("\"5XXError\",\"ApiName\",\"dis-checkpoints-dev\",\"Stage\",\"dev\""));
        assertThat(dashboard(balancer), containsString("\"HTTPCode_Target_5XX_Count\",\"TargetGroup\""));
        assertThat(dashboard(urlAlone), not(containsString("\"title\":\"API\"")));
    }

    private static String dashboard(JsonNode template) {
        return properties(template, "Dashboard").at("/DashboardBody/Fn::Sub").asText();
    }

    /** The guard against the loss of a way in looks for them in templates (deployed.js). */
    @Test
    void guardFindsEachWayInItsTemplate() {
        String find = """
                const { ways } = require('./src/main/serverless/deployed.js');
                const { Resources } = JSON.parse(require('node:fs').readFileSync(0));
                console.log(Object.keys(ways).filter((way) => ways[way](Resources)).join());
                """;
        Map<JsonNode, String> expected = Map.of(
                rest, "iamEndpoint,rest",
                vpc, "iamEndpoint,private",
                balancer, "iamEndpoint,alb",
                urlAlone, "iamEndpoint,functionUrl");
        expected.forEach((template, found) -> {
            Program run = Program.run(Path.of("."), Map.of(), template.toString(), List.of("node", "-e", find));
            assertThat(run.output().strip(), is(found));
        });
    }
}
