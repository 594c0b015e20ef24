package dis.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.MessageBodyReader;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads the body of POST more strictly than Jackson does by default: nothing is coerced, repeated or left over. */
@Provider
@Consumes(MediaType.APPLICATION_JSON)
public class SubmissionReader implements MessageBodyReader<CheckpointSubmission> {

    private static final int MAX_BYTES = 16 * 1024;

    private static final ObjectReader READER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                    LogicalType.Textual,
                    config -> config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
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
        byte[] bytes = body.readNBytes(MAX_BYTES + 1);
        if (bytes.length == 0) {
            throw DisError.EMPTY_REQUEST.because("POST needs a JSON object as its body");
        }
        if (bytes.length > MAX_BYTES) {
            throw DisError.TOO_LARGE.because("the body must be at most 16 KiB");
        }
        CheckpointSubmission submission;
        try {
            submission = READER.readValue(utf8(bytes));
        } catch (JsonMappingException e) {
            throw wrongType(e);
        } catch (JsonProcessingException e) {
            throw DisError.REQUEST_ERROR.because("the body must be one valid JSON object without repeated names");
        }
        if (submission == null) {
            throw DisError.REQUEST_ERROR.because("the body must be a JSON object");
        }
        return submission;
    }

    /** Jackson accepts overlong and surrogate byte sequences, and UTF-16; the decoder of the JDK does not. */
    private static String utf8(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw DisError.REQUEST_ERROR.because("the body must be UTF-8");
        }
    }

    /** Fields that no rule knows are skipped, so a field in the path is one of ours and no text of the caller. */
    private static DisException wrongType(JsonMappingException e) {
        String field = e.getPath().isEmpty() ? "the body" : e.getPath().get(0).getFieldName();
        return DisError.REQUEST_ERROR.because(field + " is of the wrong JSON type");
    }
}
