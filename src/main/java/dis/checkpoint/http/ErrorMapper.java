package dis.checkpoint.http;

import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.Path;
import jakarta.validation.Payload;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.util.Comparator;
import java.util.Set;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Maps each exception that ends a call, and each status of the HTTP stack, to an error of the catalogue. */
public class ErrorMapper {

    /** Marks a rule whose violation is {@link DisError#INVALID_PARTITION_ID}. */
    interface InvalidPartitionId extends Payload {}

    /** Marks a rule whose violation is {@link DisError#INVALID_SEQUENCE_NUMBER}. */
    interface InvalidSequenceNumber extends Payload {}

    private final CurrentCall current;

    ErrorMapper(CurrentCall current) {
        this.current = current;
    }

    /** The error for a status that the HTTP stack answered by itself. */
    public static DisException ofStatus(int status) {
        return switch (status) {
            case 404 -> DisError.NOT_FOUND.because("there is nothing at this path");
            case 405 -> DisError.METHOD_NOT_ALLOWED.because("the path has other methods");
            case 406 -> DisError.NOT_ACCEPTABLE.because("the answer is application/json");
            case 413 -> DisError.TOO_LARGE.because("the body must be at most 16 KiB");
            case 415 -> DisError.UNSUPPORTED_MEDIA_TYPE.because("the body must be application/json");
            default ->
                status >= 400 && status < 500
                        ? DisError.INVALID_REQUEST.because("not an acceptable HTTP request")
                        : DisError.BUG.because("this is a bug", "The HTTP stack answered " + status, null);
        };
    }

    @ServerExceptionMapper
    Response notDone(DisException error) {
        int status = current.find()
                .map(call -> call.end(Outcome.of(error)).status())
                .orElse(error.error().status());
        return Response.status(status).build();
    }

    /**
     * Answers the broken rule of the alphabetically first field, so that the same request always gets the same answer. Java
     * and JSON names sort the same way.
     */
    @ServerExceptionMapper
    Response invalid(ConstraintViolationException violations) {
        ConstraintViolation<?> first = violations.getConstraintViolations().stream()
                .min(Comparator.comparing((ConstraintViolation<?> violation) -> field(violation))
                        .thenComparing(ConstraintViolation::getMessage))
                .orElseThrow();
        Set<Class<? extends Payload>> payload = first.getConstraintDescriptor().getPayload();
        DisError error = payload.contains(InvalidPartitionId.class)
                ? DisError.INVALID_PARTITION_ID
                : payload.contains(InvalidSequenceNumber.class)
                        ? DisError.INVALID_SEQUENCE_NUMBER
                        : DisError.INVALID_REQUEST;
        return notDone(error.because(first.getMessage()));
    }

    private static String field(ConstraintViolation<?> violation) {
        String name = "";
        for (Path.Node node : violation.getPropertyPath()) {
            name = node.getName();
        }
        return name;
    }

    /** JAX-RS refuses media types by itself. */
    @ServerExceptionMapper
    Response unacceptable(WebApplicationException refusal) {
        DisException error = ofStatus(refusal.getResponse().getStatus());
        return error.error() == DisError.BUG ? bug(refusal) : notDone(error);
    }

    @ServerExceptionMapper
    Response bug(Throwable bug) {
        return notDone(DisError.bug(bug));
    }
}
