package dis.checkpoint.http;

import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The parameters of a query, in their order. */
final class Parameters {

    static final String APP_NAME = "app_name";
    static final String STREAM_NAME = "stream_name";
    static final String CHECKPOINT_TYPE = "checkpoint_type";
    static final String PARTITION_ID = "partition_id";

    /** Names a stream of another account where there is no {@link #STREAM_NAME}. */
    static final String STREAM_ID = "stream_id";

    private static final int MAX = 64;
    private static final int MAX_LENGTH = 16 * 1024;
    private static final Set<String> READ = Set.of(APP_NAME, STREAM_NAME, CHECKPOINT_TYPE, PARTITION_ID);

    private final List<Parameter> parameters = new ArrayList<>();

    private record Parameter(String name, String value) {}

    /**
     * Reads a query as it came. What is no percent-encoding stands for itself: some clients do not encode.
     *
     * @throws DisException {@link DisError#INVALID_REQUEST} if it is too long, or holds too many
     */
    Parameters(String query) {
        if (query.length() > MAX_LENGTH) {
            throw DisError.INVALID_REQUEST.because("the query must be at most 16 KiB");
        }
        for (int start = 0; start < query.length(); ) {
            int ampersand = query.indexOf('&', start);
            int end = ampersand < 0 ? query.length() : ampersand;
            if (end > start) {
                add(query.substring(start, end));
            }
            start = end + 1;
        }
    }

    private void add(String part) {
        if (parameters.size() == MAX) {
            throw DisError.INVALID_REQUEST.because("the query must have at most " + MAX + " parameters");
        }
        int equals = part.indexOf('=');
        parameters.add(
                equals < 0
                        ? new Parameter(decode(part), "")
                        : new Parameter(decode(part.substring(0, equals)), decode(part.substring(equals + 1))));
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    /**
     * The query of the parameters that the calls read.
     *
     * @throws DisException {@link DisError#INVALID_REQUEST} where one of them is given twice, or a stream by its id alone
     */
    String query() {
        Set<String> names = new HashSet<>();
        StringBuilder query = new StringBuilder();
        for (Parameter parameter : parameters) {
            if (READ.contains(parameter.name())) {
                if (!names.add(parameter.name())) {
                    throw DisError.INVALID_REQUEST.because(parameter.name() + " must be given once");
                }
                query.append(query.isEmpty() ? "" : "&")
                        .append(parameter.name())
                        .append('=')
                        .append(URLEncoder.encode(parameter.value(), StandardCharsets.UTF_8));
            }
        }
        if (!names.contains(STREAM_NAME)
                && parameters.stream().anyMatch(parameter -> parameter.name().equals(STREAM_ID))) {
            throw streamIdAlone();
        }
        return query.toString();
    }

    /** What a request is answered that names a stream of another account. */
    static DisException streamIdAlone() {
        return DisError.INVALID_REQUEST.because(
                "stream_id alone, for a stream of another account, is not supported: stream_name is required");
    }

    /**
     * Where a missing {@code partition_id} means all partitions, a misspelled one must not.
     *
     * @throws DisException {@link DisError#INVALID_PARTITION_ID}
     */
    void requirePartitionIdInItsSpelling() {
        String right = letters(PARTITION_ID);
        for (Parameter parameter : parameters) {
            String letters = letters(parameter.name());
            if (!parameter.name().equals(PARTITION_ID) && (letters.contains(right) || isNear(letters, right))) {
                throw DisError.INVALID_PARTITION_ID.because("the parameter's name must be partition_id exactly");
            }
        }
    }

    private static String letters(String name) {
        StringBuilder letters = new StringBuilder();
        name.toLowerCase(Locale.ROOT).chars().filter(Character::isLetterOrDigit).forEach(letters::appendCodePoint);
        return letters.toString();
    }

    /** Whether one has at most one character more, less or another than the other. */
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
