package dis.checkpoint.table;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import dis.checkpoint.domain.Checkpoint;
import dis.checkpoint.domain.PartitionId;
import dis.checkpoint.domain.SequenceNumber;
import dis.checkpoint.table.FaultHistory.Answered;
import dis.checkpoint.table.FaultHistory.Kind;
import dis.checkpoint.table.FaultHistory.Violation;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** That the judge of the calls under faults can tell right from wrong: each fault of a table that it is there for is found. */
class FaultHistoryTest {

    private static final PartitionId PARTITION = new PartitionId(0);

    private final FaultHistory history = new FaultHistory();

    private static Checkpoint checkpoint(long number) {
        return new Checkpoint(new SequenceNumber(number), "", OptionalLong.empty(), Optional.empty());
    }

    private static Checkpoint checkpoint(long number, long generation) {
        return new Checkpoint(new SequenceNumber(number), "", OptionalLong.of(generation), Optional.empty());
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
    void callsAtTheSameTimeMayHaveHappenedInAnyOrder() {
        acknowledged(checkpoint(9, 1), 0, 10);
        acknowledged(checkpoint(10, 2), 1, 5);
        found(null, 2, 6);
        refused(checkpoint(9, 1), checkpoint(10, 2), 3, 7);
        found(checkpoint(10, 2), 11, 12);
        isRight();
    }

    @Test
    void whatIsUnknownMayBeStoredAtAnyTimeOrNever() {
        unknown(checkpoint(8), 0, 1);
        unknown(checkpoint(9), 2, 3);
        found(null, 4, 5);
        found(checkpoint(9), 6, 7);
        isRight();
    }

    @Test
    void aSubmissionWithoutAGenerationKeepsTheStoredOne() {
        acknowledged(checkpoint(9, 2), 0, 1);
        acknowledged(checkpoint(10), 2, 3);
        found(checkpoint(10, 2), 4, 5);
        acknowledged(checkpoint(10, 2), 6, 7);
        isRight();
    }

    @Test
    void aWriteWithoutItsConditionIsFound() {
        acknowledged(checkpoint(10), 0, 1);
        acknowledged(checkpoint(9), 2, 3);
        isWrong("10 was stored before");
    }

    @Test
    void aLostUpdateIsFound() {
        acknowledged(checkpoint(9), 0, 1);
        acknowledged(checkpoint(10), 2, 3);
        found(checkpoint(9), 4, 5);
        isWrong("10 was stored before");
    }

    @Test
    void anOlderGenerationThatGetsByIsFound() {
        acknowledged(checkpoint(9, 2), 0, 1);
        acknowledged(checkpoint(10, 1), 2, 3);
        isWrong("generation 2 was stored before");
    }

    @Test
    void aMemberThatHasLeftAndGetsByIsFound() {
        acknowledged(checkpoint(9, 0), 0, 1);
        acknowledged(checkpoint(10, Checkpoint.LEFT_GROUP), 2, 3);
        isWrong("generation 0 was stored before");
    }

    @Test
    void aGenerationThatIsNotRaisedIsFound() {
        acknowledged(checkpoint(9, 1), 0, 1);
        acknowledged(checkpoint(10, 2), 2, 3);
        found(checkpoint(10, 1), 4, 5);
        isWrong("generation 2 was stored before");
    }

    @Test
    void aGenerationThatIsForgottenIsFound() {
        acknowledged(checkpoint(9, 1), 0, 1);
        acknowledged(checkpoint(10), 2, 3);
        found(checkpoint(10), 4, 5);
        isWrong("generation 1 was stored before");
    }

    @Test
    void aReadThatIsNotConsistentIsFound() {
        acknowledged(checkpoint(9), 0, 1);
        found(null, 2, 3);
        isWrong("9 was stored before");
    }

    @Test
    void aReadThatIsOlderThanTheOneBeforeIsFound() {
        acknowledged(checkpoint(8), 0, 1);
        unknown(checkpoint(9), 2, 3);
        found(checkpoint(9), 4, 5);
        found(checkpoint(8), 6, 7);
        isWrong("9 was stored before");
    }

    @Test
    void aRefusalWithoutAReasonIsFound() {
        acknowledged(checkpoint(9, 1), 0, 1);
        refused(checkpoint(9, 1), checkpoint(9, 1), 2, 3);
        isWrong("refused without a reason");
    }

    @Test
    void aRefusalByWhatIsNoLongerStoredIsFound() {
        acknowledged(checkpoint(8), 0, 1);
        acknowledged(checkpoint(9), 2, 3);
        refused(checkpoint(7), checkpoint(8), 4, 5);
        isWrong("9 was stored before");
    }

    @Test
    void whatNobodyHasSubmittedYetIsFound() {
        found(checkpoint(9), 0, 1);
        acknowledged(checkpoint(9), 2, 3);
        isWrong("nobody had submitted what is stored");
    }

    @Test
    void anotherPartitionIsJudgedByItself() {
        acknowledged(checkpoint(10), 0, 1);
        history.add(new Answered(Kind.FOUND, new PartitionId(1), Optional.empty(), Optional.empty(), 2, 3));
        isRight();
    }
}
