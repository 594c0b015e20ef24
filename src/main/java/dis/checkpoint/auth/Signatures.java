package dis.checkpoint.auth;

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
        String date = signedDate(request, authorization);
        AccessKey key = keys.apply(authorization.accessKey())
                .orElseThrow(() -> refused("the access key is unknown or not enabled", authorization));
        if (!authorization.isOf(request, date, key.secret())) {
            throw refused("the signature is not the one of the access key", authorization);
        }
        return key;
    }

    /** The date, once everything else that can be checked without the key is as it must be. */
    private String signedDate(ReceivedRequest request, SignedAuthorization authorization) throws SignatureException {
        if (request.headers().containsKey("x-security-token")) {
            throw refused("X-Security-Token came along, and temporary keys are not supported", authorization);
        }
        // Without it a signature would hold for ever.
        requireSigned(DATE, "X-Sdk-Date", authorization);
        if (authorization.scope().isPresent()) {
            requireSigned(SignedAuthorization.HOST, "Host", authorization);
        }
        if (authorization.signedHeaders().stream()
                .anyMatch(name -> request.headers().get(name) == null)) {
            throw refused("a signed header is absent", authorization);
        }
        String date = request.headers().get(DATE);
        Instant signed = instant(date)
                .orElseThrow(() -> refused("X-Sdk-Date is not of the form yyyyMMdd'T'HHmmss'Z'", authorization));
        Duration age = Duration.between(signed, clock.instant()).abs();
        if (age.compareTo(TOLERANCE) > 0) {
            throw refused("X-Sdk-Date is " + age + " off", authorization);
        }
        if (authorization.scope().filter(scope -> !date.startsWith(scope.day())).isPresent()) {
            throw refused("X-Sdk-Date is of another day than the scope", authorization);
        }
        return date;
    }

    private static void requireSigned(String header, String name, SignedAuthorization authorization)
            throws SignatureException {
        if (!authorization.signedHeaders().contains(header)) {
            throw refused(name + " is not signed", authorization);
        }
    }

    private static SignatureException refused(String what, SignedAuthorization authorization) {
        return new SignatureException(what + " (access key " + authorization.accessKey() + ")");
    }

    private static Optional<Instant> instant(String date) {
        Matcher form = DATE_FORM.matcher(date);
        if (!form.matches()) {
            return Optional.empty();
        }
        try {
            // Not by a format of its own, because the first one loads the texts of a language.
            return Optional.of(Instant.parse(form.replaceFirst("$1-$2-$3T$4:$5:$6Z")));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
