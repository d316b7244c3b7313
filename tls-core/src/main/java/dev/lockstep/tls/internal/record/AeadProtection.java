package dev.lockstep.tls.internal.record;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.crypto.Words;
import dev.lockstep.crypto.aead.Aead;
import dev.lockstep.crypto.aead.AeadAlgorithm;
import dev.lockstep.crypto.source.PrimitiveSources;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.spec.BulkCipher;
import dev.lockstep.tls.spec.ContentType;
import dev.lockstep.tls.spec.ProtocolVersion;

/**
 * AEAD records: AES-GCM (RFC 5288), AES-CCM and CCM_8 (RFC 6655), ChaCha20-Poly1305 (RFC 7905), Camellia-GCM (RFC 6367),
 * ARIA-GCM (RFC 6209).
 *
 * <pre>
 * struct {
 *     opaque nonce_explicit[SecurityParameters.record_iv_length];
 *     aead-ciphered struct {
 *         opaque content[TLSCompressed.length];
 *     };
 * } GenericAEADCipher;
 * </pre>
 *
 * <p>The explicit nonce is the sequence number, so a nonce repeats only if a sequence number did. Nonce and additional data
 * are two small arrays, overwritten for every record.
 */
final class AeadProtection extends Protection {
    /**
     * RFC 8446 5.5: "For AES-GCM, up to 2^24.5 full-size records (about 24 million) may be encrypted on a given connection
     * while keeping a safety margin of approximately 2^-57 for Authenticated Encryption (AE) security." The bound rests on
     * the number of blocks, so small records use up less of it.
     */
    static final long GCM_FULL_RECORDS = 23_726_566;

    /** CCM runs the block cipher twice over every block, so less than half of GCM's number keeps the same margin. */
    static final long CCM_FULL_RECORDS = 1 << 23;

    /** What is left when {@link #isNearLimit()} starts to say so, in full-size records: a gibibyte. */
    static final long NEAR_LIMIT_FULL_RECORDS = 1 << 16;

    // RFC 5288 3-1, RFC 6655 3-1: "The "nonce" SHALL be 12 bytes long": the salt, and eight bytes that are sent.
    private static final int NONCE_LENGTH = 12;
    private static final int PSEUDO_HEADER_LENGTH = 13;

    private final Aead aead;
    private final int explicitLength;
    private final int tagLength;
    private final byte[] fixedIv;
    private final byte[] nonce = new byte[NONCE_LENGTH];
    private final byte[] additionalData = new byte[PSEUDO_HEADER_LENGTH];
    private final boolean limited;
    private long blocksLeft;
    private long nearLimit = NEAR_LIMIT_FULL_RECORDS * blocks(RecordHeader.MAX_PLAINTEXT);

    /** Tests start near the ends of the two counters; everybody else starts at 0 and the cipher's own limit. */
    AeadProtection(Aead aead, BulkCipher cipher, byte[] fixedIv, long firstSequenceNumber, long fullRecords) {
        super(firstSequenceNumber);
        if (fixedIv.length != cipher.fixedIvLength()) {
            throw new IllegalArgumentException("fixed IV of " + fixedIv.length + " bytes for " + cipher);
        }
        this.aead = aead;
        this.explicitLength = cipher.recordIvLength();
        this.tagLength = cipher.tagLength();
        this.fixedIv = fixedIv.clone();
        this.limited = cipher != BulkCipher.CHACHA20_POLY1305;
        this.blocksLeft = fullRecords * blocks(RecordHeader.MAX_PLAINTEXT);
        System.arraycopy(fixedIv, 0, nonce, 0, fixedIv.length);
    }

    static AeadProtection sealing(BulkCipher cipher, byte[] key, byte[] fixedIv, PrimitiveSources sources) {
        return new AeadProtection(
                Aead.sealing(algorithm(cipher), key, 0, sources), cipher, fixedIv, 0, fullRecords(cipher));
    }

    static AeadProtection opening(BulkCipher cipher, byte[] key, byte[] fixedIv, PrimitiveSources sources) {
        return new AeadProtection(
                Aead.opening(algorithm(cipher), key, 0, sources), cipher, fixedIv, 0, fullRecords(cipher));
    }

    @Override
    public int overhead() {
        return explicitLength + tagLength;
    }

    @Override
    public int sealedLength(int plaintextLength) {
        return plaintextLength + explicitLength + tagLength;
    }

    @Override
    public int maxFragmentLength(int plaintextLimit) {
        return plaintextLimit + explicitLength + tagLength;
    }

    @Override
    public int plaintextBound(int fragmentLength) {
        return Math.max(0, Math.min(fragmentLength - explicitLength - tagLength, RecordHeader.MAX_PLAINTEXT));
    }

    @Override
    int openingRoom(int fragmentLength) {
        return Math.max(0, fragmentLength - explicitLength - tagLength);
    }

    @Override
    boolean opensFromStart() {
        return aead.opensFromStart();
    }

    @Override
    int sealFragment(int typeCode, byte[] in, int inOff, int length, byte[] out, int outOff) {
        // the alert that reports a used-up key must still find its way out
        useUp(length, typeCode == ContentType.ALERT.code());
        long sequenceNumber = takeSequenceNumber();
        putPseudoHeader(additionalData, sequenceNumber, typeCode, ProtocolVersion.TLS_1_2, length);
        // RFC 5288 3-2, RFC 6655 3-2: "Each value of the nonce_explicit MUST be distinct for each distinct invocation
        // of the GCM encrypt function for any fixed key."
        putNonce(sequenceNumber);
        if (explicitLength > 0) {
            putLong(out, outOff, sequenceNumber);
        }
        int sealed =
                aead.seal(nonce, additionalData, PSEUDO_HEADER_LENGTH, in, inOff, length, out, outOff + explicitLength);
        return explicitLength + sealed;
    }

    @Override
    int openFragment(int typeCode, int version, byte[] in, int inOff, int length, byte[] out, int outOff) {
        int plaintextLength = length - explicitLength - tagLength;
        if (plaintextLength < 0) {
            return -1;
        }
        useUp(plaintextLength, false);
        long sequenceNumber = takeSequenceNumber();
        putPseudoHeader(additionalData, sequenceNumber, typeCode, version, plaintextLength);
        if (explicitLength > 0) {
            // RFC 5288 3: the sender chooses nonce_explicit; replay is stopped by the sequence number in the additional
            // data
            System.arraycopy(in, inOff, nonce, NONCE_LENGTH - explicitLength, explicitLength);
        } else {
            putNonce(sequenceNumber);
        }
        return aead.open(
                nonce,
                additionalData,
                PSEUDO_HEADER_LENGTH,
                in,
                inOff + explicitLength,
                length - explicitLength,
                out,
                outOff);
    }

    @Override
    public void limitKeyUse(long fullRecords) {
        if (limited) {
            long records = Math.min(fullRecords, GCM_FULL_RECORDS);
            blocksLeft = Math.min(blocksLeft, records * blocks(RecordHeader.MAX_PLAINTEXT));
            nearLimit = Math.min(nearLimit, blocksLeft / 4);
        }
    }

    @Override
    public boolean isNearLimit() {
        return blocksLeft < nearLimit || sequenceNumber() >>> 32 == 0xffff_ffffL;
    }

    @Override
    public void destroy() {
        aead.destroy();
        Wipe.bytes(fixedIv, nonce);
    }

    private void putNonce(long sequenceNumber) {
        // RFC 7905 2: "The padded sequence number is XORed with the client_write_IV (when the client is sending) or
        // server_write_IV (when the server is sending)."
        long mask = explicitLength == 0 ? Words.big(fixedIv, NONCE_LENGTH - 8) : 0;
        putLong(nonce, NONCE_LENGTH - 8, sequenceNumber ^ mask);
    }

    private void useUp(int length, boolean evenIfSpent) {
        long left = blocksLeft - blocks(length);
        if (left < 0 && !evenIfSpent) {
            throw FatalAlert.internalError("key is used up", null);
        }
        blocksLeft = left;
    }

    /** Calls of the block cipher that a record costs: its blocks, the tag's mask, and the share of the additional data. */
    private static long blocks(int length) {
        return ((length + 15L) >>> 4) + 2;
    }

    private static long fullRecords(BulkCipher cipher) {
        return switch (cipher) {
            // the blocks have 128 bits in all of them
            case AES_128_GCM, AES_256_GCM, CAMELLIA_128_GCM, CAMELLIA_256_GCM, ARIA_128_GCM, ARIA_256_GCM ->
                GCM_FULL_RECORDS;
            case AES_128_CCM, AES_256_CCM, AES_128_CCM_8, AES_256_CCM_8 -> CCM_FULL_RECORDS;
            // RFC 8446 5.5: "For ChaCha20/Poly1305, the record sequence number would wrap before the safety limit is
            // reached."
            default -> Long.MAX_VALUE / blocks(RecordHeader.MAX_PLAINTEXT);
        };
    }

    private static AeadAlgorithm algorithm(BulkCipher cipher) {
        return switch (cipher) {
            case AES_128_GCM -> AeadAlgorithm.AES_128_GCM;
            case AES_256_GCM -> AeadAlgorithm.AES_256_GCM;
            case CHACHA20_POLY1305 -> AeadAlgorithm.CHACHA20_POLY1305;
            case AES_128_CCM -> AeadAlgorithm.AES_128_CCM;
            case AES_256_CCM -> AeadAlgorithm.AES_256_CCM;
            case AES_128_CCM_8 -> AeadAlgorithm.AES_128_CCM_8;
            case AES_256_CCM_8 -> AeadAlgorithm.AES_256_CCM_8;
            case CAMELLIA_128_GCM -> AeadAlgorithm.CAMELLIA_128_GCM;
            case CAMELLIA_256_GCM -> AeadAlgorithm.CAMELLIA_256_GCM;
            case ARIA_128_GCM -> AeadAlgorithm.ARIA_128_GCM;
            case ARIA_256_GCM -> AeadAlgorithm.ARIA_256_GCM;
            default -> throw new IllegalArgumentException(cipher + " is not an AEAD cipher");
        };
    }
}
