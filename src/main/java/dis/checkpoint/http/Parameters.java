package dis.checkpoint.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dis.checkpoint.error.DisError;
import dis.checkpoint.request.Body;
import dis.checkpoint.request.NonInterningJson;
import dis.checkpoint.request.Query;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The query parameters of a call. */
final class Parameters {

    static final String APP_NAME = "app_name";
    static final String STREAM_NAME = "stream_name";
    static final String STREAM_ID = "stream_id";
    static final String CHECKPOINT_TYPE = "checkpoint_type";
    static final String PARTITION_ID = "partition_id";
    static final String LIMIT = "limit";
    static final String START_PARTITION_ID = "start_partition_id";

    private static final int MAX = 64;

    private static final JsonFactory JSON = NonInterningJson.factory();

    private final List<Query.Named> parameters;

    /**
     * @throws dis.checkpoint.error.DisException {@link DisError#INVALID_REQUEST} if there are too many
     */
    Parameters(Query query) {
        parameters = query.parameters();
        if (parameters.size() > MAX) {
            throw DisError.INVALID_REQUEST.because("the query must have at most " + MAX + " parameters");
        }
    }

    /**
     * The query for the HTTP stack: the parameters that the call reads, and whether a {@code stream_id} was sent.
     *
     * @param read the names of the parameters that the call reads
     * @throws dis.checkpoint.error.DisException {@link DisError#INVALID_REQUEST} if a parameter that the call reads is sent
     *     twice
     */
    String query(Set<String> read) {
        Set<String> names = new HashSet<>();
        StringBuilder query = new StringBuilder();
        for (Query.Named parameter : parameters) {
            if (read.contains(parameter.name())) {
                if (!names.add(parameter.name())) {
                    throw DisError.INVALID_REQUEST.because(parameter.name() + " must be given once");
                }
                // JAX-RS reads an empty value as a missing one. A blank breaks every rule as an empty value does.
                append(query, parameter.name(), parameter.value().isEmpty() ? " " : parameter.value());
            } else if (parameter.name().equals(STREAM_ID) && names.add(STREAM_ID)) {
                append(query, STREAM_ID, " ");
            }
        }
        return query.toString();
    }

    private static void append(StringBuilder query, String name, String value) {
        query.append(query.isEmpty() ? "" : "&")
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
    }

    /**
     * Refuses a deletion whose {@code partition_id} is misspelled or in the body, because without a {@code partition_id} the
     * call would delete the checkpoints of all partitions.
     *
     * @param body of the deletion
     * @throws dis.checkpoint.error.DisException {@link DisError#INVALID_PARTITION_ID}
     */
    void requirePartitionIdInItsPlace(Body body) {
        boolean given = false;
        for (Query.Named parameter : parameters) {
            if (parameter.name().equals(PARTITION_ID)) {
                given = true;
            } else if (meansPartition(parameter.name())) {
                throw DisError.INVALID_PARTITION_ID.because("the parameter's name must be partition_id exactly");
            }
        }
        if (!given && namesPartition(body)) {
            throw DisError.INVALID_PARTITION_ID.because("partition_id must be in the query, not in the body");
        }
    }

    private static boolean namesPartition(Body body) {
        try (JsonParser json = JSON.createParser(body.bytes())) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.FIELD_NAME && meansPartition(json.currentName())) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            // Not JSON: a form, for example.
            return meansPartition(new String(body.bytes(), StandardCharsets.UTF_8));
        }
    }

    /** Whether the name contains a word for partitions, or differs from {@code partition_id} in one character. */
    private static boolean meansPartition(String name) {
        String letters = letters(name);
        return letters.contains("partition") || letters.contains("shard") || isNear(letters, letters(PARTITION_ID));
    }

    private static String letters(String name) {
        StringBuilder letters = new StringBuilder();
        name.toLowerCase(Locale.ROOT).chars().filter(Character::isLetterOrDigit).forEach(letters::appendCodePoint);
        return letters.toString();
    }

    /** Whether the texts are equal but for one character, which is added, missing or different. */
    private static boolean isNear(String one, String other) {
        int shortest = Math.min(one.length(), other.length());
        int start = 0;
        while (start < shortest && one.charAt(start) == other.charAt(start)) {
            start++;
        }
        int end = 0;
        while (end < shortest - start && one.charAt(one.length() - 1 - end) == other.charAt(other.length() - 1 - end)) {
            end++;
        }
        return start + end >= Math.max(one.length(), other.length()) - 1;
    }
}
