package dis.checkpoint.table;

import dis.checkpoint.domain.Checkpoint;
import dis.checkpoint.domain.SequenceNumber;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Reads an item as it lies in the table. People edit tables by hand: what is missing has a meaning, what is of another kind
 * than the table's layout says is {@link DisError#BUG}, with the item and the attribute for the log.
 */
final class StoredItem {

    static final String SEQUENCE_NUMBER = "sequence_number";
    static final String METADATA = "metadata";
    static final String GENERATION_ID = "generation_id";
    static final String CLIENT_ID = "client_id";
    static final String UPDATED_AT = "updated_at";

    private static final DateTimeFormatter MILLISECONDS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

    private final Map<String, AttributeValue> attributes;

    private StoredItem(Map<String, AttributeValue> attributes) {
        this.attributes = attributes;
    }

    /** Empty where there is no item, or one without a sequence number. */
    static Optional<Checkpoint> checkpoint(Map<String, AttributeValue> attributes) {
        StoredItem item = new StoredItem(attributes);
        OptionalLong sequenceNumber = item.number(SEQUENCE_NUMBER);
        return sequenceNumber.isEmpty()
                ? Optional.empty()
                : Optional.of(new Checkpoint(
                        new SequenceNumber(sequenceNumber.getAsLong()),
                        item.text(METADATA).orElse(""),
                        item.number(GENERATION_ID),
                        item.text(CLIENT_ID)));
    }

    /** The text of {@link #UPDATED_AT}: UTC, always with three digits of milliseconds, so that texts sort as times do. */
    static String timestamp(Instant time) {
        return MILLISECONDS.format(time);
    }

    private OptionalLong number(String name) {
        AttributeValue value = attributes.get(name);
        if (value == null) {
            return OptionalLong.empty();
        }
        if (value.type() == AttributeValue.Type.N) {
            BigDecimal number = new BigDecimal(value.n());
            if (number.signum() >= 0
                    && number.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0
                    && isInteger(number)) {
                return OptionalLong.of(number.longValue());
            }
        }
        throw malformed(name, "an integer from 0 to " + Long.MAX_VALUE);
    }

    private static boolean isInteger(BigDecimal number) {
        return number.stripTrailingZeros().scale() <= 0;
    }

    private Optional<String> text(String name) {
        AttributeValue value = attributes.get(name);
        if (value != null && value.type() != AttributeValue.Type.S) {
            throw malformed(name, "a text");
        }
        return Optional.ofNullable(value).map(AttributeValue::s);
    }

    private DisException malformed(String name, String kind) {
        return DisError.BUG.because(
                "the stored checkpoint is malformed",
                "The attribute %s of the item with the key %s, %s is not %s"
                        .formatted(
                                name,
                                keyAttribute(CheckpointTable.CONSUMER),
                                keyAttribute(CheckpointTable.CHECKPOINT),
                                kind),
                null);
    }

    /** A store that only resembles DynamoDB may leave it out. */
    private String keyAttribute(String name) {
        AttributeValue value = attributes.get(name);
        return value == null ? "(not sent)" : value.s();
    }
}
