package dis.checkpoint.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dis.checkpoint.domain.CheckpointKey;
import dis.checkpoint.domain.Consumer;
import dis.checkpoint.table.StoredCheckpoint;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.ArrayList;
import java.util.List;

/**
 * The body that lists where an app stands on a stream (API reference, "Querying App Consumption Status").
 *
 * @param hasMore whether the app has checkpoints of partitions behind the last one of the list
 * @param states in the order of the partitions
 */
@RegisterForReflection
@JsonPropertyOrder({"has_more", "stream_name", "app_name", "partition_consuming_states"})
public record ConsumingStatesAnswer(
        @JsonProperty("has_more") boolean hasMore,
        @JsonProperty("stream_name") String streamName,
        @JsonProperty("app_name") String appName,
        @JsonProperty("partition_consuming_states") List<State> states) {

    public ConsumingStatesAnswer {
        states = List.copyOf(states);
    }

    /**
     * The checkpoint of one partition. The last three fields are the function's own, and DIS does not send them.
     *
     * @param partitionId in the long spelling
     * @param sequenceNumber decimal digits
     * @param updatedAt ISO 8601, UTC, with three digits of milliseconds; {@code null} leaves the field out
     * @param generationId {@code null} leaves the field out
     * @param clientId {@code null} leaves the field out
     */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonPropertyOrder({
        "partition_id",
        "sequence_number",
        "metadata",
        "checkpoint_type",
        "updated_at",
        "generation_id",
        "client_id"
    })
    public record State(
            @JsonProperty("partition_id") String partitionId,
            @JsonProperty("sequence_number") String sequenceNumber,
            String metadata,
            @JsonProperty("checkpoint_type") String checkpointType,
            @JsonProperty("updated_at") String updatedAt,
            @JsonProperty("generation_id") Long generationId,
            @JsonProperty("client_id") String clientId) {

        static State of(StoredCheckpoint stored) {
            return new State(
                    stored.partition().toString(),
                    stored.checkpoint().sequenceNumber().toString(),
                    stored.checkpoint().metadata(),
                    CheckpointKey.TYPE,
                    stored.updatedAt().map(StoredCheckpoint::timestamp).orElse(null),
                    stored.checkpoint().generation().isPresent()
                            ? stored.checkpoint().generation().getAsLong()
                            : null,
                    stored.checkpoint().clientId().orElse(null));
        }
    }

    /** Collects states until the list is full. */
    static final class Builder {

        /**
         * The most bytes of all states in the function's response. A load balancer refuses responses above 1 MB, and counts
         * the JSON in which the body is a string.
         */
        private static final int MAX_BYTES = 1_000_000;

        /** More than a state takes beside its two texts: 240 bytes, with every field and the longest numbers. */
        private static final int FIXED_BYTES = 256;

        private final Consumer consumer;
        private final int limit;
        private final List<State> states = new ArrayList<>();
        private int bytes;
        private boolean hasMore;

        /**
         * @param limit how many states the list may hold
         */
        Builder(Consumer consumer, int limit) {
            this.consumer = consumer;
            this.limit = limit;
        }

        /**
         * Adds a state, if there is room. The first one always has room, so that a caller who asks for the rest gets ahead.
         *
         * @return false if the list was full
         */
        boolean add(StoredCheckpoint stored) {
            State state = State.of(stored);
            bytes += FIXED_BYTES + bytes(state.metadata()) + (state.clientId() == null ? 0 : bytes(state.clientId()));
            hasMore = states.size() == limit || !states.isEmpty() && bytes > MAX_BYTES;
            return !hasMore && states.add(state);
        }

        /** The length of a text in UTF-8, escaped as a JSON string within a JSON string. */
        private static int bytes(String text) {
            JsonStringEncoder json = JsonStringEncoder.getInstance();
            return json.quoteAsUTF8(new String(json.quoteAsString(text))).length;
        }

        ConsumingStatesAnswer build() {
            return new ConsumingStatesAnswer(
                    hasMore, consumer.stream().value(), consumer.app().value(), List.copyOf(states));
        }
    }
}
