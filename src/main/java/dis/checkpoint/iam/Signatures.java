package dis.checkpoint.iam;

import dis.checkpoint.domain.AccessKey;
import dis.checkpoint.request.ReceivedRequest;
import java.security.SignatureException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks with which key a request is signed (API reference, "Access keys"). */
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
     * The key that the request is signed with. It is looked for after everything that can be checked without it.
     *
     * @param request has the header {@value #AUTHORIZATION}
     * @param keys finds the key of an id, where there is one and it is enabled
     * @throws SignatureException where the signature does not hold, and says why, for the log alone
     */
    AccessKey check(ReceivedRequest request, Function<String, Optional<AccessKey>> keys) throws SignatureException {
        SignedAuthorization authorization =
                SignedAuthorization.parse(request.headers().get(AUTHORIZATION));
        if (request.headers().containsKey("x-security-token")) {
            throw new SignatureException("X-Security-Token came along, and temporary keys are not supported");
        }
        // Without it a signature would hold for ever.
        requireSigned(DATE, "X-Sdk-Date", authorization);
        if (authorization.scope().isPresent()) {
            requireSigned(SignedAuthorization.HOST, "Host", authorization);
        }
        if (authorization.signedHeaders().stream()
                .anyMatch(name -> request.headers().get(name) == null)) {
            throw new SignatureException("a signed header is absent");
        }
        String date = request.headers().get(DATE);
        Duration age = Duration.between(instant(date), clock.instant()).abs();
        if (age.compareTo(TOLERANCE) > 0) {
            throw new SignatureException("X-Sdk-Date is " + age + " off");
        }
        if (authorization.scope().filter(scope -> !date.startsWith(scope.day())).isPresent()) {
            throw new SignatureException("X-Sdk-Date is of another day than the scope");
        }
        AccessKey key = keys.apply(authorization.accessKey())
                .orElseThrow(() -> new SignatureException(
                        "access key " + authorization.accessKey() + " is unknown or not enabled"));
        if (!authorization.isOf(request, date, key.secret())) {
            throw new SignatureException("the signature is not the one of access key " + key.id());
        }
        return key;
    }

    private static void requireSigned(String header, String name, SignedAuthorization authorization)
            throws SignatureException {
        if (!authorization.signedHeaders().contains(header)) {
            throw new SignatureException(name + " is not signed");
        }
    }

    private static Instant instant(String date) throws SignatureException {
        Matcher form = DATE_FORM.matcher(date);
        try {
            // Not by a format of its own, because the first one loads the texts of a language.
            return Instant.parse(form.matches() ? form.replaceFirst("$1-$2-$3T$4:$5:$6Z") : "");
        } catch (DateTimeParseException e) {
            throw new SignatureException("X-Sdk-Date is not of the form yyyyMMdd'T'HHmmss'Z'");
        }
    }
}
