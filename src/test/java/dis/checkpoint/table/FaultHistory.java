package dis.checkpoint.table;

import static java.util.Comparator.comparingLong;
import static java.util.stream.Collectors.groupingBy;

import dis.checkpoint.domain.Checkpoint;
import dis.checkpoint.domain.PartitionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The answers that concurrent callers got about the checkpoints of a consumer, beginning with nothing stored and without a
 * DELETE. The outcome of some calls is unknown. {@link #violations} are answers that break the promise: an acknowledged
 * checkpoint is durable, and neither its number nor its generation ever moves back.
 */
final class FaultHistory {

    private static final long NONE = Checkpoint.LEFT_GROUP;

    private final Queue<Answered> answers = new ConcurrentLinkedQueue<>();

    enum Kind {
        /** The submitted checkpoint was stored at some moment of the call. */
        ACKNOWLEDGED,

        /** The checkpoint that refuses the submission was stored at some moment of the call. */
        REFUSED,

        /** The checkpoint that was read, or none, was stored at some moment of the call. */
        FOUND,

        /** The submitted checkpoint may have been stored, during the call or after it. */
        UNKNOWN
    }

    /**
     * @param submitted empty for a query
     * @param stored the stored checkpoint by this answer; empty where nothing is stored or the outcome is unknown
     * @param from when the call was made, in {@link System#nanoTime()}
     * @param until when it was answered
     */
    record Answered(
            Kind kind,
            PartitionId partition,
            Optional<Checkpoint> submitted,
            Optional<Checkpoint> stored,
            long from,
            long until) {

        /** The stored number; {@code -1} where none is known. */
        private long number() {
            return stored.map(checkpoint -> checkpoint.sequenceNumber().value()).orElse(NONE);
        }

        /** The stored generation; {@code -1} where none is known. */
        private long generation() {
            return stored.map(Checkpoint::generation)
                    .orElse(OptionalLong.empty())
                    .orElse(NONE);
        }

        /** Whether the answer would show a generation that is stored. */
        private boolean tellsTheGeneration() {
            return kind != Kind.ACKNOWLEDGED
                    || submitted.orElseThrow().generation().isPresent();
        }

        private boolean isFenced() {
            return kind == Kind.REFUSED && submitted.orElseThrow().generation().orElse(Long.MAX_VALUE) < generation();
        }

        private boolean hasReasonToRefuse() {
            return isFenced() || submitted.orElseThrow().sequenceNumber().value() < number();
        }
    }

    record Violation(String what, Answered answer) {}

    /** The identity of a submission. */
    private record Submission(long number, String metadata) {

        static Submission of(Checkpoint checkpoint) {
            return new Submission(checkpoint.sequenceNumber().value(), checkpoint.metadata());
        }
    }

    void add(Answered answer) {
        answers.add(answer);
    }

    long count(Kind kind) {
        return answers.stream().filter(answer -> answer.kind() == kind).count();
    }

    /** The number of submissions that were refused for their generation. */
    long fenced() {
        return answers.stream().filter(Answered::isFenced).count();
    }

    /** The answers that break the promise, in the order in which they were given. */
    List<Violation> violations() {
        return answers.stream().collect(groupingBy(Answered::partition)).values().stream()
                .flatMap(ofOne -> violations(ofOne).stream())
                .sorted(comparingLong(violation -> violation.answer().until()))
                .toList();
    }

    /** The number of answers that had been given by the time of this answer. */
    long upTo(Answered answer) {
        return answers.stream().filter(other -> other.until() <= answer.until()).count();
    }

    private static List<Violation> violations(List<Answered> ofOne) {
        Map<Submission, Long> firstMade = new HashMap<>();
        for (Answered answer : ofOne) {
            answer.submitted()
                    .ifPresent(checkpoint -> firstMade.merge(Submission.of(checkpoint), answer.from(), Math::min));
        }
        List<Violation> violations = new ArrayList<>();
        Iterator<Answered> answered =
                ofOne.stream().sorted(comparingLong(Answered::until)).iterator();
        Answered earlier = answered.next();
        long floor = NONE;
        long generationFloor = NONE;
        for (Answered answer :
                ofOne.stream().sorted(comparingLong(Answered::from)).toList()) {
            // The loop ends at this call at the latest, because it was answered after it was made.
            while (earlier.until() < answer.from()) {
                floor = Math.max(floor, earlier.number());
                generationFloor = Math.max(generationFloor, earlier.generation());
                earlier = answered.next();
            }
            if (answer.kind() == Kind.UNKNOWN) {
                continue;
            }
            if (answer.number() < floor) {
                violations.add(new Violation("%d was stored before".formatted(floor), answer));
            }
            if (answer.tellsTheGeneration() && answer.generation() < generationFloor) {
                violations.add(new Violation("generation %d was stored before".formatted(generationFloor), answer));
            }
            if (answer.kind() == Kind.REFUSED && !answer.hasReasonToRefuse()) {
                violations.add(new Violation("refused without a reason", answer));
            }
            if (answer.stored().isPresent()
                    && firstMade.getOrDefault(Submission.of(answer.stored().get()), Long.MAX_VALUE) > answer.until()) {
                violations.add(new Violation("read before it was submitted", answer));
            }
        }
        return violations;
    }
}
