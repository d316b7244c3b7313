package dev.lockstep.testkit.client;

import dev.lockstep.testkit.util.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The PRF of RFC 5246 section 5, written once more so that a fault of the library's cannot cancel out. */
public final class ClientPrf {

    private ClientPrf() {}

    /**
     * PRF(secret, label, seed).
     *
     * @param hash "SHA-256" or "SHA-384"
     */
    public static byte[] prf(String hash, byte[] secret, String label, byte[] seed, int length) {
        byte[] labelAndSeed = Bytes.concat(label.getBytes(StandardCharsets.US_ASCII), seed);
        byte[] out = new byte[0];
        byte[] a = labelAndSeed;
        while (out.length < length) {
            a = hmac(hash, secret, a);
            out = Bytes.concat(out, hmac(hash, secret, a, labelAndSeed));
        }
        return Arrays.copyOf(out, length);
    }

    /**
     * HMAC of the concatenated parts.
     *
     * @param hash "SHA-1", "SHA-256" or "SHA-384"
     */
    public static byte[] hmac(String hash, byte[] key, byte[]... parts) {
        try {
            String algorithm = "Hmac" + hash.replace("-", "");
            Mac mac = Mac.getInstance(algorithm);
            // the JDK refuses an empty key, which HMAC pads to the block with zeros like a key of one zero
            mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, algorithm));
            for (byte[] part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
