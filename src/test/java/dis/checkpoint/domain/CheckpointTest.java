package dis.checkpoint.domain;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import java.util.OptionalLong;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class CheckpointTest {

    private static Checkpoint of(OptionalLong generation) {
        return new Checkpoint(new SequenceNumber(1), "", generation, Optional.empty());
    }

    private static Checkpoint of(long number, long generation) {
        return new Checkpoint(new SequenceNumber(number), "", OptionalLong.of(generation), Optional.empty());
    }

    /** By the order of the two alone, whatever lies between them. */
    @Property
    void aLowerGenerationIsFencedOff(@ForAll @LongRange(min = 0) long one, @ForAll @LongRange(min = -1) long other) {
        Assume.that(one != other);
        Checkpoint older = of(OptionalLong.of(Math.min(one, other)));
        Checkpoint newer = of(OptionalLong.of(Math.max(one, other)));
        assertThat(newer.fences(older), is(true));
        assertThat(older.fences(newer), is(false));
        assertThat(newer.fences(newer), is(false));
    }

    @Example
    void isRefusedByALaterOneOrOneOfANewerGeneration() {
        assertThat(of(42, 5).refuses(of(42, 5)), is(false));
        assertThat(of(42, 5).refuses(of(43, 6)), is(false));
        assertThat(of(42, 5).refuses(of(41, 6)), is(true));
        assertThat(of(42, 5).refuses(of(43, 4)), is(true));
        assertThat(of(OptionalLong.empty()).refuses(of(0, 9)), is(true));
    }

    @Example
    void aGenerationBelowThatOfAConsumerThatLeftIsNone() {
        assertThrows(IllegalArgumentException.class, () -> of(0, -2));
    }

    @Example
    void withoutAGenerationOnBothSidesThereIsNoFence() {
        assertThat(of(OptionalLong.empty()).fences(of(OptionalLong.of(0))), is(false));
        assertThat(of(OptionalLong.of(5)).fences(of(OptionalLong.empty())), is(false));
        assertThat(of(OptionalLong.of(0)).fences(of(OptionalLong.of(Checkpoint.LEFT_GROUP))), is(true));
    }
}
