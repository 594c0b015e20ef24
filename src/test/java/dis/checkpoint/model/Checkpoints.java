package dis.checkpoint.model;

import dis.checkpoint.domain.Consumer;
import java.util.Optional;
import java.util.SortedMap;

/** Checkpoint management as the contract's calls: the function, or what stands for it. */
interface Checkpoints {

    Answer submit(Submit submit);

    Answer query(Query query);

    Answer delete(Delete delete);

    Answer deleteAll(DeleteAll deleteAll);

    Answer list(ListAll list);

    /** A call, as data: it can be generated, shrunk, reported and made on any {@link Checkpoints}. */
    sealed interface Call {

        Consumer consumer();

        Answer on(Checkpoints checkpoints);
    }

    /** A call about one checkpoint. */
    sealed interface CallInPlace extends Call {

        /** In either spelling. */
        String partition();
    }

    record Submit(
            Consumer consumer,
            String partition,
            long sequenceNumber,
            String metadata,
            Optional<Long> generation,
            Optional<String> clientId)
            implements CallInPlace {

        @Override
        public Answer on(Checkpoints checkpoints) {
            return checkpoints.submit(this);
        }
    }

    record Query(Consumer consumer, String partition) implements CallInPlace {

        @Override
        public Answer on(Checkpoints checkpoints) {
            return checkpoints.query(this);
        }
    }

    record Delete(Consumer consumer, String partition) implements CallInPlace {

        @Override
        public Answer on(Checkpoints checkpoints) {
            return checkpoints.delete(this);
        }
    }

    /** DELETE without a partition. */
    record DeleteAll(Consumer consumer) implements Call {

        @Override
        public Answer on(Checkpoints checkpoints) {
            return checkpoints.deleteAll(this);
        }
    }

    /**
     * The list of a consumer's checkpoints.
     *
     * @param limit of each page, of which as many are asked for as there are
     */
    record ListAll(Consumer consumer, int limit) implements Call {

        @Override
        public Answer on(Checkpoints checkpoints) {
            return checkpoints.list(this);
        }
    }

    sealed interface Answer {}

    record Stored() implements Answer {}

    record OutOfRange(long submitted, long lowest) implements Answer {}

    record IllegalGeneration() implements Answer {}

    /**
     * @param sequenceNumber {@code -1} where nothing is stored
     */
    record Found(String sequenceNumber, String metadata) implements Answer {}

    record Deleted() implements Answer {}

    /** The checkpoints by the numbers of their partitions. */
    record Listed(SortedMap<Long, Found> checkpoints) implements Answer {

        /** The list's answer to a query of the partition. */
        Found of(String partition) {
            return checkpoints.getOrDefault(Long.parseLong(partition), new Found("-1", ""));
        }
    }

    /** An outage, such as of a machine with too much to do: the call may or may not have had its effect. */
    record Unavailable() implements Answer {}
}
