package dev.lockstep.tls.internal.extension;

import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.ExtensionType;
import dev.lockstep.tls.spec.SignatureScheme;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;

/**
 * The signatures the client can verify, its favourite first: RFC 5246 7.4.1.4.1-6, with the numbers of RFC 8446 4.2.3.
 *
 * <pre>
 * struct {
 *     SignatureScheme supported_signature_algorithms&lt;2..2^16-2&gt;;   // uint16 each: hash byte, signature byte
 * } SignatureSchemeList;
 * </pre>
 *
 * @param codes the numbers as they were sent, unknown ones and repetitions included
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by content, below; the array is never changed
public record SignatureAlgorithms(int[] codes) implements Extension {

    /** Returns the extension that names these schemes. */
    public static SignatureAlgorithms of(List<SignatureScheme> schemes) {
        return new SignatureAlgorithms(
                schemes.stream().mapToInt(SignatureScheme::code).toArray());
    }

    /** Reads the body. */
    public static SignatureAlgorithms parse(WireReader body) {
        int[] codes = body.uint16List16(2, 0xfffe, "supported_signature_algorithms");
        body.requireEnd("signature_algorithms");
        return new SignatureAlgorithms(codes);
    }

    /**
     * Returns the schemes that are known here, in the client's order, each once. The anonymous value, which has no
     * place here by RFC 5246 7.4.1.4.1-1, is not among them.
     */
    public List<SignatureScheme> known() {
        List<SignatureScheme> known = new ArrayList<>();
        EnumSet<SignatureScheme> seen = EnumSet.noneOf(SignatureScheme.class);
        for (int code : codes) {
            SignatureScheme scheme = SignatureScheme.of(code);
            if (scheme != null && seen.add(scheme)) {
                known.add(scheme);
            }
        }
        return List.copyOf(known);
    }

    /** Returns the extension without schemes that are unknown here. */
    SignatureAlgorithms essentials() {
        return of(known());
    }

    @Override
    public ExtensionType type() {
        return ExtensionType.SIGNATURE_ALGORITHMS;
    }

    @Override
    public void encodeBody(WireWriter out) {
        out.uint16List16(codes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SignatureAlgorithms that && Arrays.equals(codes, that.codes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(codes);
    }

    @Override
    public String toString() {
        return "SignatureAlgorithms" + known();
    }
}
