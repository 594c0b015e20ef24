package dis.checkpoint.domain;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class SequenceNumberTest {

    @Property
    void isReadWithLeadingZerosAndWrittenWithout(
            @ForAll @LongRange(min = 0) long value, @ForAll @IntRange(max = 18) int zeros) {
        SequenceNumber number = SequenceNumber.parse("0".repeat(zeros) + value);
        assertThat(number, is(new SequenceNumber(value)));
        assertThat(number.toString(), is(Long.toString(value)));
    }

    @Example
    void isNeverNegativeNorAboveTheHighest() {
        assertThat(SequenceNumber.parse("9223372036854775807").value(), is(SequenceNumber.MAX));
        assertThrows(IllegalArgumentException.class, () -> SequenceNumber.parse("9223372036854775808"));
        assertThrows(IllegalArgumentException.class, () -> new SequenceNumber(-1));
    }
}
