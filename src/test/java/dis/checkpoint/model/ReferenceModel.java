package dis.checkpoint.model;

import dis.checkpoint.domain.Checkpoint;
import dis.checkpoint.domain.Consumer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Rules R1 to R4 of the conditional write in memory, for one caller at a time; shares no logic with the function. */
record ReferenceModel(Map<Place, Checkpoint> stored) implements Checkpoints {

    record Place(Consumer consumer, long partition) {

        static Place of(CallInPlace call) {
            return new Place(call.consumer(), Long.parseLong(call.partition().replace("shardId-", "")));
        }
    }

    record Checkpoint(long sequenceNumber, String metadata, Optional<Long> generation) {}

    ReferenceModel() {
        this(new HashMap<>());
    }

    ReferenceModel copy() {
        return new ReferenceModel(new HashMap<>(stored));
    }

    @Override
    public Answer submit(Submit submit) {
        Place place = Place.of(submit);
        Checkpoint before = stored.get(place);
        if (before != null) {
            if (submit.generation().isPresent()
                    && before.generation().isPresent()
                    && submit.generation().get() < before.generation().get()) {
                return new IllegalGeneration();
            }
            if (submit.sequenceNumber() < before.sequenceNumber()) {
                return new OutOfRange(submit.sequenceNumber(), before.sequenceNumber());
            }
        }
        Optional<Long> generation =
                submit.generation().isPresent() || before == null ? submit.generation() : before.generation();
        stored.put(place, new Checkpoint(submit.sequenceNumber(), submit.metadata(), generation));
        return new Stored();
    }

    @Override
    public Answer query(Query query) {
        Checkpoint checkpoint = stored.get(Place.of(query));
        return checkpoint == null
                ? new Found("-1", "")
                : new Found(Long.toString(checkpoint.sequenceNumber()), checkpoint.metadata());
    }

    @Override
    public Answer list(ListAll list) {
        SortedMap<Long, Found> checkpoints = new TreeMap<>();
        stored.forEach((place, checkpoint) -> {
            if (place.consumer().equals(list.consumer())) {
                checkpoints.put(
                        place.partition(),
                        new Found(Long.toString(checkpoint.sequenceNumber()), checkpoint.metadata()));
            }
        });
        return new Listed(checkpoints);
    }

    @Override
    public Answer delete(Delete delete) {
        stored.remove(Place.of(delete));
        return new Deleted();
    }

    @Override
    public Answer deleteAll(DeleteAll deleteAll) {
        stored.keySet().removeIf(place -> place.consumer().equals(deleteAll.consumer()));
        return new Deleted();
    }
}
