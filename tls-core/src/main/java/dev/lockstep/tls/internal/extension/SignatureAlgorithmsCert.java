package dev.lockstep.tls.internal.extension;

import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.ExtensionType;
import dev.lockstep.tls.spec.SignatureScheme;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The signatures the client can verify in certificates, where they differ from those of {@link SignatureAlgorithms}:
 * RFC 8446 4.2.3.
 *
 * <pre>
 * struct {
 *     SignatureScheme supported_signature_algorithms&lt;2..2^16-2&gt;;   // uint16 each
 * } SignatureSchemeList;
 * </pre>
 *
 * @param codes the numbers as they were sent, unknown ones and repetitions included
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by content, below; the array is never changed
public record SignatureAlgorithmsCert(int[] codes) implements Extension {

    /** Returns the extension that names these schemes. */
    public static SignatureAlgorithmsCert of(List<SignatureScheme> schemes) {
        return new SignatureAlgorithmsCert(
                schemes.stream().mapToInt(SignatureScheme::code).toArray());
    }

    /** Reads the body. */
    public static SignatureAlgorithmsCert parse(WireReader body) {
        int[] codes = body.uint16List16(2, 0xfffe, "supported_signature_algorithms");
        body.requireEnd("signature_algorithms_cert");
        return new SignatureAlgorithmsCert(codes);
    }

    /** Returns the schemes that are known here, in the client's order, each once. */
    public List<SignatureScheme> known() {
        return new SignatureAlgorithms(codes).known();
    }

    /** Returns the extension without schemes that are unknown here. */
    SignatureAlgorithmsCert essentials() {
        return new SignatureAlgorithmsCert(
                known().stream().mapToInt(SignatureScheme::code).toArray());
    }

    @Override
    public ExtensionType type() {
        return ExtensionType.SIGNATURE_ALGORITHMS_CERT;
    }

    @Override
    public void encodeBody(WireWriter out) {
        out.uint16List16(codes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SignatureAlgorithmsCert that && Arrays.equals(codes, that.codes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(codes);
    }

    @Override
    public String toString() {
        return "SignatureAlgorithmsCert" + known();
    }
}
