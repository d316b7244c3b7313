package dev.lockstep.server.log;

import java.lang.System.Logger.Level;
import java.util.Locale;

/** The kinds of event that an operator is told of. {@code docs/guide/operating.md} explains each. */
public enum EventType {
    LISTENING(Level.INFO),
    HANDSHAKE_FAILED(Level.INFO),
    CONNECTION_FAILED(Level.INFO),
    KEY_SERVER_DOWN(Level.WARNING),
    KEY_SERVER_UP(Level.INFO),
    KEY_FAILING(Level.WARNING),
    KEY_WORKING(Level.INFO),
    CERTIFICATE_EXPIRING(Level.WARNING),
    OCSP_UNUSABLE(Level.WARNING),
    BACKEND_DOWN(Level.WARNING),
    BACKEND_UP(Level.INFO),
    BACKEND_BROKE_OFF(Level.WARNING),
    BACKEND_MISSING(Level.INFO),
    ACCEPT_FAILED(Level.ERROR),
    FULL(Level.WARNING),
    CONFIGURATION(Level.WARNING),
    WARMED_UP(Level.INFO),
    RELOADED(Level.INFO),
    RELOAD_REFUSED(Level.WARNING),
    KEY_SERVER_NOTICE(Level.WARNING),
    CLIENT_REFUSED(Level.WARNING),
    KEY_USE_LOG_DOWN(Level.ERROR),
    KEY_USE_LOG_UP(Level.INFO),
    LOG_FAILING(Level.ERROR),
    LOG_WORKING(Level.INFO),
    DEFECT(Level.ERROR),
    DRAINING(Level.INFO),
    STOPPED(Level.INFO),
    /** Lines of one kind that were left out because there were too many. */
    SUPPRESSED(Level.WARNING),
    /** Lines that were lost because their output failed or was too slow. */
    LINES_LOST(Level.ERROR);

    private final Level level;

    EventType(Level level) {
        this.level = level;
    }

    /** Returns how grave such an event is, unless the event says otherwise. */
    public Level level() {
        return level;
    }

    /** Returns whether others can cause as many of these as they like. */
    boolean isLimited() {
        return switch (this) {
            case HANDSHAKE_FAILED,
                    CONNECTION_FAILED,
                    KEY_FAILING,
                    KEY_WORKING,
                    OCSP_UNUSABLE,
                    BACKEND_DOWN,
                    BACKEND_UP,
                    BACKEND_BROKE_OFF,
                    BACKEND_MISSING,
                    ACCEPT_FAILED,
                    FULL,
                    KEY_SERVER_NOTICE,
                    CLIENT_REFUSED,
                    LOG_FAILING,
                    LOG_WORKING,
                    DEFECT -> true;
            case LISTENING,
                    KEY_SERVER_DOWN,
                    KEY_SERVER_UP,
                    CERTIFICATE_EXPIRING,
                    CONFIGURATION,
                    WARMED_UP,
                    RELOADED,
                    RELOAD_REFUSED,
                    KEY_USE_LOG_DOWN,
                    KEY_USE_LOG_UP,
                    DRAINING,
                    STOPPED,
                    SUPPRESSED,
                    LINES_LOST -> false;
        };
    }

    /** Returns the name in the log, for example {@code handshake-failed}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
