package dis.checkpoint.auth;

import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import dis.checkpoint.request.ReceivedRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks the signatures of requests (API reference, "Access keys"). */
final class Signatures {

    static final String AUTHORIZATION = "authorization";

    private static final String DATE = "x-sdk-date";

    private static final Pattern DATE_FORM =
            Pattern.compile("([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})Z");

    private static final Duration TOLERANCE = Duration.ofMinutes(15);

    private final Clock clock;

    Signatures(Clock clock) {
        this.clock = clock;
    }

    /**
     * Returns the key that the request is signed with. The key is looked up last, after everything that can be checked without
     * it.
     *
     * @param request has the header {@value #AUTHORIZATION}
     * @param keys returns the key of an id, or throws what {@link #refused} makes
     * @throws DisException {@link DisError#INVALID_TOKEN} where the signature does not hold; its diagnosis says why
     */
    AccessKey check(ReceivedRequest request, Function<String, AccessKey> keys) {
        SignedAuthorization authorization =
                SignedAuthorization.parse(request.headers().get(AUTHORIZATION));
        String date = signedDate(request, authorization);
        AccessKey key = keys.apply(authorization.accessKey());
        if (!authorization.verifies(request, date, key.secret())) {
            throw refused("the signature is not that of the access key", authorization.accessKey());
        }
        return key;
    }

    /** Checks all that needs no key, and returns the header {@code X-Sdk-Date}. */
    private String signedDate(ReceivedRequest request, SignedAuthorization authorization) {
        String id = authorization.accessKey();
        if (request.headers().containsKey("x-security-token")) {
            throw refused("X-Security-Token came along, and temporary keys are not supported", id);
        }
        // Without a signed date, the signature would hold for ever.
        requireSigned(DATE, "X-Sdk-Date", authorization);
        if (authorization.scope().isPresent()) {
            requireSigned(SignedAuthorization.HOST, "Host", authorization);
        }
        if (authorization.signedHeaders().stream()
                .anyMatch(name -> request.headers().get(name) == null)) {
            throw refused("a signed header is absent", id);
        }
        String date = request.headers().get(DATE);
        Instant signed =
                instant(date).orElseThrow(() -> refused("X-Sdk-Date is not of the form yyyyMMdd'T'HHmmss'Z'", id));
        Duration age = Duration.between(signed, clock.instant()).abs();
        if (age.compareTo(TOLERANCE) > 0) {
            throw refused("X-Sdk-Date is " + age + " off", id);
        }
        if (authorization.scope().filter(scope -> !date.startsWith(scope.day())).isPresent()) {
            throw refused("X-Sdk-Date is of another day than the scope", id);
        }
        return date;
    }

    private static void requireSigned(String header, String name, SignedAuthorization authorization) {
        if (!authorization.signedHeaders().contains(header)) {
            throw refused(name + " is not signed", authorization.accessKey());
        }
    }

    /**
     * Makes the refusal of a signature. The caller is told the same whatever is wrong.
     *
     * @param diagnosis for the log
     */
    static DisException refused(String diagnosis) {
        return DisError.INVALID_TOKEN.because("the signature does not hold", diagnosis, null);
    }

    /** As above, with the id of the access key in the log. */
    static DisException refused(String diagnosis, String id) {
        return refused(diagnosis + " (access key " + id + ")");
    }

    private static Optional<Instant> instant(String date) {
        Matcher form = DATE_FORM.matcher(date);
        if (!form.matches()) {
            return Optional.empty();
        }
        try {
            // A DateTimeFormatter with a pattern would load the texts of a locale.
            return Optional.of(Instant.parse(form.replaceFirst("$1-$2-$3T$4:$5:$6Z")));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
