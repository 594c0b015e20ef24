package dis.checkpoint.domain;

import static dis.checkpoint.support.CheckpointBuilder.checkpoint;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dis.checkpoint.support.CheckpointBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointTest {

    /** Rules R2 to R4. Where the generation refuses too, the answer is that of the generation. */
    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
                    # stored        submitted      refused by
                    # number, gen., number, gen.,  number, generation
                         42,  -,         41, -,     true,   false
                         42,  -,         42, -,     false,  false
                         42,  -,         43, -,     false,  false
                         42,  -,         41, 9,     true,   false
                         42,  -,         42, 0,     false,  false
                         42,  5,         43, -,     false,  false
                         42,  5,         43, 4,     false,  true
                         42,  5,         41, 4,     true,   true
                         42,  5,         42, 5,     false,  false
                         42,  5,         41, 6,     true,   false
                         42,  5,         43, 6,     false,  false
                         42,  0,         43, -1,    false,  true
                         42,  9223372036854775807, 43, 0, false, true
                    """)
    void storedCheckpointRefusesLowerNumberAndLowerGeneration(
            long storedNumber, Long storedGeneration, long number, Long generation, boolean byNumber, boolean fenced) {
        Checkpoint stored =
                checkpoint(storedNumber).generation(storedGeneration).build();
        Checkpoint submitted = checkpoint(number).generation(generation).build();
        assertThat(stored.fences(submitted), is(fenced));
        assertThat(stored.refuses(submitted), is(byNumber || fenced));
    }

    @Test
    void generationBelowMinusOneIsInvalid() {
        CheckpointBuilder builder = checkpoint(0).generation(Checkpoint.LEFT_GROUP - 1);
        assertThrows(IllegalArgumentException.class, builder::build);
    }
}
