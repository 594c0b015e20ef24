package dis.checkpoint.table;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import dis.checkpoint.domain.Checkpoint;
import dis.checkpoint.domain.PartitionId;
import dis.checkpoint.support.CheckpointBuilder;
import dis.checkpoint.table.FaultHistory.Answered;
import dis.checkpoint.table.FaultHistory.Kind;
import dis.checkpoint.table.FaultHistory.Violation;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The judge of the calls under faults accepts right histories and finds each fault. */
class FaultHistoryTest {

    private static final PartitionId PARTITION = new PartitionId(0);

    private final FaultHistory history = new FaultHistory();

    private static Checkpoint checkpoint(long number) {
        return CheckpointBuilder.checkpoint(number).build();
    }

    private static Checkpoint checkpoint(long number, long generation) {
        return CheckpointBuilder.checkpoint(number).generation(generation).build();
    }

    private void acknowledged(Checkpoint submitted, long from, long until) {
        add(Kind.ACKNOWLEDGED, Optional.of(submitted), Optional.of(submitted), from, until);
    }

    private void refused(Checkpoint submitted, Checkpoint by, long from, long until) {
        add(Kind.REFUSED, Optional.of(submitted), Optional.of(by), from, until);
    }

    private void unknown(Checkpoint submitted, long from, long until) {
        add(Kind.UNKNOWN, Optional.of(submitted), Optional.empty(), from, until);
    }

    private void found(Checkpoint stored, long from, long until) {
        add(Kind.FOUND, Optional.empty(), Optional.ofNullable(stored), from, until);
    }

    private void add(Kind kind, Optional<Checkpoint> submitted, Optional<Checkpoint> stored, long from, long until) {
        history.add(new Answered(kind, PARTITION, submitted, stored, from, until));
    }

    private void isRight() {
        assertThat(history.violations(), is(empty()));
    }

    private void isWrong(String... violations) {
        assertThat(history.violations().stream().map(Violation::what).toList(), is(List.of(violations)));
    }

    @Test
    void concurrentCallsMayTakeEffectInAnyOrder() {
        acknowledged(checkpoint(9, 1), 0, 10);
        acknowledged(checkpoint(10, 2), 1, 5);
        found(null, 2, 6);
        refused(checkpoint(9, 1), checkpoint(10, 2), 3, 7);
        found(checkpoint(10, 2), 11, 12);
        isRight();
    }

    @Test
    void unknownWriteMayTakeEffectLaterOrNever() {
        unknown(checkpoint(8), 0, 1);
        unknown(checkpoint(9), 2, 3);
        found(null, 4, 5);
        found(checkpoint(9), 6, 7);
        isRight();
    }

    @Test
    void submissionWithoutGenerationKeepsTheStoredGeneration() {
        acknowledged(checkpoint(9, 2), 0, 1);
        acknowledged(checkpoint(10), 2, 3);
        found(checkpoint(10, 2), 4, 5);
        acknowledged(checkpoint(10, 2), 6, 7);
        isRight();
    }

    @Test
    void writeWithoutConditionIsFound() {
        acknowledged(checkpoint(10), 0, 1);
        acknowledged(checkpoint(9), 2, 3);
        isWrong("10 was stored before");
    }

    @Test
    void lostUpdateIsFound() {
        acknowledged(checkpoint(9), 0, 1);
        acknowledged(checkpoint(10), 2, 3);
        found(checkpoint(9), 4, 5);
        isWrong("10 was stored before");
    }

    @Test
    void acceptedOlderGenerationIsFound() {
        acknowledged(checkpoint(9, 2), 0, 1);
        acknowledged(checkpoint(10, 1), 2, 3);
        isWrong("generation 2 was stored before");
    }

    @Test
    void acceptedMemberThatLeftIsFound() {
        acknowledged(checkpoint(9, 0), 0, 1);
        acknowledged(checkpoint(10, Checkpoint.LEFT_GROUP), 2, 3);
        isWrong("generation 0 was stored before");
    }

    @Test
    void generationThatIsNotRaisedIsFound() {
        acknowledged(checkpoint(9, 1), 0, 1);
        acknowledged(checkpoint(10, 2), 2, 3);
        found(checkpoint(10, 1), 4, 5);
        isWrong("generation 2 was stored before");
    }

    @Test
    void lostGenerationIsFound() {
        acknowledged(checkpoint(9, 1), 0, 1);
        acknowledged(checkpoint(10), 2, 3);
        found(checkpoint(10), 4, 5);
        isWrong("generation 1 was stored before");
    }

    @Test
    void inconsistentReadIsFound() {
        acknowledged(checkpoint(9), 0, 1);
        found(null, 2, 3);
        isWrong("9 was stored before");
    }

    @Test
    void readOlderThanAPreviousReadIsFound() {
        acknowledged(checkpoint(8), 0, 1);
        unknown(checkpoint(9), 2, 3);
        found(checkpoint(9), 4, 5);
        found(checkpoint(8), 6, 7);
        isWrong("9 was stored before");
    }

    @Test
    void refusalWithoutReasonIsFound() {
        acknowledged(checkpoint(9, 1), 0, 1);
        refused(checkpoint(9, 1), checkpoint(9, 1), 2, 3);
        isWrong("refused without a reason");
    }

    @Test
    void refusalByAReplacedCheckpointIsFound() {
        acknowledged(checkpoint(8), 0, 1);
        acknowledged(checkpoint(9), 2, 3);
        refused(checkpoint(7), checkpoint(8), 4, 5);
        isWrong("9 was stored before");
    }

    @Test
    void checkpointReadBeforeItWasSubmittedIsFound() {
        found(checkpoint(9), 0, 1);
        acknowledged(checkpoint(9), 2, 3);
        isWrong("read before it was submitted");
    }

    @Test
    void partitionsAreJudgedSeparately() {
        acknowledged(checkpoint(10), 0, 1);
        history.add(new Answered(Kind.FOUND, new PartitionId(1), Optional.empty(), Optional.empty(), 2, 3));
        isRight();
    }
}
