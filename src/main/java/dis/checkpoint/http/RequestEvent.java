package dis.checkpoint.http;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import io.quarkus.arc.ClientProxy;
import jakarta.enterprise.context.RequestScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** An event for the HTTP stack that carries the context of its request there. */
final class RequestEvent extends APIGatewayV2HTTPEvent {

    private static final long serialVersionUID = 1;

    /** By its full name, because the event has a class of that name. */
    private final transient dis.checkpoint.http.RequestContext context;

    RequestEvent(dis.checkpoint.http.RequestContext context) {
        this.context = context;
    }

    /** Lets the context of the current request be injected. */
    @Singleton
    static class Contexts {

        @Produces
        @RequestScoped
        dis.checkpoint.http.RequestContext current(APIGatewayV2HTTPEvent event) {
            return ((RequestEvent) ClientProxy.unwrap(event)).context;
        }
    }
}
