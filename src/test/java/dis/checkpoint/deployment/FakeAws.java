package dis.checkpoint.deployment;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * CloudFormation and S3 on loopback, as far as a guard of deployments asks them: they know the template of one stack and one
 * earlier deployment of it, and refuse every change.
 */
class FakeAws implements AutoCloseable {

    /** The time of the earlier deployment, as osls names it. */
    static final String EARLIER = "1790000000000";

    private static final String BUCKET = "deployments";
    private static final String EARLIER_TEMPLATE = "serverless/dis-checkpoints/prod/" + EARLIER
            + "-2026-09-21T14:13:20.000Z/compiled-cloudformation-template.json";
    private static final Pattern ACTION = Pattern.compile("(?:^|&)Action=(\\w+)");

    private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final String template;
    private final String earlier;

    private record Answer(int status, String body) {}

    /**
     * Starts it.
     *
     * @param template of the deployed stack; {@code null} where there is none
     * @param earlier the template of the earlier deployment
     */
    FakeAws(String template, String earlier) throws IOException {
        this.template = template;
        this.earlier = earlier;
        server.createContext("/", this::answer);
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Matcher action = ACTION.matcher(URLDecoder.decode(body, StandardCharsets.UTF_8));
        Answer answer = action.find()
                ? cloudFormation(action.group(1))
                : s3(
                        exchange.getRequestMethod(),
                        exchange.getRequestURI().getPath(),
                        exchange.getRequestURI().getQuery());
        byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/xml");
        exchange.sendResponseHeaders(
                answer.status(), exchange.getRequestMethod().equals("HEAD") ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private Answer cloudFormation(String action) {
        asked.add(action);
        if (template != null && action.equals("GetTemplate")) {
            return new Answer(
                    200,
                    "<GetTemplateResponse><GetTemplateResult><TemplateBody>%s</TemplateBody></GetTemplateResult></GetTemplateResponse>"
                            .formatted(template.replace("&", "&amp;")
                                    .replace("<", "&lt;")
                                    .replace(">", "&gt;")));
        }
        if (template != null && action.equals("DescribeStackResource")) {
            return new Answer(200, """
                    <DescribeStackResourceResponse><DescribeStackResourceResult><StackResourceDetail>\
                    <PhysicalResourceId>%s</PhysicalResourceId></StackResourceDetail></DescribeStackResourceResult></DescribeStackResourceResponse>""".formatted(BUCKET));
        }
        return new Answer(
                400,
                "<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id x does not exist</Message></Error></ErrorResponse>");
    }

    private Answer s3(String method, String path, String query) {
        if (query != null && query.contains("list-type")) {
            asked.add("ListObjectsV2");
            return new Answer(
                    200,
                    "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>%s</Key></Contents></ListBucketResult>"
                            .formatted(EARLIER_TEMPLATE));
        }
        asked.add(method);
        return path.equals("/" + BUCKET + "/" + EARLIER_TEMPLATE)
                ? new Answer(200, earlier)
                : new Answer(404, "<Error><Code>NoSuchKey</Code><Message>The key does not exist</Message></Error>");
    }

    /** The environment in which osls calls it. */
    Map<String, String> environment() {
        return Map.of(
                "AWS_ACCESS_KEY_ID", "local",
                "AWS_SECRET_ACCESS_KEY", "local",
                "AWS_ENDPOINT_URL", "http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** The actions it was asked for, in their order. */
    List<String> asked() {
        return asked;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
