package dis.checkpoint.support;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathMatching;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;

import com.github.tomakehurst.wiremock.WireMockServer;
import java.net.URI;

/** One address for consumers that know only one: checkpoints go to the function, all other calls to DIS. */
public final class Router implements AutoCloseable {

    private final WireMockServer server =
            new WireMockServer(options().dynamicPort().bindAddress("127.0.0.1"));

    public Router(URI function, URI dis) {
        server.stubFor(any(anyUrl()).atPriority(2).willReturn(aResponse().proxiedFrom(dis.toString())));
        server.stubFor(any(urlPathMatching("/v2/[^/]+/(checkpoints|apps/[^/]+/streams/[^/]+)/?"))
                .atPriority(1)
                .willReturn(aResponse().proxiedFrom(function.toString())));
        server.start();
    }

    public URI endpoint() {
        return URI.create(server.baseUrl());
    }

    @Override
    public void close() {
        server.stop();
    }
}
