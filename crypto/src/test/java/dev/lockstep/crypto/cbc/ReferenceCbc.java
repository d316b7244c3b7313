package dev.lockstep.crypto.cbc;

import dev.lockstep.crypto.SymmetricVectors;
import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.crypto.hash.HmacTest;
import java.util.Arrays;
import org.bouncycastle.crypto.BlockCipher;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.engines.ARIAEngine;
import org.bouncycastle.crypto.engines.CamelliaLightEngine;
import org.bouncycastle.crypto.modes.CBCBlockCipher;
import org.bouncycastle.crypto.modes.CBCModeCipher;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;

/**
 * A sender and a receiver of CBC records written straight from RFC 5246 6.2.3.2 and RFC 7366 over bcprov: slow, not
 * constant-time, and able to send what no honest sender would.
 */
record ReferenceCbc(CbcHmac.Order order, CbcCipher cipher, HashAlgorithm hash, byte[] key, byte[] macKey) {
    static final byte[] HEADER = SymmetricVectors.hex("00000000000000071703030000");
    static final byte[] IV = SymmetricVectors.bytes(77, 16);

    static ReferenceCbc of(CbcHmac.Order order, CbcCipher cipher, HashAlgorithm hash) {
        return new ReferenceCbc(
                order,
                cipher,
                hash,
                SymmetricVectors.bytes(1, cipher.keyLength()),
                SymmetricVectors.bytes(2, hash.length()));
    }

    CbcHmac sealing() {
        return CbcHmac.sealing(order, cipher, hash, key, macKey);
    }

    CbcHmac opening() {
        return CbcHmac.opening(order, cipher, hash, key, macKey);
    }

    /** Bytes of padding, the length byte included, that a sender without a wish of its own appends. */
    int minimalPadding(int plaintextLength) {
        return 16 - (plaintextLength + (order == CbcHmac.Order.MAC_THEN_ENCRYPT ? hash.length() : 0)) % 16;
    }

    static byte[] padding(int count) {
        return SymmetricVectors.repeated(count - 1, count);
    }

    /** An honest record with {@code count} bytes of padding. */
    byte[] seal(byte[] plain, int count) {
        return seal(plain, padding(count));
    }

    /** A record that authenticates correctly whatever the padding. */
    byte[] seal(byte[] plain, byte[] padding) {
        if (order == CbcHmac.Order.MAC_THEN_ENCRYPT) {
            return encrypt(SymmetricVectors.concat(plain, mac(plain.length, plain), padding));
        }
        byte[] encrypted = encrypt(SymmetricVectors.concat(plain, padding));
        return SymmetricVectors.concat(encrypted, mac(encrypted.length, encrypted));
    }

    byte[] mac(int length, byte[] fragment) {
        byte[] header = HEADER.clone();
        header[11] = (byte) (length >> 8);
        header[12] = (byte) length;
        return HmacTest.bouncyCastle(hash, macKey, header, fragment);
    }

    /** IV and ciphertext of whole blocks. */
    byte[] encrypt(byte[] blocks) {
        return SymmetricVectors.concat(IV, cbc(true, IV, blocks));
    }

    /** What a record holds, or null if it is not valid. */
    byte[] open(byte[] record) {
        boolean macFirst = order == CbcHmac.Order.ENCRYPT_THEN_MAC;
        int end = record.length - (macFirst ? hash.length() : 0);
        if (end < 32 || end % 16 != 0) {
            return null;
        }
        if (macFirst
                && !Arrays.equals(
                        mac(end, Arrays.copyOf(record, end)), Arrays.copyOfRange(record, end, record.length))) {
            return null;
        }
        byte[] blocks = cbc(false, Arrays.copyOf(record, 16), Arrays.copyOfRange(record, 16, end));
        int count = (blocks[blocks.length - 1] & 0xff) + 1;
        int macLength = macFirst ? 0 : hash.length();
        int plain = blocks.length - count - macLength;
        if (plain < 0 || !Arrays.equals(Arrays.copyOfRange(blocks, plain + macLength, blocks.length), padding(count))) {
            return null;
        }
        byte[] content = Arrays.copyOf(blocks, plain);
        boolean verified =
                macFirst || Arrays.equals(mac(plain, content), Arrays.copyOfRange(blocks, plain, plain + macLength));
        return verified ? content : null;
    }

    private byte[] cbc(boolean encrypting, byte[] iv, byte[] blocks) {
        CBCModeCipher cbc = CBCBlockCipher.newInstance(engine());
        cbc.init(encrypting, new ParametersWithIV(new KeyParameter(key), iv));
        byte[] out = new byte[blocks.length];
        for (int i = 0; i < blocks.length; i += 16) {
            cbc.processBlock(blocks, i, out, i);
        }
        return out;
    }

    private BlockCipher engine() {
        return switch (cipher) {
            case AES_128, AES_256 -> AESEngine.newInstance();
            // without the tables of the engine that the library takes
            case CAMELLIA_128, CAMELLIA_256 -> new CamelliaLightEngine();
            case ARIA_128, ARIA_256 -> new ARIAEngine();
        };
    }
}
