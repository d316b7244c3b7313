package dev.lockstep.tls.internal.record;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.tls.spec.ContentType;
import dev.lockstep.tls.spec.ProtocolVersion;
import java.nio.ByteBuffer;

/**
 * The writing half of a connection: cuts plaintext into fragments and seals them into the caller's buffer.
 *
 * <p>It holds nothing but the protection in force: what does not fit stays in the source buffer.
 */
public final class RecordWriter {
    /** A fragment is not cut shorter than this for want of room: tiny records cost both sides more than a second call. */
    static final int SHORTEST_CUT = 512;

    private Protection protection = Protection.none();
    private int plaintextLimit = RecordHeader.MAX_PLAINTEXT;
    private int plaintextVersion = ProtocolVersion.TLS_1_2;

    /** A writer in the initial state: no protection. */
    public RecordWriter() {
        // nothing to prepare
    }

    /**
     * Our ChangeCipherSpec is sent: the next record goes out under {@code next}; the old keys are wiped.
     *
     * @param limit the most plaintext that a record under {@code next} may carry, 1..2^14
     */
    public void changeProtection(Protection next, int limit) {
        protection.destroy();
        protection = next;
        limitPlaintext(limit);
    }

    /** From the next record on, no record carries more than {@code limit} bytes of plaintext, 1..2^14. */
    public void limitPlaintext(int limit) {
        plaintextLimit = RecordHeader.requireLimit(limit);
    }

    /** From now on records without protection say that they are of this version, which is 3.3 for all but one alert. */
    public void plaintextVersion(int version) {
        plaintextVersion = version;
    }

    /** The protection in force. */
    public Protection protection() {
        return protection;
    }

    /**
     * Writes as many whole records as {@code dst} has room for, and of application data none that would use the key up: what
     * is left of that belongs to the closing alert. The first one is cut shorter if only a part of it fits, but
     * not below {@value #SHORTEST_CUT} bytes.
     *
     * @param src plaintext; its position is moved behind what was taken. If it is empty nothing is written, as RFC 5246
     *     6.2.1 demands for all types but application data
     * @return bytes of plaintext taken; 0 with something remaining in {@code src} means that {@code dst} needs draining
     */
    public int write(ContentType type, ByteBuffer src, ByteBuffer dst) {
        int taken = 0;
        // RFC 5246 6.2.1-2: "Implementations MUST NOT send zero-length fragments of Handshake, Alert, or
        // ChangeCipherSpec content types."
        while (src.hasRemaining() && !(type == ContentType.APPLICATION_DATA && protection.isNearLimit())) {
            // RFC 8449 4-1: "an endpoint MUST NOT generate a protected record with plaintext that is larger than the
            // RecordSizeLimit value it receives from its peer."
            int length = Math.min(src.remaining(), plaintextLimit);
            int room = dst.remaining() - RecordHeader.LENGTH;
            if (room < protection.sealedLength(length)) {
                int shorter = Math.min(length, room - protection.overhead());
                if (taken > 0 || shorter < SHORTEST_CUT) {
                    break;
                }
                length = shorter;
            }
            int start = dst.position();
            protection.seal(type, src, length, dst);
            if (protection == Protection.none()) {
                RecordHeader.putVersion(dst, start, plaintextVersion);
            }
            taken += length;
        }
        return taken;
    }

    /**
     * Writes application data of several buffers, as many whole records as {@code dst} has room for. A record is filled from
     * as many buffers as it takes, through memory of the calling thread; one that a single buffer fills is not copied. As
     * with one buffer, only the first record is cut shorter for want of room.
     *
     * @param sources plaintext in order; positions are moved behind what was taken
     * @return whether everything was taken
     */
    public boolean write(ByteBuffer[] sources, ByteBuffer dst) {
        int start = dst.position();
        int next = 0;
        while (true) {
            while (next < sources.length && !sources[next].hasRemaining()) {
                next++;
            }
            if (next == sources.length) {
                return true;
            }
            int left = sources[next].remaining();
            int alone = next == sources.length - 1 ? left : left - left % plaintextLimit;
            boolean moved = alone > 0
                    ? writeHead(sources[next], alone, dst) > 0
                    : writeGathered(sources, next, dst, dst.position() == start);
            if (!moved) {
                return false;
            }
        }
    }

    /** Writes the first {@code length} bytes of a buffer, as far as there is room. */
    private int writeHead(ByteBuffer src, int length, ByteBuffer dst) {
        int limit = src.limit();
        src.limit(src.position() + length);
        try {
            return write(ContentType.APPLICATION_DATA, src, dst);
        } finally {
            src.limit(limit);
        }
    }

    /** Writes one record from several buffers; false when there is no room for it, and nothing has moved then. */
    private boolean writeGathered(ByteBuffer[] sources, int first, ByteBuffer dst, boolean mayCut) {
        int wanted = 0;
        for (int i = first; i < sources.length && wanted < plaintextLimit; i++) {
            wanted += Math.min(sources[i].remaining(), plaintextLimit - wanted);
        }
        int room = dst.remaining() - RecordHeader.LENGTH;
        if (room < protection.sealedLength(wanted)) {
            wanted = Math.min(wanted, room - protection.overhead());
            if (!mayCut || wanted < SHORTEST_CUT) {
                return false;
            }
        }
        byte[] record = Scratch.gathered();
        int length = 0;
        for (int i = first; length < wanted; i++) {
            int taken = Math.min(sources[i].remaining(), wanted - length);
            sources[i].get(sources[i].position(), record, length, taken);
            length += taken;
        }
        int written;
        try {
            written = write(ContentType.APPLICATION_DATA, ByteBuffer.wrap(record, 0, length), dst);
        } finally {
            Wipe.range(record, 0, length);
        }
        for (int i = first, left = written; left > 0; i++) {
            int taken = Math.min(sources[i].remaining(), left);
            sources[i].position(sources[i].position() + taken);
            left -= taken;
        }
        return written == length;
    }

    /** Wipes the keys. */
    public void destroy() {
        protection.destroy();
    }
}
