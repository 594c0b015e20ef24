package dis.checkpoint.http;

import dis.checkpoint.error.DisError;
import dis.checkpoint.request.ReceivedRequest;
import dis.checkpoint.request.RequestPath;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.quarkus.vertx.http.runtime.QuarkusHttpHeaders;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Builds the request that reaches the HTTP stack, from the fields that the calls read. The HTTP stack splits, decodes, matches
 * and logs a request, so anything else that a caller sends stays out of it.
 */
public final class RequestFactory {

    private static final Map<RequestPath.Resource, List<String>> METHODS = Map.of(
            RequestPath.Resource.CHECKPOINTS, List.of(HttpMethod.DELETE, HttpMethod.GET, HttpMethod.POST),
            RequestPath.Resource.APP_ON_STREAM, List.of(HttpMethod.GET));

    private static final Map<RequestPath.Resource, Set<String>> PARAMETERS = Map.of(
            RequestPath.Resource.CHECKPOINTS,
            Set.of(Parameters.APP_NAME, Parameters.CHECKPOINT_TYPE, Parameters.PARTITION_ID, Parameters.STREAM_NAME),
            RequestPath.Resource.APP_ON_STREAM,
            Set.of(Parameters.CHECKPOINT_TYPE, Parameters.LIMIT, Parameters.START_PARTITION_ID));

    private static final int MAX_MEDIA_TYPE_LENGTH = 1024;

    /** RFC 9110, section 5.6.6, allows blanks around a semicolon. The HTTP stack does not. */
    private static final Pattern SEMICOLON = Pattern.compile("[ \t]*;[ \t]*");

    /** RFC 9110, section 5.6.1.2, has empty elements of a list ignored. The HTTP stack refuses them. */
    private static final Pattern COMMAS = Pattern.compile("[ \t]*,[ \t,]*");

    private static final Pattern OUTER_COMMA = Pattern.compile("^,|,$");

    private RequestFactory() {}

    /**
     * Builds the request for the HTTP stack, with its call.
     *
     * @throws dis.checkpoint.error.DisException if path, method, body or query are not those of a call
     */
    public static FullHttpRequest make(ReceivedRequest received, RequestPath path, Call call) {
        RequestPath.Resource resource = path.resource();
        List<String> methods = METHODS.get(resource);
        String method = received.method();
        if (!methods.contains(method)) {
            throw DisError.METHOD_NOT_ALLOWED
                    .because("the path has other methods")
                    .with(HttpHeaders.ALLOW, String.join(", ", methods));
        }
        received.body().fault().ifPresent(fault -> {
            throw DisError.REQUEST_ERROR.because(fault);
        });
        Parameters parameters = new Parameters(received.query());
        String uri = path.uri();
        QuarkusHttpHeaders headers = new QuarkusHttpHeaders();
        headers.setContextObject(Call.class, call);
        headers.set(HttpHeaders.HOST, "localhost");
        accept(received).ifPresent(types -> headers.set(HttpHeaders.ACCEPT, types));
        ByteBuf body = Unpooled.EMPTY_BUFFER;
        if (method.equals(HttpMethod.POST)) {
            contentType(received).ifPresent(type -> headers.set(HttpHeaders.CONTENT_TYPE, type));
            body = Unpooled.wrappedBuffer(received.body().bytes());
            headers.set(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.readableBytes()));
        } else {
            if (method.equals(HttpMethod.DELETE)) {
                parameters.requirePartitionIdInItsPlace(received.body());
            }
            uri += '?' + parameters.query(PARAMETERS.get(resource));
        }
        return new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1,
                io.netty.handler.codec.http.HttpMethod.valueOf(method),
                uri,
                body,
                headers,
                EmptyHttpHeaders.INSTANCE);
    }

    /** A list of media types; empty if the header is missing or an empty list, which both accept any type. */
    private static Optional<String> accept(ReceivedRequest received) {
        return header(received, HttpHeaders.ACCEPT)
                .map(list -> OUTER_COMMA
                        .matcher(COMMAS.matcher(list.strip()).replaceAll(","))
                        .replaceAll(""))
                .filter(list -> !list.isEmpty())
                .map(RequestFactory::orUnknownType);
    }

    /** One media type. A list is replaced, because the HTTP stack would use its first element. */
    private static Optional<String> contentType(ReceivedRequest received) {
        return header(received, HttpHeaders.CONTENT_TYPE).map(type -> orUnknownType(type.contains(",") ? "" : type));
    }

    private static Optional<String> header(ReceivedRequest received, String name) {
        return Optional.ofNullable(received.headers().get(name.toLowerCase(Locale.ROOT)));
    }

    /**
     * Replaces text that cannot be a media type by {@code application/octet-stream}, so that JAX-RS answers 415 or 406 to it as
     * to every type that it does not know.
     */
    private static String orUnknownType(String text) {
        boolean isValid = !text.isEmpty()
                && text.length() <= MAX_MEDIA_TYPE_LENGTH
                && text.chars().allMatch(c -> ' ' <= c && c <= '~' || c == '\t');
        return isValid ? SEMICOLON.matcher(text).replaceAll(";") : MediaType.APPLICATION_OCTET_STREAM;
    }
}
