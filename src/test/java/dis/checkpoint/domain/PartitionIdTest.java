package dis.checkpoint.domain;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class PartitionIdTest {

    @Property
    void bothSpellingsAreTheSamePartition(@ForAll @LongRange(min = 0, max = 9_999_999_999L) long number) {
        String spelled = "shardId-%010d".formatted(number);
        assertThat(spelled.matches(PartitionId.FORMAT), is(true));
        assertThat(Long.toString(number).matches(PartitionId.FORMAT), is(true));
        assertThat(PartitionId.parse(spelled), is(new PartitionId(number)));
        assertThat(PartitionId.parse(Long.toString(number)), is(new PartitionId(number)));
    }

    @Example
    void otherSpellingsAreInvalid() {
        for (String text :
                List.of("", "07", "+7", "-7", "shardId-7", "shardid-0000000007", "7 ", "\u0667", "10000000000")) {
            assertThrows(IllegalArgumentException.class, () -> PartitionId.parse(text));
        }
    }

    @Example
    void numbersBeyondTenDigitsAreInvalid() {
        assertThrows(IllegalArgumentException.class, () -> new PartitionId(-1));
        assertThrows(IllegalArgumentException.class, () -> new PartitionId(10_000_000_000L));
    }
}
