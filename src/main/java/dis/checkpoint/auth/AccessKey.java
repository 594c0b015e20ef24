package dis.checkpoint.auth;

import dis.checkpoint.domain.ProjectId;
import java.util.regex.Pattern;

/**
 * A key that the operator issued, with which a client signs its calls for one project.
 *
 * @param id the client's AK: text of {@link #ID_FORMAT}, no secret
 * @param secret the client's SK: not blank, at most {@value #MAX_SECRET} characters, so that a cache entry stays small;
 *     {@link #toString} leaves it out
 */
public record AccessKey(String id, String secret, ProjectId project) {

    static final String ID_FORMAT = "[A-Z0-9]{10,40}";

    static final int MAX_SECRET = 256;

    private static final Pattern ID = Pattern.compile(ID_FORMAT);

    /**
     * @throws IllegalArgumentException where the id or the secret is not of its form
     */
    public AccessKey {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("The id of an access key must be 10 to 40 of A-Z 0-9");
        }
        if (secret.isBlank() || secret.length() > MAX_SECRET) {
            throw new IllegalArgumentException(
                    "The secret of an access key must be 1 to 256 characters, not all blank");
        }
    }

    @Override
    public String toString() {
        return "AccessKey " + id + " of " + project;
    }
}
