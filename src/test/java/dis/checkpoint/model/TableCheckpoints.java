package dis.checkpoint.model;

import dis.checkpoint.domain.Checkpoint;
import dis.checkpoint.domain.CheckpointKey;
import dis.checkpoint.domain.Consumer;
import dis.checkpoint.domain.PartitionId;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import dis.checkpoint.request.Deadline;
import dis.checkpoint.support.CheckpointBuilder;
import dis.checkpoint.table.CheckpointTable;
import dis.checkpoint.table.CheckpointTable.Submitted.Outdated;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The function's table without the HTTP before it, for as many callers at a time as there are. */
record TableCheckpoints(CheckpointTable table) implements Checkpoints {

    @Override
    public Answer submit(Submit submit) {
        return answer(() -> stored(submit));
    }

    private Answer stored(Submit submit) {
        Checkpoint submitted = CheckpointBuilder.checkpoint(submit.sequenceNumber())
                .metadata(submit.metadata())
                .generation(submit.generation().orElse(null))
                .clientId(submit.clientId().orElse(null))
                .build();
        if (table.submit(key(submit.consumer(), submit.partition()), submitted, deadline())
                instanceof Outdated outdated) {
            return outdated.stored().fences(submitted)
                    ? new IllegalGeneration()
                    : new OutOfRange(
                            submit.sequenceNumber(),
                            outdated.stored().sequenceNumber().value());
        }
        return new Stored();
    }

    @Override
    public Answer query(Query query) {
        return answer(() -> table.find(key(query.consumer(), query.partition()), deadline())
                .map(stored -> new Found(stored.sequenceNumber().toString(), stored.metadata()))
                .orElse(new Found("-1", "")));
    }

    @Override
    public Answer list(ListAll list) {
        return answer(() -> {
            SortedMap<Long, Found> checkpoints = new TreeMap<>();
            table.list(
                    list.consumer(),
                    Optional.empty(),
                    list.limit(),
                    stored -> {
                        checkpoints.put(
                                stored.partition().number(),
                                new Found(
                                        stored.checkpoint().sequenceNumber().toString(),
                                        stored.checkpoint().metadata()));
                        return true;
                    },
                    deadline());
            return new Listed(checkpoints);
        });
    }

    @Override
    public Answer delete(Delete delete) {
        return answer(() -> {
            table.delete(key(delete.consumer(), delete.partition()), deadline());
            return new Deleted();
        });
    }

    @Override
    public Answer deleteAll(DeleteAll deleteAll) {
        return answer(() -> {
            table.deleteAll(deleteAll.consumer(), deadline());
            return new Deleted();
        });
    }

    private static Answer answer(Supplier<Answer> call) {
        try {
            return call.get();
        } catch (DisException e) {
            if (e.error() == DisError.UNAVAILABLE) {
                return new Unavailable();
            }
            throw e;
        }
    }

    private static CheckpointKey key(Consumer consumer, String partition) {
        return consumer.partition(PartitionId.parse(partition));
    }

    private static Deadline deadline() {
        return Deadline.in(Duration.ofSeconds(30));
    }
}
