package dev.lockstep.nio;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Why a connection of a loop ends, if not in good order, and who learns of it: its client, the observers and its handler. */
final class Ending {

    private final Connection connection;
    private final TlsLoop loop;
    private final TlsChannel tls;
    private @Nullable Throwable cause;

    Ending(Connection connection) {
        this.connection = connection;
        this.loop = connection.loop;
        this.tls = connection.tls;
    }

    /** Returns what the handler is told; null for a good end. */
    @Nullable
    Throwable cause() {
        return cause;
    }

    void evicted(String why) {
        cause = new IOException(why);
    }

    /** TLS, the socket, a limit or the handler has failed. */
    void failed(IOException e) {
        if (e.getCause() instanceof Error error) {
            loop.defect(connection.id, error); // TLS has its alert, and the operator must know
        }
        cause = e;
        loop.counters().failed.increment();
        loop.report(observer -> observer.onFailure(connection, e));
    }

    /** A further fault of a connection that ends. */
    void defect(Throwable t) {
        loop.defect(connection.id, t);
    }

    /**
     * What should not have been thrown ends the connection with internal_error if it can be told, else without a word.
     *
     * @param told whether the farewell has begun
     */
    void defect(Throwable t, boolean told) {
        cause = t;
        defect(t);
        try {
            if (told) {
                tls.abort();
            } else {
                tls.fail(t);
            }
        } catch (Throwable another) {
            defect(another);
            abortAfter(another);
        }
    }

    void abortAfter(Throwable fault) {
        try {
            tls.abort();
        } catch (Throwable another) {
            if (another != fault) {
                defect(another); // the channel has closed its socket even so
            }
        }
    }
}
