package dis.checkpoint.http;

import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.Path;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.util.Comparator;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Finds the error of the catalogue for whatever ended a call. The body is written where the answer leaves. */
public class ErrorMapper {

    private final RequestContext context;

    ErrorMapper(RequestContext context) {
        this.context = context;
    }

    @ServerExceptionMapper
    Response refused(DisException refusal) {
        context.refuse(refusal);
        return Response.status(refusal.error().status()).build();
    }

    /** Of several broken rules the one of the alphabetically first field is answered, so that an answer can be relied on. */
    @ServerExceptionMapper
    Response invalid(ConstraintViolationException violations) {
        ConstraintViolation<?> first = violations.getConstraintViolations().stream()
                .min(Comparator.comparing((ConstraintViolation<?> violation) -> field(violation))
                        .thenComparing(ConstraintViolation::getMessage))
                .orElseThrow();
        return refused(DisError.of(first.getConstraintDescriptor().getPayload()).because(first.getMessage()));
    }

    private static String field(ConstraintViolation<?> violation) {
        String name = "";
        for (Path.Node node : violation.getPropertyPath()) {
            name = node.getName();
        }
        return name;
    }

    /** What JAX-RS refuses by itself: a media type. */
    @ServerExceptionMapper
    Response unacceptable(WebApplicationException refusal) {
        Response response = refusal.getResponse();
        DisError error = DisError.of(response.getStatus());
        return error == DisError.BUG
                ? bug(refusal)
                : refused(error.because(response.getStatusInfo().getReasonPhrase()));
    }

    @ServerExceptionMapper
    Response bug(Throwable bug) {
        return refused(DisError.bug(bug));
    }
}
