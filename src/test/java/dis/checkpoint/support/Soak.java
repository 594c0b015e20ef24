package dis.checkpoint.support;

/**
 * How much the tests do that could go on forever: what fits a build, unless {@code -Psoak -Dsoak=N} asks for more. N is the
 * number of calls under faults; every other number is a share of it.
 */
public final class Soak {

    /** Of all that is chosen at random by the tests themselves; {@code -Dsoak.seed} sets it. */
    public static final long SEED = Long.getLong("soak.seed", 6);

    private Soak() {}

    /**
     * One for so many calls of the soak.
     *
     * @param inBuild the number where there is no soak, and the least
     */
    public static int oneIn(int calls, int inBuild) {
        return Math.max(inBuild, Integer.getInteger("soak", 0) / calls);
    }
}
