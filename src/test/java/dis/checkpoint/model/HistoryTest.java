package dis.checkpoint.model;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dis.checkpoint.domain.AppName;
import dis.checkpoint.domain.Consumer;
import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.domain.StreamName;
import dis.checkpoint.model.Checkpoints.Delete;
import dis.checkpoint.model.Checkpoints.Deleted;
import dis.checkpoint.model.Checkpoints.Found;
import dis.checkpoint.model.Checkpoints.IllegalGeneration;
import dis.checkpoint.model.Checkpoints.OutOfRange;
import dis.checkpoint.model.Checkpoints.Query;
import dis.checkpoint.model.Checkpoints.Stored;
import dis.checkpoint.model.Checkpoints.Submit;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The judge of the concurrent properties accepts right histories and finds each fault. */
class HistoryTest {

    private static final Consumer CONSUMER =
            new Consumer(new ProjectId("project"), new StreamName("stream"), new AppName("app"));
    private static final Query QUERY = new Query(CONSUMER, "0");
    private static final Delete DELETE = new Delete(CONSUMER, "shardId-0000000000");

    private final History history = new History();

    @Test
    void concurrentCallsMayTakeEffectInAnyOrder() {
        history.add(submit(9, Optional.empty()), new Stored(), 0, 10);
        history.add(submit(10, Optional.empty()), new Stored(), 1, 5);
        history.add(QUERY, new Found("9", ""), 2, 6);
        history.add(QUERY, new Found("10", ""), 11, 12);
        assertDoesNotThrow(history::check);
    }

    @Test
    void sequenceNumberMayMoveBackAfterDelete() {
        history.add(submit(10, Optional.of(2L)), new Stored(), 0, 1);
        history.add(DELETE, new Deleted(), 2, 20);
        history.add(submit(9, Optional.of(1L)), new Stored(), 3, 4);
        assertDoesNotThrow(history::check);
    }

    @Test
    void sequenceNumberThatMovesBackIsFound() {
        history.add(submit(10, Optional.empty()), new Stored(), 0, 1);
        history.add(submit(9, Optional.empty()), new Stored(), 2, 3);
        assertThrows(AssertionError.class, history::check);
    }

    @Test
    void acceptedOlderGenerationIsFound() {
        history.add(submit(10, Optional.of(2L)), new Stored(), 0, 1);
        history.add(submit(11, Optional.empty()), new Stored(), 2, 3);
        history.add(submit(12, Optional.of(1L)), new Stored(), 4, 5);
        assertThrows(AssertionError.class, history::check);
    }

    @Test
    void readWithoutTheAcknowledgedWriteIsFound() {
        history.add(submit(10, Optional.empty()), new Stored(), 0, 1);
        history.add(QUERY, new Found("-1", ""), 2, 3);
        assertThrows(AssertionError.class, history::check);
    }

    @Test
    void readOlderThanAPreviousReadIsFound() {
        history.add(submit(10, Optional.empty()), new Stored(), 0, 1);
        history.add(submit(11, Optional.empty()), new Stored(), 2, 20);
        history.add(QUERY, new Found("11", ""), 3, 4);
        history.add(QUERY, new Found("10", ""), 5, 6);
        assertThrows(AssertionError.class, history::check);
    }

    @Test
    void lostUpdateIsFound() {
        history.add(submit(10, Optional.empty()), new Stored(), 0, 9);
        history.add(submit(11, Optional.empty()), new Stored(), 1, 8);
        history.add(QUERY, new Found("10", ""), 10, 11);
        assertThrows(AssertionError.class, history::check);
    }

    @Test
    void generationThatIsNotRaisedIsFound() {
        history.add(submit(10, Optional.of(1L)), new Stored(), 0, 1);
        history.add(submit(11, Optional.of(2L)), new Stored(), 2, 3);
        history.add(submit(12, Optional.of(1L)), new Stored(), 4, 5);
        assertThrows(AssertionError.class, history::check);
    }

    @Test
    void readOfADeletedCheckpointIsFound() {
        history.add(submit(10, Optional.empty()), new Stored(), 0, 1);
        history.add(DELETE, new Deleted(), 2, 3);
        history.add(QUERY, new Found("10", ""), 4, 5);
        assertThrows(AssertionError.class, history::check);
    }

    @Test
    void refusalWithoutReasonIsFound() {
        history.add(submit(10, Optional.of(2L)), new Stored(), 0, 1);
        history.add(submit(10, Optional.of(2L)), new OutOfRange(10, 11), 2, 3);
        assertThrows(AssertionError.class, history::check);
    }

    @Test
    void readOfARefusedWriteIsFound() {
        history.add(submit(10, Optional.of(2L)), new Stored(), 0, 1);
        history.add(submit(11, Optional.of(1L)), new IllegalGeneration(), 2, 3);
        history.add(QUERY, new Found("11", ""), 4, 5);
        assertThrows(AssertionError.class, history::check);
    }

    private static Submit submit(long sequenceNumber, Optional<Long> generation) {
        return new Submit(CONSUMER, "0", sequenceNumber, "", generation, Optional.empty());
    }
}
