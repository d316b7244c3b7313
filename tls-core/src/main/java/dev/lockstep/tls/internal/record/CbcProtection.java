package dev.lockstep.tls.internal.record;

import dev.lockstep.crypto.cbc.CbcCipher;
import dev.lockstep.crypto.cbc.CbcHmac;
import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.tls.spec.BulkCipher;
import dev.lockstep.tls.spec.MacAlgorithm;
import dev.lockstep.tls.spec.ProtocolVersion;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * CBC records with HMAC, in both orders: MAC-then-encrypt (RFC 5246 section 6.2.3.2) and encrypt-then-MAC (RFC 7366).
 *
 * <pre>
 * struct {
 *     opaque IV[SecurityParameters.record_iv_length];
 *     block-ciphered struct {
 *         opaque content[TLSCompressed.length];
 *         opaque MAC[SecurityParameters.mac_length];
 *         uint8 padding[GenericBlockCipher.padding_length];
 *         uint8 padding_length;
 *     };
 * } GenericBlockCipher;
 * </pre>
 *
 * <p>Whatever is wrong with a record is found out inside {@link CbcHmac} and comes back as one answer; only what the length
 * alone shows is decided here.
 */
final class CbcProtection extends Protection {
    private static final int BLOCK_LENGTH = 16;

    /** RFC 5246 6.2.3.2: up to 255 bytes of padding, and the byte that says how many. */
    private static final int MAX_PADDING = 256;

    private static final int PSEUDO_HEADER_LENGTH = 13;

    private final CbcHmac cbc;
    private final int macLength;
    private final byte[] pseudoHeader = new byte[PSEUDO_HEADER_LENGTH];
    private final byte[] iv;
    private final @Nullable SecureRandom ivSource;

    CbcProtection(CbcHmac cbc, int macLength, @Nullable SecureRandom ivSource, long firstSequenceNumber) {
        super(firstSequenceNumber);
        this.cbc = cbc;
        this.macLength = macLength;
        this.ivSource = ivSource;
        this.iv = new byte[ivSource == null ? 0 : BLOCK_LENGTH];
    }

    static CbcProtection sealing(
            BulkCipher cipher,
            MacAlgorithm mac,
            byte[] key,
            byte[] macKey,
            boolean encryptThenMac,
            SecureRandom ivSource) {
        CbcHmac cbc = CbcHmac.sealing(order(encryptThenMac), cipher(cipher), hash(mac), key, macKey);
        return new CbcProtection(cbc, mac.length(), ivSource, 0);
    }

    static CbcProtection opening(
            BulkCipher cipher, MacAlgorithm mac, byte[] key, byte[] macKey, boolean encryptThenMac) {
        CbcHmac cbc = CbcHmac.opening(order(encryptThenMac), cipher(cipher), hash(mac), key, macKey);
        return new CbcProtection(cbc, mac.length(), null, 0);
    }

    @Override
    public int overhead() {
        return BLOCK_LENGTH + macLength + BLOCK_LENGTH;
    }

    @Override
    public int sealedLength(int plaintextLength) {
        return cbc.sealedLength(plaintextLength);
    }

    /**
     * A peer may pad by up to 256 bytes. With the general limit on plaintext the general limit on ciphertext counts, and
     * the plaintext is judged when it is there.
     */
    @Override
    public int maxFragmentLength(int plaintextLimit) {
        return plaintextLimit == RecordHeader.MAX_PLAINTEXT
                ? RecordHeader.MAX_CIPHERTEXT
                : BLOCK_LENGTH + plaintextLimit + macLength + MAX_PADDING;
    }

    @Override
    public int plaintextBound(int fragmentLength) {
        int withoutPadding = fragmentLength - BLOCK_LENGTH - macLength - 1;
        return Math.max(0, Math.min(withoutPadding, RecordHeader.MAX_PLAINTEXT));
    }

    @Override
    int openingRoom(int fragmentLength) {
        return Math.max(0, fragmentLength - BLOCK_LENGTH);
    }

    @Override
    int sealFragment(int typeCode, byte[] in, int inOff, int length, byte[] out, int outOff) {
        if (ivSource == null) {
            throw new IllegalStateException("this protection opens");
        }
        // RFC 5246 6.2.3.2-1: "The Initialization Vector (IV) SHOULD be chosen at random, and MUST be unpredictable."
        // An IV that cannot be drawn has used no sequence number: the alert that tells of it is the next record.
        ivSource.nextBytes(iv);
        putPseudoHeader(pseudoHeader, takeSequenceNumber(), typeCode, ProtocolVersion.TLS_1_2, length);
        return cbc.seal(pseudoHeader, iv, in, inOff, length, out, outOff);
    }

    @Override
    int openFragment(int typeCode, int version, byte[] in, int inOff, int length, byte[] out, int outOff) {
        if (length < cbc.minSealedLength()) {
            return -1;
        }
        putPseudoHeader(pseudoHeader, takeSequenceNumber(), typeCode, version, 0);
        return cbc.open(pseudoHeader, in, inOff, length, out, outOff);
    }

    @Override
    public boolean isNearLimit() {
        return sequenceNumber() >>> 32 == 0xffff_ffffL;
    }

    @Override
    public void destroy() {
        cbc.destroy();
    }

    private static CbcHmac.Order order(boolean encryptThenMac) {
        return encryptThenMac ? CbcHmac.Order.ENCRYPT_THEN_MAC : CbcHmac.Order.MAC_THEN_ENCRYPT;
    }

    private static CbcCipher cipher(BulkCipher cipher) {
        return switch (cipher) {
            case AES_128_CBC -> CbcCipher.AES_128;
            case AES_256_CBC -> CbcCipher.AES_256;
            case CAMELLIA_128_CBC -> CbcCipher.CAMELLIA_128;
            case CAMELLIA_256_CBC -> CbcCipher.CAMELLIA_256;
            case ARIA_128_CBC -> CbcCipher.ARIA_128;
            case ARIA_256_CBC -> CbcCipher.ARIA_256;
            default -> throw new IllegalArgumentException(cipher + " is not a cipher in CBC mode");
        };
    }

    private static HashAlgorithm hash(MacAlgorithm mac) {
        return switch (mac) {
            case HMAC_SHA1 -> HashAlgorithm.SHA1;
            case HMAC_SHA256 -> HashAlgorithm.SHA256;
            case HMAC_SHA384 -> HashAlgorithm.SHA384;
            case NULL -> throw new IllegalArgumentException("CBC suites have a MAC");
        };
    }
}
