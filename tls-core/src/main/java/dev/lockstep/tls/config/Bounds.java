package dev.lockstep.tls.config;

import dev.lockstep.tls.setting.ConfigException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Limits on what a peer may make a connection hold or do, each with a safe default. Immutable; start with
 * {@link #DEFAULT} and change what has to be different.
 *
 * <p>What needs no number here: the messages of a handshake are as many as the transition table has, each in its place;
 * while a connection is suspended its input stays in the caller's buffer, which is as long as the caller made it; how
 * long a wait and a handshake last is bounded by {@link TlsServerConfigBuilder#keyOperationTimeout} and
 * {@link TlsServerConfigBuilder#handshakeTimeout}, renegotiations by {@link RenegotiationPolicy}, the length of a
 * client's chain by {@link ClientAuthentication}.
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

    /** The defaults. */
    public static final Bounds DEFAULT = new Bounds(new EnumMap<>(Limit.class));

    /** Only what is not as by default. */
    private final EnumMap<Limit, Long> changed;

    private Bounds(EnumMap<Limit, Long> changed) {
        this.changed = changed;
    }

    /**
     * The longest ClientHello body, in bytes; 2^17 + 2^16 by default. More is an unexpected_message, or a
     * decode_error where no ClientHello can be that long.
     */
    public int maxClientHello() {
        return count(Limit.MAX_CLIENT_HELLO);
    }

    /**
     * The longest body of every other handshake message, in bytes; 2^16 by default. More is an unexpected_message, in a
     * Certificate a certificate_unknown.
     */
    public int maxHandshakeMessage() {
        return count(Limit.MAX_HANDSHAKE_MESSAGE);
    }

    /** The most bytes of certificates in a client's Certificate; 2^16 by default. More is a certificate_unknown. */
    public int maxCertificateChain() {
        return count(Limit.MAX_CERTIFICATE_CHAIN);
    }

    /** The most bytes of handshake messages in one handshake; 2^19 by default. More is an unexpected_message. */
    public int maxHandshakeBytes() {
        return count(Limit.MAX_HANDSHAKE_BYTES);
    }

    /** The most records of handshake messages in one handshake; 2^17 by default. More is an unexpected_message. */
    public int maxHandshakeRecords() {
        return count(Limit.MAX_HANDSHAKE_RECORDS);
    }

    /** The most records without content in a row, of any type; 32 by default. More is an unexpected_message. */
    public int maxEmptyRecords() {
        return count(Limit.MAX_EMPTY_RECORDS);
    }

    /** The most warning alerts in a row; 4 by default. More is an unexpected_message. */
    public int maxWarningAlerts() {
        return count(Limit.MAX_WARNING_ALERTS);
    }

    /**
     * How many records of 2^14 bytes, or as much in smaller ones, a key of an AEAD with blocks of 128 bits may protect; 2^24.5
     * by default (RFC 8446 section 5.5). When three quarters are used up, or all but a gibibyte, the connection closes in
     * good order. Ciphers whose safe number is smaller, such as CCM, keep to that.
     */
    public long maxRecordsPerKey() {
        return get(Limit.MAX_RECORDS_PER_KEY);
    }

    /**
     * The longest psk_identity, in bytes; 4096 by default, and never below 128 (RFC 4279 section 5.3). More is a
     * handshake_failure.
     */
    public int maxPskIdentity() {
        return count(Limit.MAX_PSK_IDENTITY);
    }

    /** These bounds with another {@link #maxClientHello}, 512 to 2^24-1. */
    public Bounds withMaxClientHello(int bytes) {
        return with(Limit.MAX_CLIENT_HELLO, bytes);
    }

    /** These bounds with another {@link #maxHandshakeMessage}, 512 to 2^24-1. */
    public Bounds withMaxHandshakeMessage(int bytes) {
        return with(Limit.MAX_HANDSHAKE_MESSAGE, bytes);
    }

    /** These bounds with another {@link #maxCertificateChain}, 512 to 2^24-1. */
    public Bounds withMaxCertificateChain(int bytes) {
        return with(Limit.MAX_CERTIFICATE_CHAIN, bytes);
    }

    /** These bounds with another {@link #maxHandshakeBytes}, 1024 or more. */
    public Bounds withMaxHandshakeBytes(int bytes) {
        return with(Limit.MAX_HANDSHAKE_BYTES, bytes);
    }

    /** These bounds with another {@link #maxHandshakeRecords}, 8 or more. */
    public Bounds withMaxHandshakeRecords(int records) {
        return with(Limit.MAX_HANDSHAKE_RECORDS, records);
    }

    /** These bounds with another {@link #maxEmptyRecords}, 0 to 2^16. */
    public Bounds withMaxEmptyRecords(int records) {
        return with(Limit.MAX_EMPTY_RECORDS, records);
    }

    /** These bounds with another {@link #maxWarningAlerts}, 0 to 2^16. */
    public Bounds withMaxWarningAlerts(int alerts) {
        return with(Limit.MAX_WARNING_ALERTS, alerts);
    }

    /** These bounds with another {@link #maxRecordsPerKey}, 4 or more. */
    public Bounds withMaxRecordsPerKey(long records) {
        return with(Limit.MAX_RECORDS_PER_KEY, records);
    }

    /** These bounds with another {@link #maxPskIdentity}, 128 to 65535. */
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
