package dev.lockstep.tls.config;

import dev.lockstep.tls.setting.ConfigException;
import java.time.Duration;
import java.util.Objects;

/**
 * A renegotiation policy: whether and how an established connection may be renegotiated (RFC 5246 section 7.4.1.1, RFC
 * 5746). Immutable; each {@code with} method returns another policy.
 *
 * @param clientMayAsk whether a ClientHello on an established connection starts a handshake; otherwise it is answered
 *     with the warning no_renegotiation. More than four refusals end the connection with unexpected_message
 * @param serverMayAsk whether {@code TlsServerConnection.renegotiate()} sends HelloRequest; otherwise it returns false
 * @param legacyClients how clients without support for RFC 5746 are treated
 * @param clientCertificateMayChange whether a renegotiation may replace the client's certificate or PSK identity; a client
 *     without one may always present one
 * @param maxRenegotiations how many a connection may have, whichever side asks for them; 0 to 2^20
 * @param minInterval the least time between the beginnings of two handshakes of a connection; more frequent ones are
 *     refused
 */
public record RenegotiationPolicy(
        boolean clientMayAsk,
        boolean serverMayAsk,
        LegacyClients legacyClients,
        boolean clientCertificateMayChange,
        int maxRenegotiations,
        Duration minInterval) {

    /** How clients are treated that send neither renegotiation_info nor its SCSV. */
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

    /** Renegotiation by either side, bound to the handshake before it, at most ten times and at most once a second. */
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

    /** Returns this policy with another {@link #clientMayAsk}. */
    public RenegotiationPolicy withClientMayAsk(boolean mayAsk) {
        return new RenegotiationPolicy(
                mayAsk, serverMayAsk, legacyClients, clientCertificateMayChange, maxRenegotiations, minInterval);
    }

    /** Returns this policy with another {@link #serverMayAsk}. */
    public RenegotiationPolicy withServerMayAsk(boolean mayAsk) {
        return new RenegotiationPolicy(
                clientMayAsk, mayAsk, legacyClients, clientCertificateMayChange, maxRenegotiations, minInterval);
    }

    /** Returns this policy with other {@link #legacyClients}. */
    public RenegotiationPolicy withLegacyClients(LegacyClients clients) {
        return new RenegotiationPolicy(
                clientMayAsk, serverMayAsk, clients, clientCertificateMayChange, maxRenegotiations, minInterval);
    }

    /** Returns this policy with another {@link #clientCertificateMayChange}. */
    public RenegotiationPolicy withClientCertificateMayChange(boolean mayChange) {
        return new RenegotiationPolicy(
                clientMayAsk, serverMayAsk, legacyClients, mayChange, maxRenegotiations, minInterval);
    }

    /**
     * Returns this policy with another {@link #maxRenegotiations}.
     *
     * @throws ConfigException when out of 0 to 2^20
     */
    public RenegotiationPolicy withMaxRenegotiations(int maximum) {
        return new RenegotiationPolicy(
                clientMayAsk, serverMayAsk, legacyClients, clientCertificateMayChange, maximum, minInterval);
    }

    /**
     * Returns this policy with another {@link #minInterval}.
     *
     * @throws ConfigException when out of zero to 365 days
     */
    public RenegotiationPolicy withMinInterval(Duration interval) {
        return new RenegotiationPolicy(
                clientMayAsk, serverMayAsk, legacyClients, clientCertificateMayChange, maxRenegotiations, interval);
    }
}
