package dis.checkpoint.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import dis.checkpoint.request.NonInterningJson;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.MessageBodyReader;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads the body of POST more strictly than Jackson does by default: nothing is coerced, repeated or left over. */
@Provider
@Consumes(MediaType.APPLICATION_JSON)
public class SubmissionReader implements MessageBodyReader<CheckpointSubmission> {

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private static final String ONE_OBJECT = "the body must be one JSON object";

    /** Jackson's default limits. */
    private static final String LIMITS =
            "the body must not hold numbers of over 1000 digits, nor nest deeper than 1000 levels";

    private static final ObjectReader READER = JsonMapper.builder(NonInterningJson.factory())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                    LogicalType.Textual,
                    config -> config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .withCoercionConfig(
                    LogicalType.Integer,
                    config -> config.setCoercion(CoercionInputShape.String, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail))
            .build()
            .readerFor(CheckpointSubmission.class);

    @Override
    public boolean isReadable(Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
        return type == CheckpointSubmission.class;
    }

    @Override
    public CheckpointSubmission readFrom(
            Class<CheckpointSubmission> type,
            Type genericType,
            Annotation[] annotations,
            MediaType mediaType,
            MultivaluedMap<String, String> headers,
            InputStream body)
            throws IOException {
        String text = utf8(body.readAllBytes());
        if (text.isEmpty()) {
            throw DisError.EMPTY_REQUEST.because("POST needs a JSON object as its body");
        }
        CheckpointSubmission submission;
        try {
            submission = READER.readValue(text);
        } catch (MismatchedInputException e) {
            throw requestError(rule(e), e);
        } catch (JsonProcessingException e) {
            boolean isBeyondLimits =
                    e instanceof StreamConstraintsException || e.getCause() instanceof StreamConstraintsException;
            throw requestError(isBeyondLimits ? LIMITS : "the body must be valid JSON, without repeated names", e);
        }
        if (submission == null) {
            throw requestError(ONE_OBJECT, null);
        }
        return submission;
    }

    /**
     * The text without its byte order mark. Decoded by the JDK, because Jackson accepts overlong and surrogate byte sequences,
     * and UTF-16.
     */
    private static String utf8(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw requestError("the body must be UTF-8, and holds bytes that are not", e);
        }
    }

    /** Unknown fields are skipped, so the name in the exception's path is that of a known field, not text of the caller. */
    private static String rule(MismatchedInputException e) {
        return e.getPath().isEmpty()
                ? ONE_OBJECT
                : e.getPath().get(0).getFieldName() + " must be a JSON "
                        + (e.getTargetType() == BigInteger.class ? "integer" : "string");
    }

    private static DisException requestError(String rule, Exception cause) {
        return DisError.REQUEST_ERROR.because(rule, null, cause);
    }
}
