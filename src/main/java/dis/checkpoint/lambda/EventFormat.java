package dis.checkpoint.lambda;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.quarkus.jackson.ObjectMapperCustomizer;
import jakarta.inject.Singleton;

/** How events are read, and answers written: an emoji as the four bytes of UTF-8, not as the twelve of two escapes. */
@Singleton
class EventFormat implements ObjectMapperCustomizer {

    @Override
    public void customize(ObjectMapper mapper) {
        mapper.configure(JsonGenerator.Feature.COMBINE_UNICODE_SURROGATES_IN_UTF8, true)
                .registerModule(
                        new SimpleModule("events").addDeserializer(APIGatewayV2HTTPEvent.class, new EventReader()));
    }
}
