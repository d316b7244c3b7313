package dev.lockstep.tls.config;

import dev.lockstep.tls.setting.ConfigException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The limits on what a peer can make a connection hold or do, each with a safe default. Immutable; start with
 * {@link #DEFAULT} and change what must differ.
 *
 * <p>Other limits are elsewhere. The transition table bounds the number of handshake messages. The caller's buffer bounds
 * the input of a suspended connection. {@link TlsServerConfigBuilder#keyOperationTimeout} and
 * {@link TlsServerConfigBuilder#handshakeTimeout} bound the time of an operation and of a handshake,
 * {@link RenegotiationPolicy} bounds renegotiations, and {@link ClientAuthentication} the length of a client's chain.
 *
 * <p>Each {@code with} method throws a {@link dev.lockstep.tls.setting.ConfigException} for a value out of its range.
 */
public final class Bounds {

    /** One line for each: default, smallest and largest value. */
    private enum Limit {
        MAX_CLIENT_HELLO("maxClientHello", (1 << 17) + (1 << 16), 512, 0xffffff),
        MAX_HANDSHAKE_MESSAGE("maxHandshakeMessage", 1 << 16, 512, 0xffffff),
        MAX_CERTIFICATE_CHAIN("maxCertificateChain", 1 << 16, 512, 0xffffff),
        MAX_HANDSHAKE_BYTES("maxHandshakeBytes", 1 << 19, 1024, Integer.MAX_VALUE),
        MAX_HANDSHAKE_RECORDS("maxHandshakeRecords", 1 << 17, 8, Integer.MAX_VALUE),
        MAX_EMPTY_RECORDS("maxEmptyRecords", 32, 0, 1 << 16),
        MAX_WARNING_ALERTS("maxWarningAlerts", 4, 0, 1 << 16),
        MAX_RECORDS_PER_KEY("maxRecordsPerKey", 23_726_566, 4, Long.MAX_VALUE),
        MAX_PSK_IDENTITY("maxPskIdentity", 1 << 12, 128, 0xffff);

        private final String field;
        private final long byDefault;
        private final long min;
        private final long max;

        Limit(String field, long byDefault, long min, long max) {
            this.field = field;
            this.byDefault = byDefault;
            this.min = min;
            this.max = max;
        }
    }

    /** The default limits. */
    public static final Bounds DEFAULT = new Bounds(new EnumMap<>(Limit.class));

    /** Only what is not as by default. */
    private final EnumMap<Limit, Long> changed;

    private Bounds(EnumMap<Limit, Long> changed) {
        this.changed = changed;
    }

    /**
     * Returns the longest ClientHello body, in bytes; 2^17 + 2^16 by default. A longer one ends the connection with
     * unexpected_message, or with decode_error if no ClientHello can be that long.
     */
    public int maxClientHello() {
        return count(Limit.MAX_CLIENT_HELLO);
    }

    /**
     * Returns the longest body of any other handshake message, in bytes; 2^16 by default. A longer one ends the connection
     * with unexpected_message, a longer Certificate with certificate_unknown.
     */
    public int maxHandshakeMessage() {
        return count(Limit.MAX_HANDSHAKE_MESSAGE);
    }

    /**
     * Returns the longest chain in a client's Certificate, in bytes; 2^16 by default. A longer one ends the connection with
     * certificate_unknown.
     */
    public int maxCertificateChain() {
        return count(Limit.MAX_CERTIFICATE_CHAIN);
    }

    /**
     * Returns the limit on the bytes of all handshake messages of one handshake; 2^19 by default. More end the connection
     * with unexpected_message.
     */
    public int maxHandshakeBytes() {
        return count(Limit.MAX_HANDSHAKE_BYTES);
    }

    /**
     * Returns the limit on the records that carry the messages of one handshake; 2^17 by default. More end the connection
     * with unexpected_message.
     */
    public int maxHandshakeRecords() {
        return count(Limit.MAX_HANDSHAKE_RECORDS);
    }

    /**
     * Returns the limit on consecutive empty records, of any type; 32 by default. More end the connection with
     * unexpected_message.
     */
    public int maxEmptyRecords() {
        return count(Limit.MAX_EMPTY_RECORDS);
    }

    /** Returns the limit on consecutive warning alerts; 4 by default. More end the connection with unexpected_message. */
    public int maxWarningAlerts() {
        return count(Limit.MAX_WARNING_ALERTS);
    }

    /**
     * Returns how many records of 2^14 bytes, or as many bytes in shorter records, one key of an AEAD with 128-bit blocks may
     * protect; 2^24.5 by default (RFC 8446 section 5.5). The connection closes with close_notify when a quarter of that is left,
     * or one gibibyte if that is less; unless the client has closed before, that is a failure for the application, since the
     * client may have more to send. A cipher with a lower safe limit, such as CCM, uses its own.
     */
    public long maxRecordsPerKey() {
        return get(Limit.MAX_RECORDS_PER_KEY);
    }

    /**
     * Returns the longest psk_identity, in bytes; 4096 by default, at least 128 (RFC 4279 section 5.3). A longer one ends
     * the connection with handshake_failure.
     */
    public int maxPskIdentity() {
        return count(Limit.MAX_PSK_IDENTITY);
    }

    /** Returns these bounds with another {@link #maxClientHello}, 512 to 2^24-1. */
    public Bounds withMaxClientHello(int bytes) {
        return with(Limit.MAX_CLIENT_HELLO, bytes);
    }

    /** Returns these bounds with another {@link #maxHandshakeMessage}, 512 to 2^24-1. */
    public Bounds withMaxHandshakeMessage(int bytes) {
        return with(Limit.MAX_HANDSHAKE_MESSAGE, bytes);
    }

    /** Returns these bounds with another {@link #maxCertificateChain}, 512 to 2^24-1. */
    public Bounds withMaxCertificateChain(int bytes) {
        return with(Limit.MAX_CERTIFICATE_CHAIN, bytes);
    }

    /** Returns these bounds with another {@link #maxHandshakeBytes}, 1024 or more. */
    public Bounds withMaxHandshakeBytes(int bytes) {
        return with(Limit.MAX_HANDSHAKE_BYTES, bytes);
    }

    /** Returns these bounds with another {@link #maxHandshakeRecords}, 8 or more. */
    public Bounds withMaxHandshakeRecords(int records) {
        return with(Limit.MAX_HANDSHAKE_RECORDS, records);
    }

    /** Returns these bounds with another {@link #maxEmptyRecords}, 0 to 2^16. */
    public Bounds withMaxEmptyRecords(int records) {
        return with(Limit.MAX_EMPTY_RECORDS, records);
    }

    /** Returns these bounds with another {@link #maxWarningAlerts}, 0 to 2^16. */
    public Bounds withMaxWarningAlerts(int alerts) {
        return with(Limit.MAX_WARNING_ALERTS, alerts);
    }

    /** Returns these bounds with another {@link #maxRecordsPerKey}, 4 or more. */
    public Bounds withMaxRecordsPerKey(long records) {
        return with(Limit.MAX_RECORDS_PER_KEY, records);
    }

    /** Returns these bounds with another {@link #maxPskIdentity}, 128 to 65535. */
    public Bounds withMaxPskIdentity(int bytes) {
        return with(Limit.MAX_PSK_IDENTITY, bytes);
    }

    private int count(Limit limit) {
        return Math.toIntExact(get(limit));
    }

    private long get(Limit limit) {
        return changed.getOrDefault(limit, limit.byDefault);
    }

    private Bounds with(Limit limit, long value) {
        if (value < limit.min || value > limit.max) {
            throw ConfigException.outOfRange(limit.field, value, limit.min + " to " + limit.max);
        }
        EnumMap<Limit, Long> values = new EnumMap<>(changed);
        if (value == limit.byDefault) {
            values.remove(limit);
        } else {
            values.put(limit, value);
        }
        return new Bounds(values);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Bounds that && changed.equals(that.changed);
    }

    @Override
    public int hashCode() {
        return changed.hashCode();
    }

    @Override
    public String toString() {
        return Arrays.stream(Limit.values())
                .map(limit -> limit.field + "=" + get(limit))
                .collect(Collectors.joining(", ", "Bounds[", "]"));
    }
}
