package dev.lockstep.tls.internal.record;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** Records made straight from the RFCs' formulas with javax.crypto alone (by bcprov for Camellia and ARIA), to compare with. Slow and plain. */
final class ReferenceRecords {
    private final RecordSuite suite;

    ReferenceRecords(RecordSuite suite) {
        this.suite = suite;
    }

    /** A whole record; {@code iv} and {@code paddingLength} (the value of the padding bytes) count for CBC only. */
    byte[] record(long sequence, int type, int version, byte[] plaintext, byte[] iv, int paddingLength) {
        try {
            byte[] fragment = suite.suite().isAead()
                    ? aead(sequence, type, version, plaintext)
                    : cbc(sequence, type, version, plaintext, iv, paddingLength);
            return whole(type, version, fragment);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    byte[] record(long sequence, int type, byte[] plaintext) {
        return record(sequence, type, 0x0303, plaintext, new byte[16], -1);
    }

    static byte[] whole(int type, int version, byte[] fragment) {
        return concat(
                new byte[] {(byte) type, (byte) (version >> 8), (byte) version}, uint16(fragment.length), fragment);
    }

    /** Smallest padding length that fills the last block. */
    int shortestPadding(int plaintextLength) {
        int unpadded =
                plaintextLength + (suite.encryptThenMac() ? 0 : suite.mac().length());
        return 15 - unpadded % 16;
    }

    private byte[] aead(long sequence, int type, int version, byte[] plaintext) throws GeneralSecurityException {
        byte[] aad = header(sequence, type, version, plaintext.length);
        byte[] explicit = ByteBuffer.allocate(8).putLong(sequence).array();
        SecretKeySpec aes = new SecretKeySpec(suite.key(), "AES");
        switch (suite.cipher()) {
            case AES_128_GCM, AES_256_GCM, CAMELLIA_128_GCM, CAMELLIA_256_GCM, ARIA_128_GCM, ARIA_256_GCM -> {
                Cipher gcm = cipher("GCM");
                gcm.init(Cipher.ENCRYPT_MODE, key(), new GCMParameterSpec(128, concat(suite.fixedIv(), explicit)));
                gcm.updateAAD(aad);
                return concat(explicit, gcm.doFinal(plaintext));
            }
            case CHACHA20_POLY1305 -> {
                byte[] nonce = suite.fixedIv().clone();
                for (int i = 0; i < 8; i++) {
                    nonce[4 + i] ^= explicit[i];
                }
                Cipher chacha = Cipher.getInstance("ChaCha20-Poly1305");
                chacha.init(
                        Cipher.ENCRYPT_MODE, new SecretKeySpec(suite.key(), "ChaCha20"), new IvParameterSpec(nonce));
                chacha.updateAAD(aad);
                return chacha.doFinal(plaintext);
            }
            default -> {
                return concat(explicit, ccm(aes, concat(suite.fixedIv(), explicit), aad, plaintext));
            }
        }
    }

    /** RFC 3610 with L = 3, built on single blocks. */
    private byte[] ccm(SecretKeySpec aes, byte[] nonce, byte[] aad, byte[] plaintext) throws GeneralSecurityException {
        int tagLength = suite.cipher().tagLength();
        Cipher block = Cipher.getInstance("AES/ECB/NoPadding");
        block.init(Cipher.ENCRYPT_MODE, aes);
        byte[] b0 = concat(
                new byte[] {(byte) (0x40 | (tagLength - 2) / 2 << 3 | 2)},
                nonce,
                new byte[] {0},
                uint16(plaintext.length));
        byte[] authenticated = concat(b0, padded(concat(uint16(aad.length), aad)), padded(plaintext));
        byte[] mac = new byte[16];
        for (int i = 0; i < authenticated.length; i += 16) {
            mac = block.doFinal(xor(mac, Arrays.copyOfRange(authenticated, i, i + 16)));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i * 16 < plaintext.length; i++) {
            byte[] key = counterBlock(block, nonce, i + 1);
            byte[] part = Arrays.copyOfRange(plaintext, i * 16, Math.min(i * 16 + 16, plaintext.length));
            out.writeBytes(xor(part, key));
        }
        out.writeBytes(Arrays.copyOf(xor(mac, counterBlock(block, nonce, 0)), tagLength));
        return out.toByteArray();
    }

    private static byte[] counterBlock(Cipher block, byte[] nonce, int counter) throws GeneralSecurityException {
        return block.doFinal(concat(new byte[] {2}, nonce, new byte[] {(byte) (counter >> 16)}, uint16(counter)));
    }

    private byte[] cbc(long sequence, int type, int version, byte[] plaintext, byte[] iv, int paddingLength)
            throws GeneralSecurityException {
        int padding = paddingLength < 0 ? shortestPadding(plaintext.length) : paddingLength;
        byte[] paddingBytes = new byte[padding + 1];
        Arrays.fill(paddingBytes, (byte) padding);
        Cipher cbc = cipher("CBC");
        cbc.init(Cipher.ENCRYPT_MODE, key(), new IvParameterSpec(iv));
        if (suite.encryptThenMac()) {
            byte[] encrypted = concat(iv, cbc.doFinal(concat(plaintext, paddingBytes)));
            return concat(encrypted, mac(header(sequence, type, version, encrypted.length), encrypted));
        }
        byte[] mac = mac(header(sequence, type, version, plaintext.length), plaintext);
        return concat(iv, cbc.doFinal(concat(plaintext, mac, paddingBytes)));
    }

    private Cipher cipher(String mode) throws GeneralSecurityException {
        String transformation = family() + "/" + mode + "/NoPadding";
        return family().equals("AES")
                ? Cipher.getInstance(transformation)
                : Cipher.getInstance(transformation, new BouncyCastleProvider());
    }

    private SecretKeySpec key() {
        return new SecretKeySpec(suite.key(), family());
    }

    private String family() {
        return suite.cipher().name().split("_")[0];
    }

    private byte[] mac(byte[] header, byte[] data) throws GeneralSecurityException {
        String name =
                switch (suite.mac()) {
                    case HMAC_SHA1 -> "HmacSHA1";
                    case HMAC_SHA256 -> "HmacSHA256";
                    case HMAC_SHA384 -> "HmacSHA384";
                    case NULL -> throw new AssertionError();
                };
        Mac mac = Mac.getInstance(name);
        mac.init(new SecretKeySpec(suite.macKey(), name));
        mac.update(header);
        return mac.doFinal(data);
    }

    private static byte[] header(long sequence, int type, int version, int length) {
        return ByteBuffer.allocate(13)
                .putLong(sequence)
                .put((byte) type)
                .putShort((short) version)
                .putShort((short) length)
                .array();
    }

    private static byte[] uint16(int value) {
        return new byte[] {(byte) (value >> 8), (byte) value};
    }

    private static byte[] padded(byte[] bytes) {
        return Arrays.copyOf(bytes, (bytes.length + 15) / 16 * 16);
    }

    private static byte[] xor(byte[] a, byte[] b) {
        byte[] out = a.clone();
        for (int i = 0; i < out.length; i++) {
            out[i] ^= b[i];
        }
        return out;
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
