package dis.checkpoint.http;

import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.quarkus.vertx.http.runtime.QuarkusHttpHeaders;
import io.vertx.core.MultiMap;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Finds the {@link Call} of the request that the HTTP stack handles. It is attached to the request's headers. */
@Singleton
class CurrentCall {

    private final CurrentVertxRequest request;

    CurrentCall(CurrentVertxRequest request) {
        this.request = request;
    }

    /** The call of a request that reached the resource. */
    Call get() {
        return find().orElseThrow();
    }

    /** Empty for a request that did not come through the event boundary, which is a page of development mode. */
    Optional<Call> find() {
        MultiMap headers = request.getCurrent().request().headers();
        return headers instanceof QuarkusHttpHeaders quarkus
                ? Optional.ofNullable(quarkus.getContextObject(Call.class))
                : Optional.empty();
    }
}
