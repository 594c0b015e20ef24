package dis.checkpoint.domain;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class SequenceNumberTest {

    @Property
    void leadingZerosAreReadAndNeverWritten(
            @ForAll @LongRange(min = 0) long value, @ForAll @IntRange(max = 18) int zeros) {
        String digits = "0".repeat(zeros) + value;
        SequenceNumber number = SequenceNumber.parse(digits.substring(Math.max(0, digits.length() - 19)));
        assertThat(number, is(new SequenceNumber(value)));
        assertThat(number.toString(), is(Long.toString(value)));
    }

    @Example
    void otherTextsAreInvalid() {
        for (String text : List.of("", "+5", "-0", " 5", "5 ", "\u0665", "0x5", "0".repeat(20))) {
            assertThrows(IllegalArgumentException.class, () -> SequenceNumber.parse(text));
        }
    }

    @Example
    void numbersOutOfRangeAreInvalid() {
        assertThat(SequenceNumber.parse("9223372036854775807").value(), is(SequenceNumber.MAX));
        assertThrows(IllegalArgumentException.class, () -> SequenceNumber.parse("9223372036854775808"));
        assertThrows(IllegalArgumentException.class, () -> new SequenceNumber(-1));
    }
}
