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
 * What concurrent callers were answered about the checkpoints of a consumer, from nothing stored on and until somebody deletes
 * them, where some answers say nothing: held against the promise that an acknowledged checkpoint is durable, and that neither
 * its number nor its generation ever moves back.
 */
final class FaultHistory {

    private static final long NONE = Checkpoint.LEFT_GROUP;

    private final Queue<Answered> answers = new ConcurrentLinkedQueue<>();

    enum Kind {
        /** What was submitted was stored at some moment of the call. */
        ACKNOWLEDGED,

        /** What refuses the submission was stored at some moment of the call. */
        REFUSED,

        /** That, or nothing, was stored at some moment of the call. */
        FOUND,

        /** What was submitted may have been stored, during the call or after it. */
        UNKNOWN
    }

    /**
     * @param submitted empty for a query
     * @param stored what the answer says is stored; empty where it says that nothing is, or says nothing
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

    /** What tells one submission from another. */
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

    /** How many were refused for their generation. */
    long fenced() {
        return answers.stream().filter(Answered::isFenced).count();
    }

    /** What breaks the promise, the first at first. */
    List<Violation> violations() {
        return answers.stream().collect(groupingBy(Answered::partition)).values().stream()
                .flatMap(ofOne -> violations(ofOne).stream())
                .sorted(comparingLong(violation -> violation.answer().until()))
                .toList();
    }

    /** How many answers had been given when this one was. */
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
            // It ends: of the calls that are left, this one itself was answered after it was made.
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
                violations.add(new Violation("nobody had submitted what is stored", answer));
            }
        }
        return violations;
    }
}
