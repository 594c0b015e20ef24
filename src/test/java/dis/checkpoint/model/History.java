package dis.checkpoint.model;

import static java.util.Comparator.comparingLong;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;

import dis.checkpoint.model.Checkpoints.Answer;
import dis.checkpoint.model.Checkpoints.CallInPlace;
import dis.checkpoint.model.Checkpoints.Unavailable;
import dis.checkpoint.model.ReferenceModel.Place;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The answers that concurrent callers got, beginning with nothing stored. {@link #check} fails unless they are linearizable:
 * there is an order of the calls that keeps each call behind those which were answered before it was made, and in which the
 * {@link ReferenceModel} gives the same answers. Then no acknowledged write is lost or seen too late, and no checkpoint moves
 * back except by DELETE. Each partition of a consumer (a {@link Place}) is checked by itself.
 */
final class History {

    /** The most calls for one place: one bit of a {@code long} for each. */
    private static final int MAX_CALLS = Long.SIZE - 1;

    private final Queue<Answered> answered = new ConcurrentLinkedQueue<>();

    /**
     * @param made when the call was made, by {@link System#nanoTime()}
     * @param at when it was answered
     */
    private record Answered(CallInPlace call, Answer answer, long made, long at) {}

    void add(CallInPlace call, Answer answer, long made, long at) {
        answered.add(new Answered(call, answer, made, at));
    }

    /** The time that the slowest call took. */
    Duration slowest() {
        return Duration.ofNanos(answered.stream()
                .mapToLong(call -> call.at() - call.made())
                .max()
                .orElse(0));
    }

    boolean hasOutage() {
        return answered.stream().anyMatch(call -> call.answer() instanceof Unavailable);
    }

    /** Fails unless it is linearizable. */
    void check() {
        answered.stream()
                .collect(groupingBy(answer -> Place.of(answer.call())))
                .values()
                .forEach(History::check);
    }

    private static void check(List<Answered> calls) {
        if (calls.size() > MAX_CALLS) {
            throw new IllegalArgumentException("too many calls for one place: " + calls.size());
        }
        List<Answered> inOrder =
                calls.stream().sorted(comparingLong(Answered::at)).toList();
        if (!canBeOrdered(inOrder, 0, new ReferenceModel(), new HashSet<>())) {
            throw new AssertionError("No order of the calls explains the answers:\n" + report(inOrder));
        }
    }

    /**
     * @param calls in the order of their answers
     * @param done the calls that are ordered already, a bit for each
     * @param tried the states from which no order was found
     */
    private static boolean canBeOrdered(List<Answered> calls, long done, ReferenceModel model, Set<Tried> tried) {
        if (Long.bitCount(done) == calls.size()) {
            return true;
        }
        if (!tried.add(new Tried(done, model))) {
            return false;
        }
        int first = Long.numberOfTrailingZeros(~done);
        for (int i = first; i < calls.size(); i++) {
            Answered next = calls.get(i);
            boolean mayBeNext =
                    (done & 1L << i) == 0 && next.made() <= calls.get(first).at();
            ReferenceModel after = model.copy();
            if (mayBeNext
                    && next.call().on(after).equals(next.answer())
                    && canBeOrdered(calls, done | 1L << i, after, tried)) {
                return true;
            }
        }
        return false;
    }

    private record Tried(long done, ReferenceModel model) {}

    private static String report(Collection<Answered> calls) {
        long start = calls.stream().mapToLong(Answered::made).min().orElseThrow();
        return calls.stream()
                .sorted(comparingLong(Answered::made))
                .map(call -> "%,11d to %,11d ns  %s -> %s"
                        .formatted(call.made() - start, call.at() - start, call.call(), call.answer()))
                .collect(joining("\n"));
    }
}
