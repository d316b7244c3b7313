package dev.lockstep.tls.config;

/**
 * Limits on what a peer may make a connection hold or do, each with a safe default.
 *
 * @param maxClientHello the longest ClientHello body, in bytes (default 2^17 + 2^16; at least 512)
 * @param maxHandshakeMessage the longest body of every other handshake message, in bytes (default 2^16; at least 512)
 * @param maxEmptyRecords records without content in a row, of any type (default 32)
 * @param maxWarningAlerts warning alerts in a row (default 4)
 * @param maxPskIdentity the longest psk_identity, in bytes (default 4096; at least 128, RFC 4279 5.3)
 */
public record Bounds(
        int maxClientHello, int maxHandshakeMessage, int maxEmptyRecords, int maxWarningAlerts, int maxPskIdentity) {

    /** The defaults. */
    public static final Bounds DEFAULT = new Bounds((1 << 17) + (1 << 16), 1 << 16, 32, 4, 1 << 12);

    public Bounds {
        check("maxClientHello", maxClientHello, 512, 0xFFFFFF);
        check("maxHandshakeMessage", maxHandshakeMessage, 512, 0xFFFFFF);
        check("maxEmptyRecords", maxEmptyRecords, 0, 1 << 16);
        check("maxWarningAlerts", maxWarningAlerts, 0, 1 << 16);
        check("maxPskIdentity", maxPskIdentity, 128, 0xffff);
    }

    /** These bounds with another {@link #maxPskIdentity}. */
    public Bounds withMaxPskIdentity(int bytes) {
        return new Bounds(maxClientHello, maxHandshakeMessage, maxEmptyRecords, maxWarningAlerts, bytes);
    }

    private static void check(String field, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(field + ": " + value + " is out of range; give " + min + " to " + max);
        }
    }
}
