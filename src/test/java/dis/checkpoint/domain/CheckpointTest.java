package dis.checkpoint.domain;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.Optional;
import java.util.OptionalLong;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class CheckpointTest {

    private static Checkpoint of(OptionalLong generation) {
        return new Checkpoint(new SequenceNumber(1), "", generation, Optional.empty());
    }

    @Property
    void aLowerGenerationIsFencedOff(
            @ForAll @LongRange(min = 0) long stored, @ForAll @LongRange(min = -1) long submitted) {
        assertThat(of(OptionalLong.of(stored)).fences(of(OptionalLong.of(submitted))), is(submitted < stored));
    }

    @Example
    void withoutAGenerationOnBothSidesThereIsNoFence() {
        assertThat(of(OptionalLong.empty()).fences(of(OptionalLong.of(0))), is(false));
        assertThat(of(OptionalLong.of(5)).fences(of(OptionalLong.empty())), is(false));
        assertThat(of(OptionalLong.of(0)).fences(of(OptionalLong.of(Checkpoint.LEFT_GROUP))), is(true));
    }
}
