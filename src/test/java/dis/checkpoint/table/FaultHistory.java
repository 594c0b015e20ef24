package dis.checkpoint.table;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/**
 * What concurrent callers were answered about checkpoints that nobody deletes, where some answers say nothing: held
 * against the promise that an acknowledged checkpoint is durable and never moves back.
 */
final class FaultHistory {

    private static final long NONE = -1;

    private final Queue<Answered> answers = new ConcurrentLinkedQueue<>();

    enum Kind {
        /** The number submitted was stored at some moment of the call. */
        ACKNOWLEDGED,

        /** A higher number was stored at some moment of the call. */
        REFUSED,

        /** The number, or {@code -1}, was stored at some moment of the call. */
        FOUND,

        /** The number submitted may have been stored, during the call or after it. */
        UNKNOWN
    }

    /**
     * @param submitted {@code -1} for a query
     * @param stored what the answer says is stored; {@code -1} where it says that nothing is, or says nothing
     * @param from when the call was made, in {@link System#nanoTime()}
     * @param until when it was answered
     */
    record Answered(Kind kind, String app, long submitted, long stored, long from, long until) {

        private boolean before(Answered other) {
            return until - other.from < 0;
        }
    }

    void add(Answered answer) {
        answers.add(answer);
    }

    long count(Kind kind) {
        return answers.stream().filter(answer -> answer.kind() == kind).count();
    }

    int size() {
        return answers.size();
    }

    /** What breaks the promise, in words. */
    List<String> violations() {
        Map<String, List<Answered>> byApp = answers.stream().collect(Collectors.groupingBy(Answered::app));
        return byApp.values().stream()
                .flatMap(ofOne -> violations(ofOne).stream())
                .toList();
    }

    private static List<String> violations(Collection<Answered> ofOne) {
        List<String> violations = new ArrayList<>();
        for (Answered answer : ofOne) {
            if (answer.kind() == Kind.UNKNOWN) {
                continue;
            }
            long floor = ofOne.stream()
                    .filter(other -> other.before(answer))
                    .mapToLong(Answered::stored)
                    .max()
                    .orElse(NONE);
            if (answer.stored() < floor) {
                violations.add("%d was stored before %s".formatted(floor, answer));
            }
            if (answer.kind() == Kind.REFUSED && answer.stored() <= answer.submitted()) {
                violations.add("refused without a reason: " + answer);
            }
            if (answer.stored() != NONE
                    && ofOne.stream()
                            .noneMatch(other -> other.submitted() == answer.stored() && !answer.before(other))) {
                violations.add("nobody had submitted what is stored in " + answer);
            }
        }
        return violations;
    }
}
