package dev.lockstep.tls.internal.handshake.phase;

import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.RenegotiationPolicy.LegacyClients;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.session.SessionId;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the handshakes of one connection know of each other: what the last one established, and how many have begun or were
 * refused since.
 */
public final class History {

    /** A client that keeps asking is not after an answer. */
    private static final int MAX_REFUSALS = 4;

    private final TlsServerConfig config;
    private @Nullable Established previous;
    private Set<SessionId> sessions = Set.of();
    private boolean hadEncryptThenMac;
    private int completed;
    private int begun;
    private int refused;
    private long lastBegunNanos;

    /** The history of a connection that begins now. */
    public History(TlsServerConfig config) {
        this.config = config;
        this.lastBegunNanos = config.clock().getAsLong();
    }

    /** Returns what the handshake before established; null in the first one. */
    public @Nullable Established previous() {
        return previous;
    }

    /** Tells whether an earlier handshake of the connection has negotiated encrypt-then-MAC. */
    public boolean hadEncryptThenMac() {
        return hadEncryptThenMac;
    }

    /**
     * Returns the ids of all sessions that handshakes of the connection have made or resumed, as far as a store has them: one
     * for each handshake at most, and the policy limits these.
     */
    public Set<SessionId> sessions() {
        return sessions;
    }

    /** Records that another handshake is over; what the one before left is cleared. */
    public void establish(Established next) {
        wipe();
        previous = next;
        completed++;
        SessionId session = next.sessionId();
        if (session != null) {
            sessions = sessions.isEmpty() ? new HashSet<>(2) : sessions;
            sessions.add(session);
        }
        hadEncryptThenMac |= next.agreement().encryptThenMac();
    }

    /** Returns how many handshakes are over. */
    public int completed() {
        return completed;
    }

    /** Records that a renegotiation begins. */
    public void begin() {
        begun++;
        lastBegunNanos = config.clock().getAsLong();
    }

    /** Tells whether the policy, its limits and what is known of the client allow a renegotiation now. */
    public boolean allowsRenegotiation() {
        RenegotiationPolicy policy = config.renegotiation();
        boolean bound = previous != null && previous.agreement().secureRenegotiation();
        return (bound || policy.legacyClients() == LegacyClients.RENEGOTIATE_UNBOUND)
                && begun < policy.maxRenegotiations()
                && config.clock().getAsLong() - lastBegunNanos
                        >= policy.minInterval().toNanos();
    }

    /** Counts a ClientHello that is refused; too many are an error. */
    public void refuse() {
        if (++refused > MAX_REFUSALS) {
            throw FatalAlert.unexpectedMessage("the client keeps asking for a refused renegotiation");
        }
    }

    /** Returns about how many bytes are kept of the last handshake. */
    public int heldBytes() {
        return previous == null ? 0 : previous.peerCertificates().size() * Client.AVERAGE_CERTIFICATE;
    }

    /** Clears what the last handshake left. */
    public void wipe() {
        if (previous != null) {
            previous.wipe();
        }
    }
}
