package dis.checkpoint.lambda;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;

/** Writes the fields of an answer that are set, because a REST API takes an answer with any other field for a broken one. */
final class AnswerWriter extends StdSerializer<APIGatewayV2HTTPResponse> {

    private static final long serialVersionUID = 1;

    /** An answer for a load balancer, which also wants the status in words. */
    static final class LoadBalancerAnswer extends APIGatewayV2HTTPResponse {}

    AnswerWriter() {
        super(APIGatewayV2HTTPResponse.class);
    }

    @Override
    public void serialize(APIGatewayV2HTTPResponse answer, JsonGenerator json, SerializerProvider serializers)
            throws IOException {
        json.writeStartObject();
        json.writeNumberField("statusCode", answer.getStatusCode());
        if (answer instanceof LoadBalancerAnswer) {
            json.writeStringField(
                    "statusDescription",
                    HttpResponseStatus.valueOf(answer.getStatusCode()).toString());
        }
        writeIfSet("headers", answer.getHeaders(), json, serializers);
        writeIfSet("multiValueHeaders", answer.getMultiValueHeaders(), json, serializers);
        writeIfSet("cookies", answer.getCookies(), json, serializers);
        writeIfSet("body", answer.getBody(), json, serializers);
        json.writeBooleanField("isBase64Encoded", answer.getIsBase64Encoded());
        json.writeEndObject();
    }

    private static void writeIfSet(String field, Object value, JsonGenerator json, SerializerProvider serializers)
            throws IOException {
        if (value != null) {
            serializers.defaultSerializeField(field, value, json);
        }
    }
}
