package dev.lockstep.tls.internal.record;

import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.spec.ContentType;
import dev.lockstep.tls.spec.ProtocolVersion;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * The five bytes in front of every record (RFC 5246 section 6.2.1).
 *
 * <pre>
 * struct {
 *     ContentType type;
 *     ProtocolVersion version;
 *     uint16 length;
 * } TLSPlaintext;   // TLSCiphertext starts alike
 * </pre>
 *
 * <p>A header that was read is a value: its five bytes in a {@code long}, so that nothing is allocated for a record.
 */
public final class RecordHeader {
    /** Bytes of a header. */
    public static final int LENGTH = 5;

    // RFC 5246 6.2.1-1: "The length MUST NOT exceed 2^14."
    /** Most bytes of plaintext one record may carry. */
    public static final int MAX_PLAINTEXT = 1 << 14;

    // RFC 5246 6.2.3-1: "The length MUST NOT exceed 2^14 + 2048."
    /** Most bytes a protected fragment may have. */
    public static final int MAX_CIPHERTEXT = (1 << 14) + 2048;

    /** The value of a header that is not complete. */
    public static final long INCOMPLETE = -1;

    private RecordHeader() {}

    /** Whether a whole header is there to be read. */
    public static boolean isComplete(ByteBuffer in) {
        return in.remaining() >= LENGTH;
    }

    /** Reads the header at {@code in.position()}; needs {@link #LENGTH} remaining bytes and does not move the buffer. */
    public static long read(ByteBuffer in) {
        int at = in.position();
        return (long) (in.get(at) & 0xff) << 32 | (long) uint16(in, at + 1) << 16 | uint16(in, at + 3);
    }

    /** Returns the content type's number, 0..255, known or not. */
    public static int typeCode(long header) {
        return (int) (header >>> 32);
    }

    /** Returns the content type of a header that was checked. */
    public static ContentType type(long header) {
        return Objects.requireNonNull(ContentType.of(typeCode(header)), "an unknown type does not pass the check");
    }

    /** Returns the record's version as {@code major << 8 | minor}. */
    public static int version(long header) {
        return (int) (header >>> 16) & 0xffff;
    }

    /** Returns the length of the fragment that follows the header, 0..65535. */
    public static int length(long header) {
        return (int) header & 0xffff;
    }

    /** Returns the length of the whole record, header included, 5..65540. */
    public static int recordLength(long header) {
        return LENGTH + length(header);
    }

    /**
     * Checks a header before any byte of its fragment is waited for.
     *
     * @param versionNegotiated whether ServerHello has fixed the version already
     * @param protection what will open the record: it knows the longest fragment that can be right
     * @param plaintextLimit the most plaintext that a record may carry, 1..2^14
     * @throws FatalAlert unexpected_message for an unknown content type, protocol_version for a version that cannot stand
     *     here, record_overflow for a length that may not be sent
     */
    public static void check(long header, boolean versionNegotiated, Protection protection, int plaintextLimit) {
        // RFC 5246 6-2: "If a TLS implementation receives an unexpected record type, it MUST send an unexpected_message
        // alert."
        if (ContentType.of(typeCode(header)) == null) {
            throw FatalAlert.unexpectedMessage("record of unknown content type " + typeCode(header));
        }
        int version = version(header);
        // RFC 5246 E.1-4: "TLS servers compliant with this specification MUST accept any value {03,XX} as the
        // record layer version number for ClientHello."
        // 6.2.1: "a client that supports multiple versions of TLS may not know what version will be employed before it
        // receives the ServerHello", and an alert of its may have been sent before that.
        boolean open =
                !versionNegotiated || (typeCode(header) == ContentType.ALERT.code() && protection == Protection.none());
        boolean acceptable = open ? version >>> 8 == 3 : version == ProtocolVersion.TLS_1_2;
        if (!acceptable) {
            throw FatalAlert.protocolVersion("record of version " + (version >>> 8) + "." + (version & 0xff));
        }
        int length = length(header);
        // RFC 6066 4-6: "a TLS record-layer peer receiving a TLS record-layer message larger than 805 bytes MUST
        // discard the message and send a "record_overflow" alert, without decrypting the message." RFC 8449 4-5
        // likewise.
        int longest = protection.maxFragmentLength(plaintextLimit);
        if (length > longest) {
            throw FatalAlert.recordOverflow("record of " + length + " bytes where " + longest + " are the limit");
        }
    }

    /** Refuses what cannot be a limit on the plaintext of a record. */
    static int requireLimit(int limit) {
        if (limit < 1 || limit > MAX_PLAINTEXT) {
            throw new IllegalArgumentException("records of up to " + limit + " bytes");
        }
        return limit;
    }

    /** Writes the header of a record of ours to {@code out[offset..offset+5)}. */
    static void put(byte[] out, int offset, int typeCode, int length) {
        out[offset] = (byte) typeCode;
        out[offset + 1] = (byte) (ProtocolVersion.TLS_1_2 >>> 8);
        out[offset + 2] = (byte) ProtocolVersion.TLS_1_2;
        out[offset + 3] = (byte) (length >>> 8);
        out[offset + 4] = (byte) length;
    }

    /** Says another version in a header that is written already, at {@code start} of {@code out}. */
    static void putVersion(ByteBuffer out, int start, int version) {
        out.put(start + 1, (byte) (version >>> 8));
        out.put(start + 2, (byte) version);
    }

    private static int uint16(ByteBuffer in, int index) {
        return (in.get(index) & 0xff) << 8 | (in.get(index + 1) & 0xff);
    }
}
