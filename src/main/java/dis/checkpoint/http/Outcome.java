package dis.checkpoint.http;

import dis.checkpoint.domain.Checkpoint;
import dis.checkpoint.domain.CheckpointKey;
import dis.checkpoint.domain.Consumer;
import dis.checkpoint.domain.PartitionId;
import dis.checkpoint.domain.SequenceNumber;
import dis.checkpoint.error.DisException;
import java.util.Optional;

/** How a request ended. Its answer and its log line are made from this value. */
public sealed interface Outcome {

    /** The HTTP status of the answer. */
    int status();

    /** The consumer and partition of the call; empty where the request failed before they were read. */
    Optional<Subject> subject();

    /**
     * The consumer and partition of a call.
     *
     * @param partition empty where the call covers all partitions
     */
    record Subject(Consumer consumer, Optional<PartitionId> partition) {

        static Subject of(CheckpointKey key) {
            return new Subject(key.consumer(), Optional.of(key.partition()));
        }

        static Subject of(Consumer consumer) {
            return new Subject(consumer, Optional.empty());
        }
    }

    /** The call did its work: status 2xx, and {@code done} in the log line. */
    sealed interface Done extends Outcome {

        /** The value whose JSON is the body of the answer; empty where the answer has no body. */
        default Optional<Object> body() {
            return Optional.empty();
        }
    }

    /** POST stored a checkpoint. */
    record Stored(CheckpointKey key, SequenceNumber sequenceNumber) implements Done {

        @Override
        public int status() {
            return 201;
        }

        @Override
        public Optional<Subject> subject() {
            return Optional.of(Subject.of(key));
        }
    }

    /** GET read a checkpoint, or found that no checkpoint is stored. */
    record Found(CheckpointKey key, CheckpointAnswer answer) implements Done {

        @Override
        public Optional<Object> body() {
            return Optional.of(answer);
        }

        @Override
        public int status() {
            return 200;
        }

        @Override
        public Optional<Subject> subject() {
            return Optional.of(Subject.of(key));
        }
    }

    /**
     * GET listed the checkpoints of a consumer.
     *
     * @param after the partition behind which the list starts; empty for a list from the first one
     * @param limit how many partitions the caller wanted at most
     */
    record Listed(Consumer consumer, Optional<PartitionId> after, int limit, ConsumingStatesAnswer answer)
            implements Done {

        @Override
        public int status() {
            return 200;
        }

        @Override
        public Optional<Subject> subject() {
            return Optional.of(Subject.of(consumer));
        }

        @Override
        public Optional<Object> body() {
            return Optional.of(answer);
        }
    }

    /** DELETE removed the checkpoint of one partition, if there was one. */
    record Deleted(CheckpointKey key) implements Done {

        @Override
        public int status() {
            return 204;
        }

        @Override
        public Optional<Subject> subject() {
            return Optional.of(Subject.of(key));
        }
    }

    /**
     * DELETE removed the checkpoints of all partitions.
     *
     * @param count how many there were
     */
    record DeletedAll(Consumer consumer, int count) implements Done {

        @Override
        public int status() {
            return 204;
        }

        @Override
        public Optional<Subject> subject() {
            return Optional.of(Subject.of(consumer));
        }
    }

    /** The request is answered with an error of the catalogue. */
    sealed interface NotDone extends Outcome {

        DisException error();

        @Override
        default int status() {
            return error().error().status();
        }
    }

    /**
     * The function does not accept the request: status 4xx, and {@code refused} in the log line.
     *
     * @param stored the checkpoint because of which a submission was refused (rules R3 and R4)
     */
    record Refused(DisException error, Optional<Subject> subject, Optional<Checkpoint> stored) implements NotDone {}

    /** The function cannot answer the request now: status 5xx, and {@code failed} in the log line. */
    record Failed(DisException error, Optional<Subject> subject) implements NotDone {}

    /** Refused or failed, before the consumer was read. */
    static Outcome of(DisException error) {
        return of(error, Optional.empty());
    }

    /** Refused or failed, depending on the status of the error. */
    static Outcome of(DisException error, Optional<Subject> subject) {
        return error.error().status() < 500
                ? new Refused(error, subject, Optional.empty())
                : new Failed(error, subject);
    }
}
