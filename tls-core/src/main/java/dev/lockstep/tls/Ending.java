package dev.lockstep.tls;

import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.internal.handshake.ServerHandshake;
import dev.lockstep.tls.internal.handshake.State;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.AlertLevel;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** How a connection comes to its end, and why it failed. */
final class Ending {

    /** Made in advance, for the moment when there is no memory, or no stack, to make one that tells more. */
    @SuppressWarnings("StaticAssignmentOfThrowable")
    private static final TlsException LAST_RESORT = new TlsException(
            null, false, "CLOSED", "a fault for which there was no memory, or no stack, to tell more", null);

    private final ConnectionObserver observer;
    private final ServerHandshake handshake;
    private final Inbound inbound;
    private final Outbound outbound;
    private @Nullable TlsException failure;

    Ending(ConnectionObserver observer, ServerHandshake handshake, Inbound inbound, Outbound outbound) {
        this.observer = observer;
        this.handshake = handshake;
        this.inbound = inbound;
        this.outbound = outbound;
    }

    @Nullable
    TlsException failure() {
        return failure;
    }

    void requireNoFailure() throws TlsException {
        if (failure != null) {
            throw failure;
        }
    }

    /** For the application, which has no more use for the connection. */
    void closed() {
        if (handshake.state() == State.CLOSED) {
            return;
        }
        if (handshake.established() == null && handshake.state() != State.READ_CLIENT_HELLO) {
            cancelled();
        } else {
            inOrder();
        }
    }

    /** In good order, with close_notify. */
    void inOrder() {
        end(AlertLevel.WARNING, AlertDescription.CLOSE_NOTIFY, null);
    }

    /**
     * In the middle of the first handshake, which the application does not want to complete. RFC 5246 7.2.2: "This handshake is
     * being canceled for some reason unrelated to a protocol failure." A bare close_notify is a failure to some clients, after
     * which they do not try again.
     */
    private void cancelled() {
        end(AlertLevel.WARNING, AlertDescription.USER_CANCELED, null);
    }

    /**
     * With the alert of a fault. A defect of ours must not reach the caller as anything else either, nor what foreign code
     * throws, declared or not. The connection's own failure is returned as it is.
     */
    TlsException failed(Throwable fault, @Nullable ByteBuffer netOut) {
        if (fault instanceof TlsException own && own == failure) {
            return own;
        }
        String state = stateName();
        try {
            FatalAlert alert = fault instanceof FatalAlert alerting
                    ? alerting
                    : FatalAlert.internalError("defect: " + described(fault), fault);
            TlsException e = new TlsException(
                    alert.description(), false, state, String.valueOf(alert.getMessage()), alert.getCause());
            // RFC 5246 7.2.2-3, 7.2.2-4: "it MUST send the appropriate alert prior to closing the connection", and at
            // the fatal level.
            end(AlertLevel.FATAL, alert.description(), e);
            if (netOut != null) {
                outbound.flush(netOut);
            }
            return e;
        } catch (RuntimeException | Error again) {
            return abandoned(state);
        }
    }

    /** What foreign code throws may fail to describe itself. */
    private static String described(Throwable fault) {
        try {
            return fault.toString();
        } catch (RuntimeException | Error again) {
            return fault.getClass().getName();
        }
    }

    /**
     * Runs what may call the observer, in a call that does not throw the connection's failure: the next one does.
     *
     * @return whether it ran without a fault, which ends the connection
     */
    boolean survives(Runnable call) {
        try {
            call.run();
            return true;
        } catch (Exception | Error fault) {
            if (handshake.state() == State.CLOSED) {
                note(fault, stateName());
            } else {
                failed(fault, null);
            }
            return false;
        }
    }

    /** For the application, which cannot continue. */
    void givenUp(Throwable cause) {
        if (handshake.state() == State.CLOSED) {
            return;
        }
        String state = stateName();
        try {
            TlsException e = new TlsException(
                    AlertDescription.INTERNAL_ERROR, false, state, "the application cannot continue", cause);
            end(AlertLevel.FATAL, AlertDescription.INTERNAL_ERROR, e);
        } catch (RuntimeException | Error again) {
            TlsException unused = abandoned(state);
        }
    }

    /** Without a word to the peer, and without what an earlier end has left to say. */
    void aborted() {
        try {
            if (handshake.state() != State.CLOSED) {
                end(null, null, null);
            }
        } finally {
            outbound.abort();
        }
    }

    TlsException failedByPeer() {
        AlertDescription description = inbound.fatalAlert();
        TlsException e = new TlsException(description, true, stateName(), "the peer ended the connection", null);
        end(null, null, e);
        return e;
    }

    TlsException truncated() {
        TlsException e = new TlsException(null, false, stateName(), "the transport ended without close_notify", null);
        end(null, null, e);
        return e;
    }

    /**
     * With close_notify, since the client has received all that was sent, and with an exception for the application, since the
     * client may have more to send: without one, what was received would look complete.
     */
    TlsException usedUp() {
        TlsException e = new TlsException(
                null, false, stateName(), "a key is used up, and the client has not sent close_notify", null);
        end(AlertLevel.WARNING, AlertDescription.CLOSE_NOTIFY, e);
        return e;
    }

    /**
     * The end has failed itself: clears the secrets, without a word to the peer unless the alert is on its way. A connection that
     * ends so must not look as if it had ended well.
     */
    private TlsException abandoned(String state) {
        TlsException known = failure == null ? LAST_RESORT : failure;
        failure = known;
        if (handshake.state() != State.CLOSED) {
            try {
                inbound.destroy();
                outbound.abort();
            } finally {
                forget(state);
            }
        }
        return known;
    }

    /**
     * The one way into CLOSED: the last alert is queued, pending work cancelled, secrets cleared. RFC 5246 7.2.2-1:
     * "Servers and clients MUST forget any session-identifiers, keys, and secrets associated with a failed connection."
     */
    private void end(@Nullable AlertLevel level, @Nullable AlertDescription description, @Nullable TlsException e) {
        String state = stateName();
        failure = e;
        try {
            outbound.finishWith(level, description);
        } finally {
            inbound.destroy();
            forget(state);
        }
    }

    private void forget(String state) {
        atTheEnd(state, handshake::close);
        TlsException e = failure;
        if (e != null && (e.alert() != null || e.fromPeer() || e == LAST_RESORT)) {
            atTheEnd(state, handshake::invalidateSessions);
        }
        atTheEnd(state, () -> observer.onClosed(state, failure));
    }

    /** Runs what may call the observer: a fault of its own must not hide how the connection ended, and is not lost. */
    private void atTheEnd(String state, Runnable last) {
        try {
            last.run();
        } catch (Exception | Error fault) {
            note(fault, state);
        }
    }

    private void note(Throwable fault, String state) {
        if (failure == null) {
            failure = new TlsException(null, false, state, "the observer failed at the end of the connection", fault);
        } else if (failure != LAST_RESORT) { // which all connections share
            failure.addSuppressed(fault);
        }
    }

    private String stateName() {
        return handshake.state().name();
    }
}
