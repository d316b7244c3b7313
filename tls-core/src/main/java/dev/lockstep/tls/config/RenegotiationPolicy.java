package dev.lockstep.tls.config;

import dev.lockstep.tls.setting.ConfigException;
import java.time.Duration;
import java.util.Objects;

/**
 * Whether and how an established connection may be renegotiated (RFC 5246 section 7.4.1.1, RFC 5746). Immutable; the
 * {@code with} methods give changed copies.
 *
 * @param clientMayAsk whether a ClientHello on an established connection starts a handshake; otherwise it is answered
 *     with the warning no_renegotiation
 * @param serverMayAsk whether {@code TlsServerConnection.renegotiate()} may be called
 * @param legacyClients what becomes of clients that do not know RFC 5746
 * @param clientCertificateMayChange whether a renegotiation may end with another client certificate than the connection
 *     had before it; a connection without one may always get one
 * @param maxRenegotiations how many a connection may have, whichever side asks for them; 0 to 2^20
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
            throw ConfigException.outOfRange("maxRenegotiations", maxRenegotiations, "0 to " + (1 << 20));
        }
        if (minInterval.isNegative() || minInterval.compareTo(Duration.ofDays(365)) > 0) {
            throw ConfigException.outOfRange("minInterval", minInterval, "zero to 365 days");
        }
    }

    /** This policy with another {@link #clientMayAsk}. */
    public RenegotiationPolicy withClientMayAsk(boolean mayAsk) {
        return new RenegotiationPolicy(
                mayAsk, serverMayAsk, legacyClients, clientCertificateMayChange, maxRenegotiations, minInterval);
    }

    /** This policy with another {@link #serverMayAsk}. */
    public RenegotiationPolicy withServerMayAsk(boolean mayAsk) {
        return new RenegotiationPolicy(
                clientMayAsk, mayAsk, legacyClients, clientCertificateMayChange, maxRenegotiations, minInterval);
    }

    /** This policy with other {@link #legacyClients}. */
    public RenegotiationPolicy withLegacyClients(LegacyClients clients) {
        return new RenegotiationPolicy(
                clientMayAsk, serverMayAsk, clients, clientCertificateMayChange, maxRenegotiations, minInterval);
    }

    /** This policy with another {@link #clientCertificateMayChange}. */
    public RenegotiationPolicy withClientCertificateMayChange(boolean mayChange) {
        return new RenegotiationPolicy(
                clientMayAsk, serverMayAsk, legacyClients, mayChange, maxRenegotiations, minInterval);
    }

    /**
     * This policy with another {@link #maxRenegotiations}.
     *
     * @throws ConfigException when out of 0 to 2^20
     */
    public RenegotiationPolicy withMaxRenegotiations(int maximum) {
        return new RenegotiationPolicy(
                clientMayAsk, serverMayAsk, legacyClients, clientCertificateMayChange, maximum, minInterval);
    }

    /**
     * This policy with another {@link #minInterval}.
     *
     * @throws ConfigException when out of zero to 365 days
     */
    public RenegotiationPolicy withMinInterval(Duration interval) {
        return new RenegotiationPolicy(
                clientMayAsk, serverMayAsk, legacyClients, clientCertificateMayChange, maxRenegotiations, interval);
    }
}
