package dis.checkpoint.dev;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.amazon.lambda.runtime.MockHttpEventServer;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;

/**
 * Stands in for API Gateway in development. It is the server of Quarkus, which makes an event of each request, but it listens on
 * loopback only, because other machines must not use the tokens of development.
 */
class DevelopmentServer extends MockHttpEventServer {

    /** Tokens run to several KiB. */
    private static final int MAX_HEADER_BYTES = 64 * 1024;

    private final ObjectMapper mapper = new ObjectMapper();

    /**
     * Listens from now on until the process ends.
     *
     * @throws IOException if the port is taken
     */
    void listen(int port) throws IOException {
        // Only this makes the routes. It also opens a server on every address, which is closed below.
        start(0);
        HttpServer onEveryAddress = httpServer;
        httpServer = Vertx.vertx()
                .createHttpServer(new HttpServerOptions()
                        .setHost(InetAddress.getLoopbackAddress().getHostAddress())
                        .setPort(port)
                        .setMaxHeaderSize(MAX_HEADER_BYTES));
        try {
            onEveryAddress.close().toCompletionStage().toCompletableFuture().join();
            httpServer
                    .requestHandler(router)
                    .listen()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            throw new IOException(e.getCause());
        }
    }

    /** Hands over a body that is no UTF-8 as base64, like API Gateway. The server of Quarkus would replace the wrong bytes. */
    @Override
    protected Buffer processEventBody(RoutingContext request) {
        Buffer event = super.processEventBody(request);
        Buffer body = request.body().buffer();
        if (body == null || request.get(APIGatewayV2HTTPEvent.class.getName()) == null || isText(body)) {
            return event;
        }
        try {
            ObjectNode fields = (ObjectNode) mapper.readTree(event.getBytes());
            fields.put("body", body.getBytes()).put("isBase64Encoded", true);
            return Buffer.buffer(mapper.writeValueAsBytes(fields));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isText(Buffer body) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body.getBytes()));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
