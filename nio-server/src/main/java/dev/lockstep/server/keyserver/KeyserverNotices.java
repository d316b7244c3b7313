package dev.lockstep.server.keyserver;

import dev.lockstep.server.log.EventLog;
import dev.lockstep.server.log.EventType;
import java.util.function.Consumer;

/**
 * What a key server tells its operator while it runs. Each kind has an event of its own, because the lines of one kind are
 * limited: a peer who may not use the keys causes as many refusals as it likes, and must not hide what else happens by them.
 */
final class KeyserverNotices implements Consumer<String> {

    /** What {@link KeyServer} puts in front of a fault of this program. Nothing that a peer sent begins a line. */
    private static final String DEFECT = "DEFECT ";

    /** Begins the lines about handshakes, which everyone who reaches the port can cause. */
    static final String HANDSHAKE = "HANDSHAKE ";

    private final EventLog events;

    KeyserverNotices(EventLog events) {
        this.events = events;
    }

    /** A client was refused, its handshake failed, or a fault of this program was survived. */
    @Override
    public void accept(String line) {
        if (line.startsWith(HANDSHAKE)) {
            events.log(EventType.HANDSHAKE_FAILED, line.substring(HANDSHAKE.length()));
        } else {
            events.log(line.startsWith(DEFECT) ? EventType.DEFECT : EventType.KEY_SERVER_NOTICE, line);
        }
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
