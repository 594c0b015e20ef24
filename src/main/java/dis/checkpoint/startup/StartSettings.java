package dis.checkpoint.startup;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.net.ProxySelector;
import java.security.Security;

/** Comes first at the start: the JDK is told how to make connections. */
@Singleton
class StartSettings {

    void settle(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent event) {
        // A name is looked up for each new connection. The JDK counts the lifetime of an address in running time:
        // a function that was frozen would go on with an address of hours ago.
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");

        if (LaunchMode.current() == LaunchMode.NORMAL) {
            // Nothing can configure a proxy, so that no connection needs to look for one. A test is not alone in its
            // process, and others there want a selector.
            ProxySelector.setDefault(null);
        }

        // Where one that was kept is found to be dead, none is left that is as old.
        System.setProperty("http.maxConnections", "1");
    }
}
