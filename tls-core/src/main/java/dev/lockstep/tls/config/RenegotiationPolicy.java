package dev.lockstep.tls.config;

import java.time.Duration;
import java.util.Objects;

/**
 * Whether and how an established connection may be negotiated anew (RFC 5246 section 7.4.1.1, RFC 5746). Immutable; the
 * {@code with} methods give changed copies.
 *
 * @param clientMayAsk whether a ClientHello on an established connection starts a handshake; otherwise it is answered
 *     with the warning no_renegotiation
 * @param serverMayAsk whether {@code TlsServerConnection.renegotiate()} may be called
 * @param legacyClients what becomes of clients that do not know RFC 5746
 * @param clientCertificateMayChange whether a renegotiation may end with another client certificate than the connection
 *     had before it; a connection without one may always get one
 * @param maxRenegotiations how many a connection may have, whoever asks for them; 0 to 2^20
 * @param minInterval the least time between the beginnings of two handshakes of a connection; more frequent ones are refused
 */
public record RenegotiationPolicy(
        boolean clientMayAsk,
        boolean serverMayAsk,
        LegacyClients legacyClients,
        boolean clientCertificateMayChange,
        int maxRenegotiations,
        Duration minInterval) {

    /** What becomes of clients that send neither renegotiation_info nor its SCSV. */
    public enum LegacyClients {
        /** Their first handshake already ends with handshake_failure (RFC 5746 section 4.3 allows it). */
        REFUSE,
        /** They are served, and never renegotiated with. */
        SERVE_ONCE,
        /** They may renegotiate without a binding: open to the attack of RFC 5746. Only for test benches. */
        RENEGOTIATE_UNBOUND
    }

    /** No renegotiation: the default. */
    public static final RenegotiationPolicy REFUSED =
            new RenegotiationPolicy(false, false, LegacyClients.SERVE_ONCE, false, 0, Duration.ZERO);

    /** Both sides may ask, bound to the handshake before, at most ten times, at most once a second. */
    public static final RenegotiationPolicy ALLOWED =
            new RenegotiationPolicy(true, true, LegacyClients.SERVE_ONCE, false, 10, Duration.ofSeconds(1));

    public RenegotiationPolicy {
        Objects.requireNonNull(legacyClients, "legacyClients");
        if (maxRenegotiations < 0 || maxRenegotiations > 1 << 20) {
            throw new IllegalArgumentException(
                    "maxRenegotiations: " + maxRenegotiations + " is out of range; give 0 to " + (1 << 20));
        }
        if (minInterval.isNegative() || minInterval.compareTo(Duration.ofDays(365)) > 0) {
            throw new IllegalArgumentException(
                    "minInterval: " + minInterval + " is out of range; give zero to 365 days");
        }
    }

    /** The same policy, but who may ask. */
    public RenegotiationPolicy withAskers(boolean client, boolean server) {
        return new RenegotiationPolicy(
                client, server, legacyClients, clientCertificateMayChange, maxRenegotiations, minInterval);
    }

    /** The same policy, but for legacy clients. */
    public RenegotiationPolicy withLegacyClients(LegacyClients clients) {
        return new RenegotiationPolicy(
                clientMayAsk, serverMayAsk, clients, clientCertificateMayChange, maxRenegotiations, minInterval);
    }

    /** The same policy, but whether the client may become another one. */
    public RenegotiationPolicy withClientCertificateMayChange(boolean mayChange) {
        return new RenegotiationPolicy(
                clientMayAsk, serverMayAsk, legacyClients, mayChange, maxRenegotiations, minInterval);
    }

    /** The same policy, but with other limits. */
    public RenegotiationPolicy withLimits(int maximum, Duration interval) {
        return new RenegotiationPolicy(
                clientMayAsk, serverMayAsk, legacyClients, clientCertificateMayChange, maximum, interval);
    }
}
