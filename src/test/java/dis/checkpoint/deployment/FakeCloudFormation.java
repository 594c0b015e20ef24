package dis.checkpoint.deployment;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A CloudFormation that knows the template of one stack, and refuses everything else. */
class FakeCloudFormation implements AutoCloseable {

    private static final Pattern ACTION = Pattern.compile("(?:^|&)Action=(\\w+)");

    private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final String template;

    /**
     * Starts it.
     *
     * @param template of the deployed stack; {@code null} where there is none
     */
    FakeCloudFormation(String template) throws IOException {
        this.template = template;
        server.createContext("/", this::answer);
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Matcher action = ACTION.matcher(URLDecoder.decode(body, StandardCharsets.UTF_8));
        asked.add(action.find() ? action.group(1) : exchange.getRequestMethod());
        boolean known = template != null && asked.get(asked.size() - 1).equals("GetTemplate");
        String text = known
                ? "<GetTemplateResponse><GetTemplateResult><TemplateBody>%s</TemplateBody></GetTemplateResult></GetTemplateResponse>"
                        .formatted(template.replace("&", "&amp;")
                                .replace("<", "&lt;")
                                .replace(">", "&gt;"))
                : "<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id x does not exist</Message></Error></ErrorResponse>";
        byte[] answer = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/xml");
        exchange.sendResponseHeaders(known ? 200 : 400, answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
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
