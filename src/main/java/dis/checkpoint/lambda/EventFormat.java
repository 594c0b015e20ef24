package dis.checkpoint.lambda;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import dis.checkpoint.request.NonInterningJson;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/**
 * Reads events and writes answers. It replaces the mapper of Quarkus, because the function needs none of its modules. An emoji
 * is written as four bytes of UTF-8, not as two escapes of six bytes each.
 */
class EventFormat {

    @Produces
    @Singleton
    ObjectMapper mapper() {
        return JsonMapper.builder(NonInterningJson.factory())
                .configure(JsonGenerator.Feature.COMBINE_UNICODE_SURROGATES_IN_UTF8, true)
                .addModule(new SimpleModule("events")
                        .addDeserializer(APIGatewayV2HTTPEvent.class, new EventReader())
                        .addSerializer(APIGatewayV2HTTPResponse.class, new AnswerWriter()))
                .build();
    }
}
