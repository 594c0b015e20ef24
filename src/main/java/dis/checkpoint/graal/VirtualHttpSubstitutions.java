package dis.checkpoint.graal;

import com.oracle.svm.core.annotate.Alias;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import io.quarkus.netty.runtime.virtual.VirtualChannel;
import io.quarkus.netty.runtime.virtual.VirtualClientConnection;
import io.quarkus.netty.runtime.virtual.VirtualServerChannel;
import java.util.Queue;

/**
 * How the executable hands a request over to the HTTP server in the same process. Quarkus has either thread take it out of a
 * queue, by a flag that the other one may set too late, and so can lose a request
 * ({@link dis.checkpoint.HttpEventBoundary}). Here the event loop alone takes it.
 */
final class VirtualHttpSubstitutions {

    private VirtualHttpSubstitutions() {}

    @TargetClass(VirtualChannel.class)
    static final class Channel {

        @Alias
        Queue<Object> inboundBuffer;

        @Alias
        native VirtualServerChannel parent();

        @Alias
        native void readInbound();
    }

    @TargetClass(VirtualClientConnection.class)
    static final class ClientConnection {

        /** Runs after the task that registers the channel, because it was submitted later, to the same event loop. */
        @Substitute
        private void finishPeerRead0(Channel peer) {
            peer.parent().eventLoop().execute(() -> {
                if (!peer.inboundBuffer.isEmpty()) {
                    peer.readInbound();
                }
            });
        }
    }
}
