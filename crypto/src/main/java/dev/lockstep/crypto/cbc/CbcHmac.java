package dev.lockstep.crypto.cbc;

import dev.lockstep.crypto.ConstantTime;
import dev.lockstep.crypto.Wipe;
import dev.lockstep.crypto.hash.HashAlgorithm;
import java.security.MessageDigest;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A block cipher in CBC mode with HMAC for one direction: GenericBlockCipher of RFC 5246 6.2.3.2 with its explicit IV,
 * or the order of RFC 7366.
 *
 * <p>AES and hashes come from the JDK, Camellia and ARIA from bcprov. The cipher is initialised once: CBC chains by
 * exclusive-or, so a new IV needs no more than a changed first block (sealing) or to be decrypted as if it were a block
 * of data (opening).
 *
 * <p>Allocates nothing per record as long as {@code in} and {@code out} are different arrays. For one thread at a time.
 * All arrays stay the caller's. After {@link #destroy}, or in the wrong direction, sealing and opening throw
 * {@link IllegalStateException}.
 */
public final class CbcHmac {
    /** Which comes first. */
    public enum Order {
        /** RFC 5246: the MAC covers the plaintext and is encrypted. */
        MAC_THEN_ENCRYPT,
        /** RFC 7366: the MAC covers IV and ciphertext and follows them in the clear. */
        ENCRYPT_THEN_MAC
    }

    private static final int BLOCK = CbcMode.BLOCK;
    private static final int SHORT = 8 * BLOCK;
    private static final int LENGTH_FIELD = 11;
    private static final int MAX_LENGTH = 0xffff;

    private final Order order;
    private final boolean sealing;
    private final int macLength;
    private final RecordHmac hmac;
    private final @Nullable HiddenLengthHmac hiddenHmac;
    private final byte[] chain = new byte[BLOCK];
    private final byte[] expected;
    private final byte[] received;
    /**
     * Sealing: a first block, then what follows the whole blocks of plaintext: its rest, MAC and padding. A plaintext of
     * up to {@link #SHORT} bytes is all here, for one call of the cipher in place of three.
     */
    private final byte[] tail;

    private @Nullable CbcMode cipher;

    CbcHmac(
            Order order,
            boolean sealing,
            CbcCipher cipher,
            HashAlgorithm mac,
            byte[] key,
            byte[] macKey,
            Supplier<MessageDigest> digests) {
        if (key.length != cipher.keyLength() || macKey.length != mac.length()) {
            throw new IllegalArgumentException("keys have the length of their cipher, MAC keys that of their hash");
        }
        this.order = order;
        this.sealing = sealing;
        this.macLength = mac.length();
        boolean hides = !sealing && order == Order.MAC_THEN_ENCRYPT;
        this.hiddenHmac = hides ? new HiddenLengthHmac(mac, macKey, digests.get(), digests.get()) : null;
        this.hmac = hiddenHmac != null ? hiddenHmac : new RecordHmac(mac, macKey, digests.get());
        this.expected = new byte[macLength];
        this.received = new byte[macLength];
        this.tail = new byte[sealing ? BLOCK + SHORT + macLength + BLOCK : 0];
        this.cipher = CbcMode.of(cipher, sealing, key);
    }

    /**
     * Prepares keys for {@link #seal}.
     *
     * @param o the order
     * @param cipher the block cipher
     * @param mac the hash of the HMAC
     * @param key the cipher's key, which is copied
     * @param macKey the MAC key of {@code mac.length()} bytes, which is copied
     * @return an object that seals
     * @throws IllegalArgumentException if a key has another length
     */
    public static CbcHmac sealing(Order o, CbcCipher cipher, HashAlgorithm mac, byte[] key, byte[] macKey) {
        return new CbcHmac(o, true, cipher, mac, key, macKey, mac::newDigest);
    }

    /**
     * Prepares keys for {@link #open}.
     *
     * @param o the order
     * @param cipher the block cipher
     * @param mac the hash of the HMAC
     * @param key the cipher's key, which is copied
     * @param macKey the MAC key of {@code mac.length()} bytes, which is copied
     * @return an object that opens
     * @throws IllegalArgumentException if a key has another length
     */
    public static CbcHmac opening(Order o, CbcCipher cipher, HashAlgorithm mac, byte[] key, byte[] macKey) {
        return new CbcHmac(o, false, cipher, mac, key, macKey, mac::newDigest);
    }

    /**
     * Returns how long a sealed fragment is.
     *
     * @param plaintextLength bytes of plaintext, 0 to 2^16
     * @return bytes of IV, ciphertext with minimal padding, and MAC
     */
    public int sealedLength(int plaintextLength) {
        boolean inside = order == Order.MAC_THEN_ENCRYPT;
        int encrypted = plaintextLength + (inside ? macLength : 0);
        return BLOCK + encrypted + CbcPadding.minimal(encrypted, BLOCK) + (inside ? 0 : macLength);
    }

    /**
     * Returns the shortest fragment that could be valid.
     *
     * @return bytes; {@link #open} answers -1 to anything shorter
     */
    public int minSealedLength() {
        return sealedLength(0);
    }

    /**
     * Protects a fragment, with as little padding as there can be: its length tells the plaintext's to the block, as that
     * of any record.
     *
     * @param header 13 bytes: sequence number (8), type (1), version (2) and length (2), of which the length is
     *     overwritten by what the order demands
     * @param iv 16 bytes, fresh and unpredictable; they become the explicit IV on the wire
     * @param in holds the plaintext
     * @param inOff where it starts
     * @param len its length, 0 to 2^14 in TLS and at most what keeps the fragment below 2^16
     * @param out receives IV, ciphertext and, if it comes last, the MAC; may be {@code in} only if
     *     {@code inOff == outOff + 16}, and the JDK then copies the record
     * @param outOff where they go
     * @return bytes written, {@code sealedLength(len)}
     * @throws IndexOutOfBoundsException if a range is not inside its array
     * @throws IllegalArgumentException if header or IV have another length, or the plaintext is too long
     */
    public int seal(byte[] header, byte[] iv, byte[] in, int inOff, int len, byte[] out, int outOff) {
        CbcMode cbc = require(true, header);
        Objects.checkFromIndexSize(inOff, len, in.length);
        if (iv.length != BLOCK || len > MAX_LENGTH || sealedLength(len) > MAX_LENGTH) {
            throw new IllegalArgumentException("an IV has 16 bytes and a fragment less than 2^16");
        }
        int sealed = sealedLength(len);
        Objects.checkFromIndexSize(outOff, sealed, out.length);

        int whole = len <= SHORT ? 0 : len - len % BLOCK;
        int end = len - whole;
        System.arraycopy(in, inOff + whole, tail, BLOCK, end);
        if (order == Order.MAC_THEN_ENCRYPT) {
            // RFC 5246 6.2.3.1: MAC(MAC_write_key, seq_num + type + version + TLSCompressed.length + fragment)
            putLength(header, len);
            hmac.mac(header, in, inOff, len, tail, BLOCK + end);
            end += macLength;
        }
        int padding = CbcPadding.minimal(end, BLOCK);
        CbcPadding.fill(tail, BLOCK + end, padding);
        int body = encrypt(cbc, iv, in, inOff, whole, end + padding, out, outOff + BLOCK);
        System.arraycopy(iv, 0, out, outOff, BLOCK);
        Wipe.bytes(tail);
        if (order == Order.ENCRYPT_THEN_MAC) {
            // RFC 7366 3: MAC(MAC_write_key, seq_num + TLSCipherText.type + TLSCipherText.version +
            // TLSCipherText.length + IV + ENC(content + padding + padding_length)), the length being without the MAC.
            putLength(header, BLOCK + body);
            hmac.mac(header, out, outOff, BLOCK + body, out, outOff + BLOCK + body);
        }
        return sealed;
    }

    /** Encrypts {@code whole} bytes of {@code in} and {@code rest} bytes of {@link #tail} after its first block. */
    private int encrypt(CbcMode cbc, byte[] iv, byte[] in, int inOff, int whole, int rest, byte[] out, int outOff) {
        if (whole == 0) {
            chainFirst(tail, BLOCK, iv, BLOCK);
            cbc.run(tail, BLOCK, rest, out, outOff);
        } else {
            chainFirst(in, inOff, iv, 0);
            cbc.run(tail, 0, BLOCK, out, outOff);
            cbc.run(in, inOff + BLOCK, whole - BLOCK, out, outOff + BLOCK);
            cbc.run(tail, BLOCK, rest, out, outOff + whole);
        }
        int body = whole + rest;
        System.arraycopy(out, outOff + body - BLOCK, chain, 0, BLOCK);
        return body;
    }

    /** The cipher is about to chain the last block of the previous record: the one put into {@link #tail} replaces it by the IV. */
    private void chainFirst(byte[] first, int firstOff, byte[] iv, int tailOff) {
        for (int i = 0; i < BLOCK; i++) {
            tail[tailOff + i] = (byte) (first[firstOff + i] ^ iv[i] ^ chain[i]);
        }
    }

    /**
     * Verifies and decrypts a fragment. Every defect is answered alike, and takes the time a valid fragment of that
     * length takes: neither padding nor plaintext length show before the MAC has been verified.
     *
     * @param header 13 bytes as in {@link #seal}, of which the length is overwritten; it holds the plaintext's (or, in
     *     the order of RFC 7366, the ciphertext's) after success and zero after failure
     * @param in holds the fragment: IV, ciphertext and, if it comes last, the MAC
     * @param inOff where it starts
     * @param len its length, 0 or more
     * @param out receives everything decrypted, so it needs room for {@code len - 16} bytes; a different array than
     *     {@code in}, or the JDK copies the record
     * @param outOff where the plaintext goes; MAC and padding, or zeros after a failure, follow
     * @return the plaintext's length, or -1 if the fragment is not valid
     * @throws IndexOutOfBoundsException if a range is not inside its array
     * @throws IllegalArgumentException if the header has another length
     */
    public int open(byte[] header, byte[] in, int inOff, int len, byte[] out, int outOff) {
        CbcMode cbc = require(false, header);
        Objects.checkFromIndexSize(inOff, len, in.length);
        int encrypted = len - BLOCK - (hiddenHmac == null ? macLength : 0);
        // Lengths are on the wire for everybody to see.
        if (len < minSealedLength() || len > MAX_LENGTH || encrypted % BLOCK != 0) {
            putLength(header, 0);
            return -1;
        }
        Objects.checkFromIndexSize(outOff, len - BLOCK, out.length);
        int opened = hiddenHmac != null
                ? openHidden(cbc, hiddenHmac, header, in, inOff, encrypted, out, outOff)
                : openVerified(cbc, header, in, inOff, encrypted, out, outOff);
        if (opened < 0) {
            putLength(header, 0);
            Wipe.range(out, outOff, len - BLOCK);
        }
        return opened;
    }

    private int openHidden(
            CbcMode cbc,
            HiddenLengthHmac hidden,
            byte[] header,
            byte[] in,
            int inOff,
            int encrypted,
            byte[] out,
            int outOff) {
        decrypt(cbc, in, inOff, encrypted, out, outOff);
        int longest = encrypted - macLength - 1;
        int shortest = Math.max(0, longest - HiddenLengthHmac.MAX_SPAN);
        // RFC 5246 6.2.3.2-5: "implementations MUST ensure that record processing time is essentially the same whether
        // or not the padding is correct. In general, the best way to do this is to compute the MAC even if the padding
        // is incorrect". Wrong padding counts as the shortest there is.
        int padding = CbcPadding.length(out, outOff, encrypted, macLength);
        int wrong = padding >> 31;
        int length = longest - (padding & ~wrong);
        putLength(header, length);
        hidden.macHidden(header, out, outOff, shortest, longest, length, expected);
        hidden.extract(out, outOff, shortest, longest, length, received);
        int good = ~wrong & ConstantTime.maskEqual(expected, 0, received, 0, macLength);
        return ConstantTime.select(good, length, -1);
    }

    // RFC 7366 3-2: "The MAC SHALL be evaluated before any further processing such as decryption is performed, and if
    // the MAC verification fails, then processing SHALL terminate immediately."
    private int openVerified(CbcMode cbc, byte[] header, byte[] in, int inOff, int encrypted, byte[] out, int outOff) {
        putLength(header, BLOCK + encrypted);
        hmac.mac(header, in, inOff, BLOCK + encrypted, expected, 0);
        if (!ConstantTime.equal(expected, 0, in, inOff + BLOCK + encrypted, macLength)) {
            return -1;
        }
        decrypt(cbc, in, inOff, encrypted, out, outOff);
        int padding = CbcPadding.length(out, outOff, encrypted, 0);
        return ConstantTime.select(padding >> 31, -1, encrypted - 1 - padding);
    }

    private void decrypt(CbcMode cbc, byte[] in, int inOff, int encrypted, byte[] out, int outOff) {
        // The IV as one more block of ciphertext: what it decrypts to means nothing, what follows is chained to it.
        cbc.run(in, inOff, BLOCK, chain, 0);
        cbc.run(in, inOff + BLOCK, encrypted, out, outOff);
    }

    private static void putLength(byte[] header, int length) {
        header[LENGTH_FIELD] = (byte) (length >>> 8);
        header[LENGTH_FIELD + 1] = (byte) length;
    }

    private CbcMode require(boolean seal, byte[] header) {
        CbcMode cbc = cipher;
        if (cbc == null) {
            throw new IllegalStateException("the keys have been destroyed");
        }
        if (seal != sealing) {
            throw new IllegalStateException(sealing ? "these keys seal only" : "these keys open only");
        }
        if (header.length != RecordHmac.HEADER_LENGTH) {
            throw new IllegalArgumentException("a header has 13 bytes");
        }
        return cbc;
    }

    /** Wipes the MAC key and what is left of plaintexts, and drops the cipher; a second call does nothing. */
    public void destroy() {
        cipher = null;
        hmac.destroy();
        Wipe.bytes(chain, expected, received, tail);
    }
}
