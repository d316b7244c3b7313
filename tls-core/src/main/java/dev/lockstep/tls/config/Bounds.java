package dev.lockstep.tls.config;

/**
 * Limits on what a peer may make a connection hold or do, each with a safe default.
 *
 * @param maxClientHello the longest ClientHello body, in bytes (default 2^17 + 2^16; at least 512)
 * @param maxHandshakeMessage the longest body of every other handshake message, in bytes (default 2^16; at least 512)
 * @param maxEmptyRecords records without content in a row, of any type (default 32)
 * @param maxWarningAlerts warning alerts in a row (default 4)
 * @param maxRecordsPerKey how many records of 2^14 bytes, or as much in smaller ones, a key of an AEAD with blocks of 128
 *     bits may protect; when three quarters are used up, or all but a gibibyte, the connection closes in good order (default
 *     2^24.5, RFC 8446 5.5; at least 4). Ciphers whose safe number is smaller, such as CCM, keep to that
 * @param maxPskIdentity the longest psk_identity, in bytes (default 4096; at least 128, RFC 4279 5.3)
 */
public record Bounds(
        int maxClientHello,
        int maxHandshakeMessage,
        int maxEmptyRecords,
        int maxWarningAlerts,
        long maxRecordsPerKey,
        int maxPskIdentity) {

    /** The defaults. */
    public static final Bounds DEFAULT = new Bounds((1 << 17) + (1 << 16), 1 << 16, 32, 4, 23_726_566, 1 << 12);

    public Bounds {
        check("maxClientHello", maxClientHello, 512, 0xFFFFFF);
        check("maxHandshakeMessage", maxHandshakeMessage, 512, 0xFFFFFF);
        check("maxEmptyRecords", maxEmptyRecords, 0, 1 << 16);
        check("maxWarningAlerts", maxWarningAlerts, 0, 1 << 16);
        if (maxRecordsPerKey < 4) {
            throw new IllegalArgumentException(
                    "maxRecordsPerKey: " + maxRecordsPerKey + " is out of range; give 4 or more");
        }
        check("maxPskIdentity", maxPskIdentity, 128, 0xffff);
    }

    /** These bounds with another {@link #maxPskIdentity}. */
    public Bounds withMaxPskIdentity(int bytes) {
        return new Bounds(
                maxClientHello, maxHandshakeMessage, maxEmptyRecords, maxWarningAlerts, maxRecordsPerKey, bytes);
    }

    /** These bounds with another {@link #maxRecordsPerKey}. */
    public Bounds withMaxRecordsPerKey(long records) {
        return new Bounds(
                maxClientHello, maxHandshakeMessage, maxEmptyRecords, maxWarningAlerts, records, maxPskIdentity);
    }

    private static void check(String field, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(field + ": " + value + " is out of range; give " + min + " to " + max);
        }
    }
}
