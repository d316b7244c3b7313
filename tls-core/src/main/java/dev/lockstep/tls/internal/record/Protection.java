package dev.lockstep.tls.internal.record;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.crypto.Words;
import dev.lockstep.crypto.source.PrimitiveSources;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.ContentType;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.security.SecureRandom;

/**
 * One direction's connection state (RFC 5246 section 6.1): turns plaintext fragments into records, or records into
 * plaintext fragments.
 *
 * <p>An object either seals or opens, for one key and one thread at a time. With heap buffers the cipher works from
 * array to array, without a copy and without an allocation of ours; direct and read-only buffers go through one heap array
 * per thread, which is faster than what ciphers do with them, and so does what ChaCha20 of the JDK opens. Nothing but keys,
 * cipher state and a few dozen bytes is held between calls.
 *
 * <p>Source and destination must not overlap; where both are views of one array, an overlap is refused.
 */
public abstract sealed class Protection permits NullProtection, AeadProtection, CbcProtection {
    /**
     * The sequence number of the next record; see {@link #takeSequenceNumber()}. RFC 5246 6.1-2: "The sequence number
     * MUST be set to zero whenever a connection state is made the active state."
     */
    private long sequenceNumber;

    Protection(long firstSequenceNumber) {
        this.sequenceNumber = firstSequenceNumber;
    }

    /**
     * The initial state: no encryption, no MAC.
     *
     * @return a stateless object, shared by all connections
     */
    public static Protection none() {
        return NullProtection.INSTANCE;
    }

    /**
     * The state for what this side sends after its ChangeCipherSpec.
     *
     * @param macKey the MAC key, empty for AEAD suites; copied, as are the next two
     * @param key the encryption key
     * @param fixedIv the implicit part of the nonce, empty for CBC suites
     * @param encryptThenMac whether RFC 7366 was negotiated; ignored by AEAD suites
     * @param ivSource where CBC's explicit IVs come from; not used by AEAD suites
     * @param sources what computes
     */
    public static Protection sealing(
            CipherSuite suite,
            byte[] macKey,
            byte[] key,
            byte[] fixedIv,
            boolean encryptThenMac,
            SecureRandom ivSource,
            PrimitiveSources sources) {
        return suite.isAead()
                ? AeadProtection.sealing(suite.bulkCipher(), key, fixedIv, sources)
                : CbcProtection.sealing(suite.bulkCipher(), suite.mac(), key, macKey, encryptThenMac, ivSource);
    }

    /**
     * The state for what the peer sends after its ChangeCipherSpec.
     *
     * @param macKey the MAC key, empty for AEAD suites; copied, as are the next two
     * @param key the encryption key
     * @param fixedIv the implicit part of the nonce, empty for CBC suites
     * @param encryptThenMac whether RFC 7366 was negotiated; ignored by AEAD suites
     * @param sources what computes
     */
    public static Protection opening(
            CipherSuite suite,
            byte[] macKey,
            byte[] key,
            byte[] fixedIv,
            boolean encryptThenMac,
            PrimitiveSources sources) {
        return suite.isAead()
                ? AeadProtection.opening(suite.bulkCipher(), key, fixedIv, sources)
                : CbcProtection.opening(suite.bulkCipher(), suite.mac(), key, macKey, encryptThenMac);
    }

    /** Most bytes that protection adds to a fragment; the record's header is not among them. */
    public abstract int overhead();

    /** Length of the protected fragment, without the header, for {@code plaintextLength} bytes of plaintext. */
    public abstract int sealedLength(int plaintextLength);

    /**
     * The longest protected fragment that can hold no more than {@code plaintextLimit} bytes; a header that announces more
     * is refused.
     *
     * @param plaintextLimit 1..2^14
     */
    public abstract int maxFragmentLength(int plaintextLimit);

    /**
     * Room that {@link #open} must find in its destination for a fragment of this length: the most plaintext it can hold,
     * never more than 2^14.
     */
    public abstract int plaintextBound(int fragmentLength);

    /** Room the cipher itself needs to open a fragment of this length: with CBC, padding and MAC are decrypted too. */
    abstract int openingRoom(int fragmentLength);

    /** Whether opening a fragment copies it unless it begins at the start of its array. */
    boolean opensFromStart() {
        return false;
    }

    abstract int sealFragment(int typeCode, byte[] in, int inOff, int length, byte[] out, int outOff);

    /** Returns the plaintext's length, or -1 for whatever defect there is. */
    abstract int openFragment(int typeCode, int version, byte[] in, int inOff, int length, byte[] out, int outOff);

    /**
     * Lets the key protect no more than this, where the cipher sets a limit to its use at all; a wider limit than the
     * cipher's own changes nothing. {@link #isNearLimit()} speaks up when a quarter is left, or a gibibyte if that is less.
     *
     * @param fullRecords records of 2^14 bytes, at least 4; of smaller ones there may be more
     */
    public void limitKeyUse(long fullRecords) {
        // most ciphers have none but the sequence number
    }

    /**
     * Whether the key is so far used up that the connection should be closed (or renegotiated) in good order now. It can
     * be used for a while longer; at the end, records are refused with internal_error.
     */
    public boolean isNearLimit() {
        return false;
    }

    /** Wipes the keys as far as that is possible; later use throws IllegalStateException. */
    public abstract void destroy();

    /** Number of the next record under this key, unsigned. */
    public final long sequenceNumber() {
        return sequenceNumber;
    }

    /**
     * Seals one fragment into a whole record of version 3.3, header included.
     *
     * @param src plaintext; its position is moved on by {@code length}
     * @param length 0..2^14
     * @param dst where the record goes, {@code 5 + sealedLength(length)} bytes; its position is moved behind the record
     * @throws IllegalArgumentException if {@code length} is out of range, or the buffers overlap
     * @throws BufferOverflowException if {@code dst} is too small; nothing has happened then
     * @throws FatalAlert internal_error if the key is used up
     */
    public final void seal(ContentType type, ByteBuffer src, int length, ByteBuffer dst) {
        if (length < 0 || length > RecordHeader.MAX_PLAINTEXT || length > src.remaining()) {
            throw new IllegalArgumentException("fragment of " + length + " bytes");
        }
        int recordLength = RecordHeader.LENGTH + sealedLength(length);
        requireRoom(dst, recordLength);
        boolean inPlace = src.hasArray();
        byte[] in = inPlace ? src.array() : Scratch.input();
        int inOff = inPlace ? src.arrayOffset() + src.position() : 0;
        boolean outPlace = dst.hasArray();
        byte[] out = outPlace ? dst.array() : Scratch.output();
        int outOff = outPlace ? dst.arrayOffset() + dst.position() : 0;
        requireApart(in, inOff, length, out, outOff, recordLength);
        if (!inPlace) {
            src.get(src.position(), in, 0, length);
        }
        int sealed;
        try {
            sealed = sealFragment(type.code(), in, inOff, length, out, outOff + RecordHeader.LENGTH);
        } finally {
            if (!inPlace) {
                Wipe.range(in, 0, length); // also when a provider fails
            }
        }
        RecordHeader.put(out, outOff, type.code(), sealed);
        src.position(src.position() + length);
        if (outPlace) {
            dst.position(dst.position() + RecordHeader.LENGTH + sealed);
        } else {
            dst.put(out, 0, RecordHeader.LENGTH + sealed);
        }
    }

    /**
     * Opens the fragment of one record.
     *
     * @param typeCode the content type in the record's header
     * @param version the version in the record's header
     * @param src the complete fragment, header already passed; its position is moved on by {@code length}
     * @param length the length in the record's header
     * @param dst where the plaintext goes, with at least {@code plaintextBound(length)} bytes of room; its position is
     *     moved behind the plaintext. With CBC, bytes after that may be overwritten as well, up to the limit
     * @return the plaintext's length, 0..2^14
     * @throws IllegalArgumentException if {@code src} has less than {@code length} bytes, or the buffers overlap
     * @throws BufferOverflowException if {@code dst} is too small; nothing has happened then
     * @throws FatalAlert bad_record_mac for every defect alike, record_overflow if the plaintext is too long,
     *     internal_error if the key is used up; the connection must end
     */
    public final int open(int typeCode, int version, ByteBuffer src, int length, ByteBuffer dst) {
        int start = src.position();
        int opened = openAt(typeCode, version, src, start, length, dst, RecordHeader.MAX_PLAINTEXT);
        src.position(start + length);
        return opened;
    }

    /**
     * Does what {@link #open} does for the fragment at {@code src[start..start+length)} and leaves the source's position.
     *
     * @param plaintextLimit the most plaintext that was agreed on; more is record_overflow
     */
    final int openAt(
            int typeCode, int version, ByteBuffer src, int start, int length, ByteBuffer dst, int plaintextLimit) {
        if (length < 0 || length > src.limit() - start) {
            throw new IllegalArgumentException("fragment of " + length + " bytes in " + (src.limit() - start));
        }
        if (length > maxFragmentLength(plaintextLimit)) {
            throw FatalAlert.recordOverflow("record with a fragment of " + length + " bytes");
        }
        requireRoom(dst, plaintextBound(length));
        int room = openingRoom(length);
        boolean inPlace = src.hasArray();
        byte[] in = inPlace ? src.array() : Scratch.input();
        int inOff = inPlace ? src.arrayOffset() + start : 0;
        boolean outPlace = dst.hasArray() && dst.remaining() >= room;
        byte[] out = outPlace ? dst.array() : Scratch.output();
        int outOff = outPlace ? dst.arrayOffset() + dst.position() : 0;
        requireApart(in, inOff, length, out, outOff, room);
        if (!inPlace || (opensFromStart() && inOff != 0)) {
            in = Scratch.input();
            inOff = 0;
            src.get(start, in, 0, length);
        }
        int opened;
        try {
            opened = openFragment(typeCode, version, in, inOff, length, out, outOff);
        } catch (Exception | Error e) {
            Wipe.range(out, outOff, room); // what a provider has left there is not verified
            throw e;
        }
        if (opened < 0) {
            Wipe.range(out, outOff, room);
            // RFC 5246 7.2.2-5, 6.2.3.2-3: "This alert also MUST be returned if an alert is sent because a
            // TLSCiphertext decrypted in an invalid way: either it wasn't an even multiple of the block length, or its
            // padding values, when checked, weren't correct." RFC 5246 6.2.3.3-3: "If the decryption fails, a fatal
            // bad_record_mac alert MUST be generated." RFC 5288 3-4, RFC 5487 2-2 and RFC 7366 3-3 say the same.
            throw FatalAlert.badRecordMac("record that does not verify");
        }
        if (opened > plaintextLimit) {
            Wipe.range(out, outOff, room);
            throw FatalAlert.recordOverflow("record with " + opened + " bytes of plaintext");
        }
        if (outPlace) {
            dst.position(dst.position() + opened);
        } else {
            dst.put(out, 0, opened);
            Wipe.range(out, 0, room);
        }
        return opened;
    }

    /**
     * Gives the number of the record at hand and counts on immediately, so that no failure later on can make a number, and
     * with it a nonce, serve twice.
     */
    final long takeSequenceNumber() {
        // RFC 5246 6.1: "Sequence numbers do not wrap. If a TLS implementation would need to wrap a sequence number, it
        // must renegotiate instead."
        if (sequenceNumber == -1L) {
            throw FatalAlert.internalError("sequence numbers are used up", null);
        }
        // RFC 5246 6.1-1, 6.1-3: "the first record transmitted under a particular connection state MUST use sequence
        // number 0."
        return sequenceNumber++;
    }

    /** Writes the 13 bytes {@code seq_num || type || version || length} that every MAC and every AEAD covers. */
    static void putPseudoHeader(byte[] out, long sequenceNumber, int typeCode, int version, int length) {
        putLong(out, 0, sequenceNumber);
        out[8] = (byte) typeCode;
        out[9] = (byte) (version >>> 8);
        out[10] = (byte) version;
        out[11] = (byte) (length >>> 8);
        out[12] = (byte) length;
    }

    static void putLong(byte[] out, int offset, long value) {
        Words.putBig(out, offset, value);
    }

    private static void requireRoom(ByteBuffer dst, int length) {
        if (dst.isReadOnly()) {
            throw new ReadOnlyBufferException();
        }
        if (dst.remaining() < length) {
            throw new BufferOverflowException();
        }
    }

    private static void requireApart(byte[] in, int inOff, int inLength, byte[] out, int outOff, int outLength) {
        if (in == out && inOff < outOff + outLength && outOff < inOff + inLength) {
            throw new IllegalArgumentException("source and destination overlap");
        }
    }
}
