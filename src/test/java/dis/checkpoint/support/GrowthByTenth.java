package dis.checkpoint.support;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** What the first and the last tenth of many calls cost, to print: the same, unless something piles up. */
public final class GrowthByTenth {

    private static final double NANOS_PER_MILLI = 1e6;

    private final long calls;
    private final LongSupplier memory;
    private final AtomicLong done = new AtomicLong();
    private final LongAdder first = new LongAdder();
    private final LongAdder last = new LongAdder();
    private volatile long memoryAfterFirst;

    /**
     * @param calls how many there will be
     * @param memory bytes that are in use now
     */
    public GrowthByTenth(long calls, LongSupplier memory) {
        this.calls = calls;
        this.memory = memory;
    }

    /** Of this process: what is left after a collection. */
    public static long heap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** A call is over that took so long. */
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

    /** After the last call. */
    @Override
    public String toString() {
        return "first tenth %.2f ms a call and %d MB, last tenth %.2f ms and %d MB"
                .formatted(
                        first.sum() / NANOS_PER_MILLI / tenth(),
                        memoryAfterFirst >> 20,
                        last.sum() / NANOS_PER_MILLI / tenth(),
                        memory.getAsLong() >> 20);
    }
}
