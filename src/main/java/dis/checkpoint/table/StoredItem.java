package dis.checkpoint.table;

import dis.checkpoint.domain.Checkpoint;
import dis.checkpoint.domain.PartitionId;
import dis.checkpoint.domain.SequenceNumber;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Reads an item of the table. People edit tables by hand: a missing attribute has a meaning, and an attribute of another type or
 * range than the table's layout says is {@link DisError#BUG}, with the item's key and the attribute for the log.
 */
final class StoredItem {

    static final String SEQUENCE_NUMBER = "sequence_number";
    static final String METADATA = "metadata";
    static final String GENERATION_ID = "generation_id";
    static final String CLIENT_ID = "client_id";
    static final String UPDATED_AT = "updated_at";

    private static final Pattern SORT_KEY = Pattern.compile(CheckpointTable.SORT_KEY_PREFIX + "([0-9]{10})");

    private final Map<String, AttributeValue> attributes;

    private StoredItem(Map<String, AttributeValue> attributes) {
        this.attributes = attributes;
    }

    /** The checkpoint of an item; empty if there is no item, or if it lacks a sequence number. */
    static Optional<Checkpoint> checkpoint(Map<String, AttributeValue> attributes) {
        return new StoredItem(attributes).checkpoint();
    }

    /**
     * The checkpoint of an item with its partition. Also empty if the sort key is not of our form, because no call reads such an
     * item.
     */
    static Optional<StoredCheckpoint> storedCheckpoint(Map<String, AttributeValue> attributes) {
        StoredItem item = new StoredItem(attributes);
        Matcher key = SORT_KEY.matcher(item.keyAttribute(CheckpointTable.CHECKPOINT));
        return key.matches()
                ? item.checkpoint()
                        .map(checkpoint -> new StoredCheckpoint(
                                new PartitionId(Long.parseLong(key.group(1))), checkpoint, item.updatedAt()))
                : Optional.empty();
    }

    private Optional<Checkpoint> checkpoint() {
        OptionalLong sequenceNumber = number(SEQUENCE_NUMBER);
        return sequenceNumber.isEmpty()
                ? Optional.empty()
                : Optional.of(new Checkpoint(
                        new SequenceNumber(sequenceNumber.getAsLong()),
                        text(METADATA).orElse(""),
                        number(GENERATION_ID),
                        text(CLIENT_ID)));
    }

    private Optional<Instant> updatedAt() {
        return text(UPDATED_AT).map(text -> {
            try {
                return Instant.parse(text);
            } catch (DateTimeParseException e) {
                throw malformed(UPDATED_AT, "a time in ISO 8601");
            }
        });
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

    /** Stores that only resemble DynamoDB may leave the key out. */
    private String keyAttribute(String name) {
        AttributeValue value = attributes.get(name);
        return value == null ? "(not sent)" : value.s();
    }
}
