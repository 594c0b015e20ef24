package dis.checkpoint;

import java.util.regex.Pattern;

/**
 * The project that owns a checkpoint: in the path of a call, and in the scope of its token.
 *
 * @param value text of {@link #FORMAT}
 */
public record ProjectId(String value) {

    public static final String FORMAT = "[A-Za-z0-9_-]{1,64}";
    public static final String RULE = "project_id must be 1 to 64 of A-Z a-z 0-9 - _";

    private static final Pattern PATTERN = Pattern.compile(FORMAT);

    public ProjectId {
        if (!PATTERN.matcher(value).matches()) {
            throw new IllegalArgumentException(RULE);
        }
    }
}
