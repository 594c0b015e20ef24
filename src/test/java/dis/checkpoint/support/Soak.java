package dis.checkpoint.support;

/** How much the tests do that could go on forever: what fits a build, unless the profile {@code soak} asks for more. */
public final class Soak {

    private Soak() {}

    /**
     * @param property the number's name below {@code soak.}
     * @param inBuild the number where it isn't set
     */
    public static int number(String property, int inBuild) {
        return Integer.getInteger("soak." + property, inBuild);
    }
}
