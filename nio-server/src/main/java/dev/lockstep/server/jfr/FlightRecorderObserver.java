package dev.lockstep.server.jfr;

import dev.lockstep.keys.compose.KeyObserver;
import dev.lockstep.nio.LoopObserver;
import dev.lockstep.nio.Session;
import dev.lockstep.tls.ConnectionInfo;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.wait.Suspension;
import java.io.IOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * Commits an event of the Flight Recorder for what happens in one loop, once a recording has been started in this process:
 * the first event of a process costs a tenth of a second, which the first client would wait. For the thread of the loop.
 */
public final class FlightRecorderObserver implements LoopObserver {

    private static final class Open {
        private final HandshakeEvent handshake = new HandshakeEvent();
        private @Nullable KeyWaitEvent wait;
        private long waitBegan;
        private boolean over;
    }

    private final Map<Session, Open> open = new HashMap<>();

    /** Commits an event for each operation of the keys that it observes. Any thread. */
    public static KeyObserver keys() {
        return operation -> {
            if (!isUsed()) {
                return;
            }
            KeyOperationEvent event = new KeyOperationEvent();
            if (event.shouldCommit()) {
                event.kind = operation.kind().name();
                event.certificate =
                        operation.certificate().getSubjectX500Principal().getName();
                event.scheme =
                        operation.scheme() == null ? null : operation.scheme().ianaName();
                event.outcome = operation.outcome().name();
                event.service = operation.serviceNanos();
                event.commit();
            }
        };
    }

    private static boolean isUsed() {
        return FlightRecorder.isInitialized();
    }

    @Override
    public void onAccepted(Session session) {
        if (!isUsed()) {
            return;
        }
        Open begun = new Open();
        if (begun.handshake.isEnabled()) {
            begun.handshake.begin();
            open.put(session, begun);
        }
    }

    @Override
    public void onSuspended(Session session) {
        Open known = open.get(session);
        Suspension suspension = session.suspension();
        if (known != null && suspension != null) {
            KeyWaitEvent wait = new KeyWaitEvent();
            wait.begin();
            wait.connection = session.id();
            wait.kind = suspension.kind().name();
            known.wait = wait;
            known.waitBegan = suspension.sinceNanos();
        }
    }

    @Override
    public void onResumed(Session session) {
        Open known = open.get(session);
        if (known != null) {
            endWait(known);
        }
    }

    private static void endWait(Open known) {
        KeyWaitEvent wait = known.wait;
        if (wait != null) {
            wait.commit();
            known.wait = null;
            known.handshake.waits++;
            known.handshake.waited += System.nanoTime() - known.waitBegan;
        }
    }

    @Override
    public void onEstablished(Session session) {
        Open known = open.get(session);
        ConnectionInfo info = session.info();
        if (known != null) {
            known.handshake.suite = info.cipherSuite().name();
            known.handshake.resumed = info.resumed();
            end(session, known, "ok");
        }
        if (info.resumed() && isUsed()) {
            ResumptionEvent event = new ResumptionEvent();
            event.connection = session.id();
            event.created = info.sessionCreatedAt().toEpochMilli();
            event.commit();
        }
    }

    private static void end(Session session, Open known, String outcome) {
        if (!known.over) {
            known.over = true;
            HandshakeEvent event = known.handshake;
            event.connection = session.id();
            event.peer = String.valueOf(session.remoteAddress());
            event.outcome = outcome;
            event.received = session.bytesReceived();
            event.commit();
        }
    }

    @Override
    public void onFailure(Session session, IOException cause) {
        Open known = open.get(session);
        if (known != null) {
            endWait(known);
            end(session, known, String.valueOf(cause.getMessage()));
        }
        if (cause instanceof TlsException tls && tls.alert() != null && isUsed()) {
            AlertEvent event = new AlertEvent();
            event.connection = session.id();
            event.alert = tls.alert().name().toLowerCase(Locale.ROOT);
            event.received = tls.fromPeer();
            event.reason = tls.getMessage();
            event.commit();
        }
    }

    @Override
    public void onClosed(Session session, @Nullable Throwable cause) {
        Open known = open.remove(session);
        if (known != null) {
            endWait(known);
            end(session, known, "ended");
        }
    }
}
