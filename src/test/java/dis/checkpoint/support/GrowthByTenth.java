package dis.checkpoint.support;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** Compares the first and the last tenth of many calls, in time and memory. A leak makes the last tenth cost more. */
public final class GrowthByTenth {

    private static final double NANOS_PER_MILLI = 1e6;

    /** Other work on the machine may slow one of the tenths down. */
    private static final int MAX_TIMES_SLOWER = 5;

    private final long calls;
    private final LongSupplier memory;
    private final AtomicLong done = new AtomicLong();
    private final LongAdder first = new LongAdder();
    private final LongAdder last = new LongAdder();
    private volatile long memoryAfterFirst;

    /**
     * @param calls the number of calls
     * @param memory bytes in use at the moment
     */
    public GrowthByTenth(long calls, LongSupplier memory) {
        this.calls = calls;
        this.memory = memory;
    }

    /** Bytes of the heap of this process after a collection. */
    public static long heap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** Adds a call that has ended. */
    public void add(long nanos) {
        long number = done.incrementAndGet();
        if (number <= tenth()) {
            first.add(nanos);
        }
        if (number > calls - tenth()) {
            last.add(nanos);
        }
        if (number == tenth()) {
            memoryAfterFirst = memory.getAsLong();
        }
    }

    private long tenth() {
        return calls / 10;
    }

    /**
     * Compares the tenths after the last call.
     *
     * @param maxBytes the most by which the memory may have grown
     * @return figures to print
     */
    public String compare(long maxBytes) {
        long memoryAfterLast = memory.getAsLong();
        String figures = "first tenth %.2f ms a call and %d MB, last tenth %.2f ms and %d MB"
                .formatted(
                        first.sum() / NANOS_PER_MILLI / tenth(),
                        memoryAfterFirst >> 20,
                        last.sum() / NANOS_PER_MILLI / tenth(),
                        memoryAfterLast >> 20);
        assertThat("memory: " + figures, memoryAfterLast - memoryAfterFirst, is(lessThan(maxBytes)));
        assertThat("time: " + figures, last.sum(), is(lessThan(MAX_TIMES_SLOWER * first.sum())));
        return figures;
    }
}
