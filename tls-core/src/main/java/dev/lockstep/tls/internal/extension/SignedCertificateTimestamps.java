package dev.lockstep.tls.internal.extension;

import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.ExtensionType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Proofs that the server's certificate is in public logs, RFC 6962 3.3 and 3.3.1.
 *
 * <pre>
 * struct {} SignedCertificateTimestampList;        // ClientHello form
 *
 * opaque SerializedSCT&lt;1..2^16-1&gt;;
 *
 * struct {                                         // ServerHello form
 *     SerializedSCT sct_list&lt;1..2^16-1&gt;;
 * } SignedCertificateTimestampList;
 * </pre>
 *
 * @param sctList the SCTs, each 1 to 65533 bytes; empty in the ClientHello form
 */
public record SignedCertificateTimestamps(List<byte[]> sctList) implements Extension {

    /** Keeps an immutable copy of the list, not of the arrays. */
    public SignedCertificateTimestamps {
        sctList = List.copyOf(sctList);
    }

    /** Returns the form by which a client says that it wants them. */
    public static SignedCertificateTimestamps wanted() {
        return new SignedCertificateTimestamps(List.of());
    }

    /** Reads the ClientHello form, which must be empty. */
    public static SignedCertificateTimestamps parse(WireReader body) {
        body.requireEnd("signed_certificate_timestamp");
        return wanted();
    }

    /** Reads the ServerHello form; what stands inside the SCTs is not looked at. */
    public static SignedCertificateTimestamps parseServerHello(WireReader body) {
        WireReader list = body.vector16(1, 0xffff, "sct_list");
        body.requireEnd("signed_certificate_timestamp");
        List<byte[]> scts = new ArrayList<>();
        while (!list.isEmpty()) {
            scts.add(list.opaque16(1, 0xffff, "SerializedSCT"));
        }
        return new SignedCertificateTimestamps(scts);
    }

    @Override
    public ExtensionType type() {
        return ExtensionType.SIGNED_CERTIFICATE_TIMESTAMP;
    }

    @Override
    public void encodeBody(WireWriter out) {
        if (sctList.isEmpty()) {
            return;
        }
        int list = out.beginVector16();
        sctList.forEach(out::opaque16);
        out.endVector(list);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SignedCertificateTimestamps that
                && Arrays.deepEquals(sctList.toArray(), that.sctList.toArray());
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(sctList.toArray());
    }
}
