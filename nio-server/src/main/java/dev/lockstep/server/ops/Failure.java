package dev.lockstep.server.ops;

import dev.lockstep.nio.PlainHttpException;
import dev.lockstep.nio.TruncatedException;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.wait.OperationException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.SocketTimeoutException;

/** Why handshakes fail, as far as it matters to an operator. */
enum Failure {
    /** The private key, or something else outside, gave no answer. */
    KEY(Level.WARNING),
    /** The client offers TLS 1.3 only. */
    TLS_1_3_ONLY(Level.INFO),
    /** The client offers nothing as new as TLS 1.2. */
    OLD_VERSION(Level.INFO),
    /** The client speaks HTTP without TLS. */
    PLAIN_HTTP(Level.INFO),
    /** The client has sent an alert. */
    CLIENT_ALERT(Level.INFO),
    /** The client left; before its ClientHello, this is what health checks and port scans do. */
    CLIENT_LEFT(Level.DEBUG),
    /** A time limit has passed. */
    TIMEOUT(Level.INFO),
    /** The server refused what the client has sent. */
    REFUSED(Level.INFO),
    /** The connection was ended in favour of others, because the server ends, or because a key was used up. */
    ENDED(Level.DEBUG),
    /** A fault of the server. */
    INTERNAL(Level.ERROR);

    private final Level level;

    Failure(Level level) {
        this.level = level;
    }

    Level level() {
        return level;
    }

    static Failure of(IOException cause) {
        if (cause instanceof PlainHttpException) {
            return PLAIN_HTTP;
        }
        if (cause instanceof SocketTimeoutException) {
            return TIMEOUT;
        }
        if (cause instanceof TruncatedException || !(cause instanceof TlsException tls)) {
            return CLIENT_LEFT;
        }
        if (tls.fromPeer()) {
            return CLIENT_ALERT;
        }
        if (tls.getCause() instanceof OperationException) {
            return KEY;
        }
        if (tls.alert() == null) {
            return tls.getCause() == null ? ENDED : INTERNAL;
        }
        if (tls.alert() == AlertDescription.PROTOCOL_VERSION) {
            return String.valueOf(tls.getMessage()).contains("TLS 1.3 only") ? TLS_1_3_ONLY : OLD_VERSION;
        }
        if (tls.alert() == AlertDescription.INTERNAL_ERROR) {
            return String.valueOf(tls.getMessage()).contains("deadline") ? TIMEOUT : INTERNAL;
        }
        return REFUSED;
    }
}
