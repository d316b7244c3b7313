package dev.lockstep.nio;

import dev.lockstep.tls.wait.Suspension;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What the handler of a connection has been told of its handshakes. */
final class Progress {

    private @Nullable Suspension told;

    /** Tells the handler, and the loop's observers, what the channel has done since. */
    void tell(Connection connection, Handler handler) throws IOException {
        TlsLoop loop = connection.loop;
        Suspension now = connection.suspension();
        if (told != null && !told.equals(now)) {
            told = null;
            loop.report(observer -> observer.onResumed(connection));
            handler.onResumed(connection);
        }
        if (now != null && told == null && connection.tls.isOpen()) {
            told = now;
            loop.report(observer -> observer.onSuspended(connection));
            handler.onSuspended(connection);
        }
        if (connection.opens()) {
            loop.counters().handshakes.increment();
            loop.report(observer -> observer.onEstablished(connection));
            handler.onEstablished(connection);
            loop.onEstablished(connection);
        }
    }
}
