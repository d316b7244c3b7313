package dev.lockstep.tls.internal.message;

import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import java.util.Arrays;

/**
 * The premaster secret, encrypted to the key of the certificate: RFC 5246 7.4.7.1.
 *
 * <pre>
 * struct {
 *     opaque encrypted_pre_master_secret&lt;1..2^16-1&gt;;
 * } EncryptedPreMasterSecret;
 * </pre>
 *
 * <p>RFC 5246 7.4.7.1-5: "Implementors upgrading from SSLv3 MUST modify their implementations to generate and accept
 * the correct encoding", which is the one with these two length bytes.
 *
 * @param encryptedPremaster the ciphertext as sent, 1 to 65535 bytes; whether it has the length of the modulus is not
 *     judged here
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by content, below; the array is never changed
public record RsaClientKeyExchange(byte[] encryptedPremaster) implements ClientKeyExchange {

    /** Reads the body. */
    public static RsaClientKeyExchange parse(WireReader body) {
        byte[] encryptedPremaster = body.opaque16(1, 0xffff, "encrypted_pre_master_secret");
        body.requireEnd("ClientKeyExchange");
        return new RsaClientKeyExchange(encryptedPremaster);
    }

    @Override
    public void encodeBody(WireWriter out) {
        out.opaque16(encryptedPremaster);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RsaClientKeyExchange that && Arrays.equals(encryptedPremaster, that.encryptedPremaster);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(encryptedPremaster);
    }
}
