package dis.checkpoint.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dis.checkpoint.error.DisException;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** The body of every error. The first pair of fields is as the deployed DIS sends it, the second as its reference documents it. */
@RegisterForReflection
@JsonPropertyOrder({"errorCode", "message", "error_code", "error_msg", "request_id"})
public record ErrorBody(
        String errorCode,
        String message,
        @JsonProperty("error_code") String code,
        @JsonProperty("error_msg") String text,
        @JsonProperty("request_id") String requestId) {

    /** The media type of the body, with its charset, because the official Java client reads ISO-8859-1 without one. */
    public static final String MEDIA_TYPE = "application/json; charset=utf-8";

    public static ErrorBody of(DisException refusal, String requestId) {
        String code = refusal.error().code();
        return new ErrorBody(code, refusal.getMessage(), code, refusal.getMessage(), requestId);
    }
}
