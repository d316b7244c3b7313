package dev.lockstep.tls.internal.record;

import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.spec.ProtocolVersion;
import java.nio.ByteBuffer;

/**
 * The reading half of a connection: finds whole records in the caller's buffer, checks their headers and opens them.
 *
 * <p>A record stays where it is until it is complete; nothing is kept between calls but the protection in force. The order
 * of use is {@link #header}, {@link #isComplete}, and one of the two {@code open} methods, as the header's type demands.
 */
public final class RecordReader {
    private final RecordLimits limits;
    private Protection protection = Protection.none();
    private boolean versionNegotiated;
    private int plaintextLimit = RecordHeader.MAX_PLAINTEXT;
    private int lastVersion = ProtocolVersion.TLS_1_2;

    /** A reader in the initial state: no protection, any version 3.x. */
    public RecordReader(RecordLimits limits) {
        this.limits = limits;
    }

    /** From ServerHello on: every record must be of version 3.3, but for an alert in the clear. */
    public void fixVersion() {
        versionNegotiated = true;
    }

    /**
     * The peer's ChangeCipherSpec: the next record comes under {@code next}; the old keys are wiped.
     *
     * @param limit the most plaintext that a record under {@code next} may carry, 1..2^14
     */
    public void changeProtection(Protection next, int limit) {
        protection.destroy();
        protection = next;
        limitPlaintext(limit);
    }

    /** From the next record on, no record may carry more than {@code limit} bytes of plaintext, 1..2^14. */
    public void limitPlaintext(int limit) {
        plaintextLimit = RecordHeader.requireLimit(limit);
    }

    /** The version in the header of the record that was opened last. */
    public int lastVersion() {
        return lastVersion;
    }

    /** The protection in force. */
    public Protection protection() {
        return protection;
    }

    /**
     * Reads and checks the header at {@code in.position()}, as soon as its five bytes are here. The buffer is not moved.
     *
     * @return the header, or {@link RecordHeader#INCOMPLETE}
     * @throws FatalAlert as {@link RecordHeader#check}
     */
    public long header(ByteBuffer in) {
        if (!RecordHeader.isComplete(in)) {
            return RecordHeader.INCOMPLETE;
        }
        long header = RecordHeader.read(in);
        RecordHeader.check(header, versionNegotiated, protection, plaintextLimit);
        return header;
    }

    /** Tells whether the whole record of {@code header} stands at {@code in.position()}. */
    public boolean isComplete(long header, ByteBuffer in) {
        return header != RecordHeader.INCOMPLETE && in.remaining() - RecordHeader.LENGTH >= RecordHeader.length(header);
    }

    /** Returns the room that {@link #open(long, ByteBuffer, ByteBuffer)} needs for a record. */
    public int plaintextBound(long header) {
        return protection.plaintextBound(RecordHeader.length(header));
    }

    /**
     * Opens the complete record at {@code in.position()} into {@code dst} and moves both buffers on.
     *
     * @param header the record's header
     * @return the plaintext's length, which may be 0
     * @throws java.nio.BufferOverflowException if {@code dst} has less room than {@link #plaintextBound}; neither has moved then
     * @throws FatalAlert as {@link Protection#open}, and unexpected_message for too many empty records
     */
    public int open(long header, ByteBuffer in, ByteBuffer dst) {
        int start = in.position() + RecordHeader.LENGTH;
        int length = RecordHeader.length(header);
        lastVersion = RecordHeader.version(header);
        int opened =
                protection.openAt(RecordHeader.typeCode(header), lastVersion, in, start, length, dst, plaintextLimit);
        in.position(start + length);
        limits.onRecord(RecordHeader.type(header), opened);
        return opened;
    }

    /**
     * Opens the complete record at {@code in.position()} into memory of the calling thread: for handshake messages, alerts
     * and ChangeCipherSpec, whose bytes are consumed immediately.
     *
     * @param header the record's header
     * @return the plaintext, good until the next call of anything in this package on this thread
     * @throws FatalAlert as {@link #open(long, ByteBuffer, ByteBuffer)}
     */
    public ByteBuffer open(long header, ByteBuffer in) {
        ByteBuffer plaintext = ByteBuffer.wrap(Scratch.output());
        open(header, in, plaintext);
        return plaintext.flip();
    }

    /** Wipes the keys. */
    public void destroy() {
        protection.destroy();
    }
}
