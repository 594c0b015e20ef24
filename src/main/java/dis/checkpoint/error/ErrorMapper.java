package dis.checkpoint.error;

import dis.checkpoint.Call;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Comparator;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Turns whatever ended a call into an answer in the one format. */
public class ErrorMapper {

    /** Of the one resource: JAX-RS does not tell which methods it would have allowed. */
    private static final String METHODS = "DELETE, GET, POST";

    private final Call call;

    ErrorMapper(Call call) {
        this.call = call;
    }

    @ServerExceptionMapper
    Response refused(DisException refusal) {
        call.refuse(refusal);
        Response.ResponseBuilder answer = Response.status(refusal.error().status())
                .entity(ErrorBody.of(refusal, call.requestId()))
                .header(HttpHeaders.CONTENT_TYPE, ErrorBody.MEDIA_TYPE);
        refusal.headers().forEach(answer::header);
        return answer.build();
    }

    /** Of several broken rules the one of the alphabetically first field is answered, so that an answer can be relied on. */
    @ServerExceptionMapper
    Response invalid(ConstraintViolationException violations) {
        ConstraintViolation<?> first = violations.getConstraintViolations().stream()
                .min(Comparator.comparing((ConstraintViolation<?> violation) ->
                                violation.getPropertyPath().toString())
                        .thenComparing(ConstraintViolation::getMessage))
                .orElseThrow();
        return refused(DisError.of(first.getConstraintDescriptor().getPayload()).because(first.getMessage()));
    }

    /** What JAX-RS refuses by itself: an unknown path or method, a media type. */
    @ServerExceptionMapper
    Response unroutable(WebApplicationException refusal) {
        Response response = refusal.getResponse();
        DisError error = DisError.of(response.getStatus());
        if (error == DisError.BUG) {
            return bug(refusal);
        }
        DisException answer = error.because(response.getStatusInfo().getReasonPhrase());
        return refused(error == DisError.METHOD_NOT_ALLOWED ? answer.with(HttpHeaders.ALLOW, METHODS) : answer);
    }

    @ServerExceptionMapper
    Response bug(Throwable bug) {
        StringWriter trace = new StringWriter();
        bug.printStackTrace(new PrintWriter(trace));
        return refused(DisError.BUG.because("this is a bug", trace.toString()));
    }
}
