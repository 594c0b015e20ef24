package dis.checkpoint.http;

import dis.checkpoint.domain.Checkpoint;
import dis.checkpoint.domain.CheckpointKey;
import dis.checkpoint.domain.Consumer;
import dis.checkpoint.domain.PartitionId;
import dis.checkpoint.domain.SequenceNumber;
import dis.checkpoint.error.DisException;
import java.util.Optional;
import java.util.OptionalInt;

/** What comes of a request, for the answer and the log line alike. */
public sealed interface Outcome {

    /** Of the answer. */
    int status();

    /** Empty where the request did not get so far as to say. */
    Optional<Subject> subject();

    /**
     * What a call is about.
     *
     * @param partition empty for all of them
     */
    record Subject(Consumer consumer, Optional<PartitionId> partition) {

        static Subject of(CheckpointKey key) {
            return new Subject(key.consumer(), Optional.of(key.partition()));
        }

        static Subject allOf(Consumer consumer) {
            return new Subject(consumer, Optional.empty());
        }
    }

    /**
     * A call that has done what it is for.
     *
     * @param answer the body; empty where the answer has none
     * @param stored the sequence number that was stored
     * @param deleted how many checkpoints were deleted of those of all partitions
     */
    record Done(
            int status,
            Optional<Subject> subject,
            Optional<CheckpointAnswer> answer,
            Optional<SequenceNumber> stored,
            OptionalInt deleted)
            implements Outcome {}

    /**
     * A request that is answered with an error.
     *
     * @param by the stored checkpoint that refused a write
     */
    record Refused(DisException refusal, Optional<Subject> subject, Optional<Checkpoint> by) implements Outcome {

        @Override
        public int status() {
            return refusal.error().status();
        }
    }

    static Outcome stored(CheckpointKey key, SequenceNumber number) {
        return new Done(201, Optional.of(Subject.of(key)), Optional.empty(), Optional.of(number), OptionalInt.empty());
    }

    static Outcome found(CheckpointKey key, Optional<Checkpoint> checkpoint) {
        return new Done(
                200,
                Optional.of(Subject.of(key)),
                Optional.of(CheckpointAnswer.of(checkpoint)),
                Optional.empty(),
                OptionalInt.empty());
    }

    static Outcome deleted(CheckpointKey key) {
        return new Done(204, Optional.of(Subject.of(key)), Optional.empty(), Optional.empty(), OptionalInt.empty());
    }

    /**
     * @param number of checkpoints that there were
     */
    static Outcome deletedAll(Consumer consumer, int number) {
        return new Done(
                204, Optional.of(Subject.allOf(consumer)), Optional.empty(), Optional.empty(), OptionalInt.of(number));
    }

    static Outcome refused(DisException refusal) {
        return new Refused(refusal, Optional.empty(), Optional.empty());
    }
}
