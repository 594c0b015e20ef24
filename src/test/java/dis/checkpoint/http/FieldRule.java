package dis.checkpoint.http;

import static dis.checkpoint.error.DisError.INVALID_PARTITION_ID;
import static dis.checkpoint.error.DisError.INVALID_REQUEST;
import static dis.checkpoint.error.DisError.INVALID_SEQUENCE_NUMBER;

import com.fasterxml.jackson.annotation.JsonProperty;
import dis.checkpoint.error.DisError;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The rule of a field of {@link CheckpointSubmission}, as values on both sides of it. This is the one list of fields in the
 * tests: a field that it lacks fails each test that reads {@link #ALL}.
 *
 * @param error which a broken rule is answered with
 * @param valid values of the field, its bounds among them; {@code null} where it is optional. The last is stored as it is sent
 * @param invalid values of the right JSON type that break the rule; {@code null} where it is required
 */
record FieldRule(String name, DisError error, List<Object> valid, List<Object> invalid) {

    private static final String EMOJI = "\uD83D\uDE00";

    /** The rules by name. */
    static final Map<String, FieldRule> ALL = all(
            new FieldRule(
                    "app_name",
                    INVALID_REQUEST,
                    list("A-z_09" + "x".repeat(194)),
                    list(null, "", "x".repeat(201), "a b", "ä", "a/b", "a\n", "a.b")),
            new FieldRule(
                    "stream_name",
                    INVALID_REQUEST,
                    list("S-_9" + "y".repeat(60)),
                    list(null, "", "x".repeat(65), "a/b", "a\n", "a.b")),
            new FieldRule(
                    "checkpoint_type",
                    INVALID_REQUEST,
                    list("LAST_READ"),
                    list(null, "", "last_read", "LAST_READ ", "TRIM_HORIZON")),
            new FieldRule(
                    "partition_id",
                    INVALID_PARTITION_ID,
                    list("0", "9999999999", "shardId-0000000000", "shardId-9999999999"),
                    list(null, "", "-1", "+1", "00", "01", "10000000000", " 0", "0 ", "١", "0x0", "shardId-0")),
            new FieldRule(
                    "sequence_number",
                    INVALID_SEQUENCE_NUMBER,
                    list("0", "0000000000000000007", "9223372036854775807"),
                    list(null, "", "-1", "+1", "1.0", "1e3", " 1", "x", "١", "9223372036854775808", "0".repeat(20))),
            new FieldRule(
                    "metadata",
                    INVALID_REQUEST,
                    list(null, "", EMOJI.repeat(1000)),
                    list("x".repeat(1001), EMOJI.repeat(1001))),
            new FieldRule(
                    "generation_id",
                    INVALID_REQUEST,
                    list(null, -1, 0, Long.MAX_VALUE),
                    list(-2, new BigInteger("9223372036854775808"))),
            new FieldRule("client_id", INVALID_REQUEST, list(null, EMOJI.repeat(200)), list("", EMOJI.repeat(201))));

    /** The fields that are parameters of a query as well. */
    static final List<String> IN_A_QUERY = List.of("app_name", "checkpoint_type", "partition_id", "stream_name");

    private static List<Object> list(Object... values) {
        return Arrays.asList(values);
    }

    private static Map<String, FieldRule> all(FieldRule... rules) {
        Map<String, FieldRule> all = new TreeMap<>();
        Arrays.stream(rules).forEach(rule -> all.put(rule.name(), rule));
        Set<String> declared = new TreeSet<>(declared().keySet());
        declared.remove("stream_id"); // It has no rule: only its presence matters.
        if (!all.keySet().equals(declared)) {
            throw new AssertionError(
                    "FieldRule has the fields " + all.keySet() + ", but CheckpointSubmission " + declared);
        }
        return all;
    }

    /** The types of the fields that {@link CheckpointSubmission} declares, by their names on the wire. */
    static Map<String, Class<?>> declared() {
        Map<String, Class<?>> fields = new TreeMap<>();
        Arrays.stream(CheckpointSubmission.class.getRecordComponents()).forEach(component -> {
            JsonProperty name = component.getAccessor().getAnnotation(JsonProperty.class);
            fields.put(name == null ? component.getName() : name.value(), component.getType());
        });
        return fields;
    }

    boolean isText() {
        return declared().get(name) == String.class;
    }

    /** The beginning of the message of a broken rule: the title of the error, and the name where the title does not tell it. */
    String message() {
        return error.title() + " [" + (error == INVALID_REQUEST ? name + ' ' : "");
    }

    /** Values of other JSON types, which are refused and never converted. */
    Stream<Object> wrongTypes() {
        Stream<Object> numbersAndTexts = isText() ? Stream.of(7) : Stream.of("7", "");
        return Stream.concat(numbersAndTexts, Stream.of(true, 1.5, List.of(7), Map.of("x", 7)));
    }
}
