package dis.checkpoint.domain;

import java.util.regex.Pattern;

/**
 * A key that the operator issued, with which a client signs its calls for one project.
 *
 * @param id what the client calls AK: text of {@link #ID_FORMAT}, no secret
 * @param secret what the client calls SK, not blank; it prints as nothing
 */
public record AccessKey(String id, String secret, ProjectId project) {

    public static final String ID_FORMAT = "[A-Z0-9]{10,40}";

    private static final Pattern ID = Pattern.compile(ID_FORMAT);

    public AccessKey {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("An access key must be 10 to 40 of A-Z 0-9");
        }
        if (secret.isBlank()) {
            throw new IllegalArgumentException("The secret of an access key must not be blank");
        }
    }

    @Override
    public String toString() {
        return "AccessKey " + id + " of " + project;
    }
}
