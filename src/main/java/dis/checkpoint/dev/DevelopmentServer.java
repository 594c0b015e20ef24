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
 * Stands in for API Gateway in development: the server of Quarkus, which makes an event of each request, but on loopback only.
 * Its own listens on every address of the machine, where the tokens of development are no secret.
 */
class DevelopmentServer extends MockHttpEventServer {

    /** As long as the tokens that the function takes. */
    private static final int MAX_HEADER_BYTES = 64 * 1024;

    private final ObjectMapper mapper = new ObjectMapper();

    /**
     * Listens from now on until the process ends.
     *
     * @throws IOException if the port is taken
     */
    void listen(int port) throws IOException {
        // That alone makes the routes. Nothing of it is left to reach.
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

    /** As API Gateway does, hands over as base64 what is no text. The server of Quarkus replaces what it cannot read. */
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
