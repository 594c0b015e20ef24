package dis.checkpoint.iam;

import dis.checkpoint.Deadline;
import dis.checkpoint.domain.AccessKey;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks the signatures of requests (API reference, "Access keys"). */
final class Signatures {

    static final String AUTHORIZATION = "authorization";

    private static final String DATE = "x-sdk-date";

    /** Without these a signature would hold on another host, or for ever. */
    private static final List<String> TO_BE_SIGNED = List.of("host", DATE);

    private static final Pattern DATE_FORM =
            Pattern.compile("([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})Z");

    private static final Duration TOLERANCE = Duration.ofMinutes(15);

    private final Clock clock;
    private final BiFunction<String, Deadline, Optional<AccessKey>> keys;

    /**
     * @param keys finds the key of an id by a deadline, where there is one and it is enabled
     */
    Signatures(Clock clock, BiFunction<String, Deadline, Optional<AccessKey>> keys) {
        this.clock = clock;
        this.keys = keys;
    }

    /**
     * The key that the request is signed with. It is looked for after everything that can be checked without it.
     *
     * @param request has the header {@value #AUTHORIZATION}
     * @throws DisException {@code INVALID_TOKEN} where the signature does not hold, in one wording: only the log learns
     *     what is wrong
     */
    AccessKey check(ReceivedRequest request, Deadline deadline) {
        SignedAuthorization authorization = SignedAuthorization.parse(
                        request.headers().get(AUTHORIZATION))
                .orElseThrow(() -> refused("Authorization is not of a signature's form"));
        if (request.headers().containsKey("x-security-token")) {
            throw refused("X-Security-Token came along, and temporary keys are not supported");
        }
        if (!authorization.signedHeaders().containsAll(TO_BE_SIGNED)) {
            throw refused("Host or X-Sdk-Date is not signed");
        }
        if (authorization.signedHeaders().stream()
                .anyMatch(name -> request.headers().get(name) == null)) {
            throw refused("a signed header is absent");
        }
        String date = request.headers().get(DATE);
        Duration age = Duration.between(instant(date), clock.instant()).abs();
        if (age.compareTo(TOLERANCE) > 0) {
            throw refused("X-Sdk-Date is " + age + " off");
        }
        if (authorization.scope().filter(scope -> !date.startsWith(scope.day())).isPresent()) {
            throw refused("X-Sdk-Date is of another day than the scope");
        }
        AccessKey key = keys.apply(authorization.accessKey(), deadline)
                .orElseThrow(() -> refused("access key " + authorization.accessKey() + " is unknown or not enabled"));
        if (!authorization.isOf(request, date, key.secret())) {
            throw refused("the signature is not the one of access key " + key.id());
        }
        return key;
    }

    private static Instant instant(String date) {
        Matcher form = DATE_FORM.matcher(date);
        try {
            // Not by a format of its own, because the first one loads the texts of a language.
            return Instant.parse(form.matches() ? form.replaceFirst("$1-$2-$3T$4:$5:$6Z") : "");
        } catch (DateTimeParseException e) {
            throw refused("X-Sdk-Date is not of the form yyyyMMdd'T'HHmmss'Z'");
        }
    }

    private static DisException refused(String cause) {
        return DisError.INVALID_TOKEN.because("the signature does not hold", cause);
    }
}
