package dis.checkpoint.support;

/**
 * The sizes of tests that could go on forever. They fit a build, unless {@code -Psoak -Dsoak=N} asks for more: N is the number of
 * calls under faults, and every other size is a share of it.
 */
public final class Soak {

    /** The seed of all random choices of these tests; {@code -Dsoak.seed} sets it. */
    public static final long SEED = Long.getLong("soak.seed", 6);

    private Soak() {}

    /**
     * A size that is a share of the calls of the soak.
     *
     * @param inBuild the size in a build, and the least in a soak
     */
    public static int oneIn(int calls, int inBuild) {
        return Math.max(inBuild, Integer.getInteger("soak", 0) / calls);
    }
}
