package dis.checkpoint.lambda;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.util.EnumMap;
import java.util.Map;

/**
 * Writes a line of the log: an object of JSON, in ASCII. Everything but printable ASCII is escaped, because a consumer's name
 * could turn the direction of a line or break it in two.
 */
public final class JsonLine {

    /** Without a mapper, because that would first find out how to write a map of texts, numbers and booleans. */
    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .characterEscapes(new EscapedDelete())
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build();

    private JsonLine() {}

    /** The only character of ASCII that Jackson leaves as it is and a terminal acts on. */
    private static final class EscapedDelete extends CharacterEscapes {

        private static final long serialVersionUID = 1;

        @Override
        public int[] getEscapeCodesForAscii() {
            int[] codes = standardAsciiEscapesForJSON();
            codes[0x7F] = ESCAPE_STANDARD;
            return codes;
        }

        @Override
        public SerializableString getEscapeSequence(int character) {
            return null;
        }
    }

    /**
     * @param fields texts, numbers and booleans
     * @return without a line feed
     */
    public static String of(Map<LogField, Object> fields) {
        return of(fields, null);
    }

    /** The line of a failure that belongs to no request. */
    public static String failure(String cause) {
        Map<LogField, Object> fields = new EnumMap<>(LogField.class);
        fields.put(LogField.LEVEL, "ERROR");
        fields.put(LogField.OUTCOME, "failed");
        fields.put(LogField.CAUSE, cause);
        return of(fields);
    }

    /** @param metrics JSON of CloudWatch's embedded metric format; {@code null} for none */
    static String of(Map<LogField, Object> fields, String metrics) {
        StringWriter json = new StringWriter();
        try (JsonGenerator generator = JSON.createGenerator(json)) {
            generator.writeStartObject();
            for (Map.Entry<LogField, Object> field : fields.entrySet()) {
                generator.writeObjectField(field.getKey().key(), field.getValue());
            }
            if (metrics != null) {
                generator.writeFieldName("_aws");
                generator.writeRawValue(metrics);
            }
            generator.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("Texts, numbers and booleans are always JSON", e);
        }
        return json.toString();
    }
}
