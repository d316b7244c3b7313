package dev.lockstep.testkit.client;

import dev.lockstep.testkit.util.Bytes;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * One direction of record protection, RFC 5246 section 6.2.3 with RFC 5288, 6655, 7366 and 7905, as plainly as can be:
 * a new cipher object for every record.
 */
final class ClientCipher {

    private static final int IV = 16;

    /** For Camellia and ARIA, which the JDK does not have. */
    private static final Provider BOUNCY_CASTLE = new BouncyCastleProvider();

    private final ClientSuite suite;
    private final byte[] key;
    private final byte[] fixedIv;
    private final byte[] macKey;
    private final boolean encryptThenMac;
    private final SecureRandom random;
    private long sequence;

    /** Extra blocks of CBC padding for the next records, 0 to 15. */
    int extraPaddingBlocks;

    ClientCipher(
            ClientSuite suite, byte[] macKey, byte[] key, byte[] fixedIv, boolean encryptThenMac, SecureRandom random) {
        this.suite = suite;
        this.macKey = macKey;
        this.key = key;
        this.fixedIv = fixedIv;
        this.encryptThenMac = encryptThenMac;
        this.random = random;
    }

    /** The keys, without empty ones. */
    List<byte[]> keys() {
        return macKey.length == 0 ? List.of(key) : List.of(key, macKey);
    }

    /** The fragment that carries {@code plaintext}. */
    byte[] seal(int type, int version, byte[] plaintext) {
        try {
            byte[] sealed = suite.isCbc() ? sealCbc(type, version, plaintext) : sealAead(type, version, plaintext);
            sequence++;
            return sealed;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The plaintext of a fragment. */
    byte[] open(int type, int version, byte[] fragment) {
        try {
            byte[] opened = suite.isCbc() ? openCbc(type, version, fragment) : openAead(type, version, fragment);
            sequence++;
            return opened;
        } catch (GeneralSecurityException e) {
            throw new AssertionError("the server's record " + sequence + " does not open", e);
        }
    }

    private byte[] header(int type, int version, int length) {
        return Bytes.concat(Bytes.number(sequence, 8), Bytes.u8(type), Bytes.u16(version), Bytes.u16(length));
    }

    private byte[] sealAead(int type, int version, byte[] plaintext) throws GeneralSecurityException {
        byte[] explicit = suite.kind() == ClientSuite.Kind.CHACHA20 ? new byte[0] : Bytes.number(sequence, 8);
        byte[] body = aead(true, nonce(explicit), header(type, version, plaintext.length), plaintext);
        return Bytes.concat(explicit, body);
    }

    private byte[] openAead(int type, int version, byte[] fragment) throws GeneralSecurityException {
        int explicitLength = suite.kind() == ClientSuite.Kind.CHACHA20 ? 0 : 8;
        byte[] explicit = Bytes.slice(fragment, 0, explicitLength);
        byte[] body = Bytes.slice(fragment, explicitLength, fragment.length - explicitLength);
        return aead(false, nonce(explicit), header(type, version, body.length - suite.tagLength()), body);
    }

    private byte[] nonce(byte[] explicit) {
        if (explicit.length > 0) {
            return Bytes.concat(fixedIv, explicit);
        }
        byte[] nonce = fixedIv.clone();
        for (int i = 0; i < 8; i++) {
            nonce[4 + i] ^= (byte) (sequence >>> (8 * (7 - i)));
        }
        return nonce;
    }

    private byte[] aead(boolean seal, byte[] nonce, byte[] aad, byte[] in) throws GeneralSecurityException {
        int mode = seal ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE;
        switch (suite.kind()) {
            case GCM -> {
                Cipher cipher = cipher("GCM");
                cipher.init(mode, new SecretKeySpec(key, suite.cipher()), new GCMParameterSpec(128, nonce));
                cipher.updateAAD(aad);
                return cipher.doFinal(in);
            }
            case CHACHA20 -> {
                Cipher cipher = Cipher.getInstance("ChaCha20-Poly1305");
                cipher.init(mode, new SecretKeySpec(key, "ChaCha20"), new IvParameterSpec(nonce));
                cipher.updateAAD(aad);
                return cipher.doFinal(in);
            }
            case CCM -> {
                return seal ? sealCcm(nonce, aad, in) : openCcm(nonce, aad, in);
            }
            default -> throw new AssertionError(suite.kind());
        }
    }

    private byte[] sealCcm(byte[] nonce, byte[] aad, byte[] plaintext) throws GeneralSecurityException {
        byte[] tag = ccmTag(nonce, aad, plaintext);
        byte[] keyStreamed = ccmCounter(nonce, Bytes.concat(tag, plaintext));
        return Bytes.concat(
                Bytes.slice(keyStreamed, 16, plaintext.length), Bytes.slice(keyStreamed, 0, suite.tagLength()));
    }

    private byte[] openCcm(byte[] nonce, byte[] aad, byte[] in) throws GeneralSecurityException {
        int length = in.length - suite.tagLength();
        byte[] tag = Arrays.copyOf(Bytes.slice(in, length, suite.tagLength()), 16);
        byte[] opened = ccmCounter(nonce, Bytes.concat(tag, Bytes.slice(in, 0, length)));
        byte[] plaintext = Bytes.slice(opened, 16, length);
        byte[] expected = Arrays.copyOf(ccmTag(nonce, aad, plaintext), suite.tagLength());
        if (!Arrays.equals(expected, Arrays.copyOf(opened, suite.tagLength()))) {
            throw new AEADBadTagException("CCM tag");
        }
        return plaintext;
    }

    /** RFC 3610 section 2.2: the CBC-MAC before its encryption. The AAD is always 13 bytes here. */
    private byte[] ccmTag(byte[] nonce, byte[] aad, byte[] plaintext) throws GeneralSecurityException {
        int flags = 0x40 | (((suite.tagLength() - 2) / 2) << 3) | 2;
        byte[] first = Bytes.concat(Bytes.u8(flags), nonce, Bytes.number(plaintext.length, 3));
        byte[] padded = Arrays.copyOf(plaintext, (plaintext.length + 15) / 16 * 16);
        byte[] all = Bytes.concat(first, Arrays.copyOf(Bytes.concat(Bytes.u16(aad.length), aad), 16), padded);
        Cipher cbc = Cipher.getInstance("AES/CBC/NoPadding");
        cbc.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(new byte[IV]));
        byte[] chained = cbc.doFinal(all);
        return Bytes.slice(chained, chained.length - 16, 16);
    }

    /** RFC 3610 section 2.3: key stream block 0 goes over the tag, the further ones over the text. */
    private byte[] ccmCounter(byte[] nonce, byte[] tagAndText) throws GeneralSecurityException {
        Cipher counter = Cipher.getInstance("AES/CTR/NoPadding");
        byte[] block = Bytes.concat(Bytes.u8(2), nonce, new byte[3]);
        counter.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(block));
        return counter.doFinal(tagAndText);
    }

    private byte[] sealCbc(int type, int version, byte[] plaintext) throws GeneralSecurityException {
        byte[] iv = new byte[IV];
        random.nextBytes(iv);
        if (encryptThenMac) {
            byte[] body = Bytes.concat(iv, cbc(Cipher.ENCRYPT_MODE, iv, padded(plaintext)));
            return Bytes.concat(body, mac(header(type, version, body.length), body));
        }
        byte[] mac = mac(header(type, version, plaintext.length), plaintext);
        return Bytes.concat(iv, cbc(Cipher.ENCRYPT_MODE, iv, padded(Bytes.concat(plaintext, mac))));
    }

    private byte[] openCbc(int type, int version, byte[] fragment) throws GeneralSecurityException {
        int macLength = suite.macLength();
        if (encryptThenMac) {
            byte[] body = Bytes.slice(fragment, 0, fragment.length - macLength);
            require(mac(header(type, version, body.length), body), fragment, body.length);
            return unpadded(
                    cbc(Cipher.DECRYPT_MODE, Bytes.slice(body, 0, IV), Bytes.slice(body, IV, body.length - IV)));
        }
        byte[] iv = Bytes.slice(fragment, 0, IV);
        byte[] textAndMac = unpadded(cbc(Cipher.DECRYPT_MODE, iv, Bytes.slice(fragment, IV, fragment.length - IV)));
        byte[] text = Bytes.slice(textAndMac, 0, textAndMac.length - macLength);
        require(mac(header(type, version, text.length), text), textAndMac, text.length);
        return text;
    }

    private byte[] padded(byte[] text) {
        int padding = 15 - text.length % 16 + 16 * extraPaddingBlocks;
        byte[] pad = new byte[padding + 1];
        Arrays.fill(pad, (byte) padding);
        return Bytes.concat(text, pad);
    }

    private static byte[] unpadded(byte[] text) throws GeneralSecurityException {
        int padding = text[text.length - 1] & 0xff;
        for (int i = 0; i <= padding; i++) {
            if ((text[text.length - 1 - i] & 0xff) != padding) {
                throw new GeneralSecurityException("padding");
            }
        }
        return Arrays.copyOf(text, text.length - padding - 1);
    }

    private byte[] cbc(int mode, byte[] iv, byte[] text) throws GeneralSecurityException {
        Cipher cipher = cipher("CBC");
        cipher.init(mode, new SecretKeySpec(key, suite.cipher()), new IvParameterSpec(iv));
        return cipher.doFinal(text);
    }

    private Cipher cipher(String mode) throws GeneralSecurityException {
        String transformation = suite.cipher() + "/" + mode + "/NoPadding";
        return suite.cipher().equals("AES")
                ? Cipher.getInstance(transformation)
                : Cipher.getInstance(transformation, BOUNCY_CASTLE);
    }

    private byte[] mac(byte[] header, byte[] body) {
        return ClientPrf.hmac(suite.macHash(), macKey, header, body);
    }

    private static void require(byte[] mac, byte[] text, int offset) throws GeneralSecurityException {
        if (!MessageDigest.isEqual(mac, Bytes.slice(text, offset, mac.length))) {
            throw new GeneralSecurityException("MAC");
        }
    }
}
