package dis.checkpoint.table;

import dis.checkpoint.domain.Checkpoint;
import dis.checkpoint.domain.PartitionId;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import java.util.Optional;

/**
 * A checkpoint of a list.
 *
 * @param updatedAt when it was submitted; empty if the attribute was deleted by hand
 */
public record StoredCheckpoint(PartitionId partition, Checkpoint checkpoint, Optional<Instant> updatedAt) {

    private static final DateTimeFormatter MILLISECONDS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

    /** ISO 8601 in UTC, always with three digits of milliseconds, so that texts sort as times do. */
    public static String timestamp(Instant time) {
        return MILLISECONDS.format(time);
    }
}
