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
import java.util.regex.Pattern;

/**
 * Makes a request anew of what the calls read, once its caller has been let in. What else it held cannot harm the HTTP stack,
 * which would split, decode, match and log it.
 */
public final class RequestFactory {

    private static final List<String> METHODS = List.of(HttpMethod.DELETE, HttpMethod.GET, HttpMethod.POST);
    private static final int MAX_MEDIA_TYPE_LENGTH = 1024;

    /** RFC 9110, section 5.6.6, lets blanks be there; the stack does not. */
    private static final Pattern SEMICOLON = Pattern.compile("[ \t]*;[ \t]*");

    private RequestFactory() {}

    /**
     * The request for the HTTP stack, with its call.
     *
     * @throws dis.checkpoint.error.DisException if it is none of the calls
     */
    public static FullHttpRequest make(ReceivedRequest received, RequestPath path, Call call) {
        path.requireCheckpoints();
        String method = received.method();
        if (!METHODS.contains(method)) {
            throw DisError.METHOD_NOT_ALLOWED
                    .because("the path has other methods")
                    .with(HttpHeaders.ALLOW, String.join(", ", METHODS));
        }
        received.body().fault().ifPresent(fault -> {
            throw DisError.REQUEST_ERROR.because(fault);
        });
        Parameters parameters = new Parameters(received.query());
        String uri = RequestPath.ofCheckpoints(call.project());
        QuarkusHttpHeaders headers = new QuarkusHttpHeaders();
        headers.setContextObject(Call.class, call);
        headers.set(HttpHeaders.HOST, "localhost");
        copyMediaType(HttpHeaders.ACCEPT, true, received, headers);
        ByteBuf body = Unpooled.EMPTY_BUFFER;
        if (method.equals(HttpMethod.POST)) {
            copyMediaType(HttpHeaders.CONTENT_TYPE, false, received, headers);
            body = Unpooled.wrappedBuffer(received.body().bytes());
            headers.set(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.readableBytes()));
        } else {
            if (method.equals(HttpMethod.DELETE)) {
                parameters.requirePartitionIdInItsPlace(received.body());
            }
            uri += '?' + parameters.query();
        }
        return new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1,
                io.netty.handler.codec.http.HttpMethod.valueOf(method),
                uri,
                body,
                headers,
                EmptyHttpHeaders.INSTANCE);
    }

    /**
     * What cannot be a media type is handed on as one that nothing takes or makes, so that it is refused as such. Of a list
     * the stack would take the first where there must be one.
     */
    private static void copyMediaType(
            String header, boolean mayBeList, ReceivedRequest received, QuarkusHttpHeaders headers) {
        String value = received.headers().get(header.toLowerCase(Locale.ROOT));
        if (value != null) {
            boolean isValid = value.length() <= MAX_MEDIA_TYPE_LENGTH
                    && value.chars().allMatch(c -> (' ' <= c && c <= '~' || c == '\t') && (mayBeList || c != ','));
            headers.set(
                    header, isValid ? SEMICOLON.matcher(value).replaceAll(";") : MediaType.APPLICATION_OCTET_STREAM);
        }
    }
}
