package dis.checkpoint.startup;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.security.Security;

/** Sets how the JDK makes connections and what the process prints, before anything else of the start. */
@Singleton
class StartSettings {

    void settle(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent event) {
        // Each new connection looks up its host name, because the JDK does not count the time in which the function is
        // frozen: afterwards, an address may be hours old.
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");

        if (LaunchMode.current() == LaunchMode.NORMAL) {
            JsonOutput.install();
        }

        // The JDK keeps one idle connection to a server. Where it turns out to be dead, no other old one is tried.
        System.setProperty("http.maxConnections", "1");
    }
}
