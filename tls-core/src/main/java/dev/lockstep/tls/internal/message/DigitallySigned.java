package dev.lockstep.tls.internal.message;

import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.SignatureScheme;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A signature with the name of its scheme, RFC 5246 4.7.
 *
 * <pre>
 * struct {
 *     SignatureAndHashAlgorithm algorithm;      // uint16, a SignatureScheme
 *     opaque signature&lt;0..2^16-1&gt;;
 * } DigitallySigned;
 * </pre>
 *
 * @param schemeCode the number of the scheme, as sent
 * @param signature the signature: raw for RSA and EdDSA, DER for ECDSA
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by content, below; the array is never changed
public record DigitallySigned(int schemeCode, byte[] signature) {

    /** Makes the struct under a known scheme. */
    public DigitallySigned(SignatureScheme scheme, byte[] signature) {
        this(scheme.code(), signature);
    }

    /** Reads the struct; more may follow it. */
    public static DigitallySigned parse(WireReader in) {
        return new DigitallySigned(in.uint16("algorithm"), in.opaque16(0, 0xffff, "signature"));
    }

    /** Returns the scheme, or null if it is unknown here. */
    public @Nullable SignatureScheme scheme() {
        return SignatureScheme.of(schemeCode);
    }

    /** Writes the struct. */
    public void encode(WireWriter out) {
        out.uint16(schemeCode).opaque16(signature);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DigitallySigned that
                && schemeCode == that.schemeCode
                && Arrays.equals(signature, that.signature);
    }

    @Override
    public int hashCode() {
        return 31 * schemeCode + Arrays.hashCode(signature);
    }
}
