package dev.lockstep.server.keyserver;

import dev.lockstep.server.keyserver.listener.ClientListener;
import dev.lockstep.server.log.EventLog;
import dev.lockstep.server.log.EventType;
import dev.lockstep.server.log.LogEvent;
import java.security.cert.CertificateException;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;

/**
 * What a key server tells its operator while it runs. Each kind has an event of its own, because the lines of one kind are
 * limited: a peer who may not use the keys causes as many refusals as it likes, and must not hide what else happens by them.
 */
final class KeyserverNotices implements Consumer<String> {

    /** What {@link KeyServer} puts in front of a fault of this program. Nothing that a peer sent begins a line. */
    static final String DEFECT = "DEFECT ";

    /** Begins the lines about handshakes, which everyone who reaches the port can cause. */
    static final String HANDSHAKE = "HANDSHAKE ";

    /** Begins the lines about connections that could not be accepted. */
    static final String ACCEPT = "accept failed: ";

    private static final int LONGEST_REASON = 300;

    private final EventLog events;

    KeyserverNotices(EventLog events) {
        this.events = events;
    }

    /** A client was refused or its connection ended, its handshake failed, or a fault of this program was survived. */
    @Override
    public void accept(String line) {
        if (line.startsWith(HANDSHAKE)) {
            events.log(EventType.HANDSHAKE_FAILED, line.substring(HANDSHAKE.length()));
        } else if (line.startsWith(ACCEPT)) {
            events.log(LogEvent.of(
                            EventType.ACCEPT_FAILED,
                            "a connection to the key server cannot be accepted; it tries again")
                    .with("reason", line.substring(ACCEPT.length())));
        } else if (line.startsWith(ClientListener.REFUSED)) {
            events.log(EventType.CLIENT_REFUSED, line);
        } else {
            events.log(line.startsWith(DEFECT) ? EventType.DEFECT : EventType.KEY_SERVER_NOTICE, line);
        }
    }

    /** Why a handshake has failed, short enough for a line: what is wrong with a certificate has names in it that its holder chose. */
    static String reason(SSLException e) {
        Throwable cause = e;
        for (Throwable each = e; each != null; each = each.getCause()) {
            cause = each instanceof CertificateException ? each : cause;
        }
        String text = String.valueOf(cause.getMessage());
        String bounded = text.length() > LONGEST_REASON ? text.substring(0, LONGEST_REASON) + "..." : text;
        return (cause == e ? "" : "its certificate is not trusted: ") + bounded;
    }

    /** Uses of the keys cannot be written down. */
    void logDown(String line) {
        events.log(EventType.KEY_USE_LOG_DOWN, line);
    }

    /** They can be written down again. */
    void logUp(String line) {
        events.log(EventType.KEY_USE_LOG_UP, line);
    }
}
