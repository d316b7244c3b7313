package dev.lockstep.tls.internal.message;

import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.HandshakeType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A certificate chain, RFC 5246 7.4.2 and 7.4.6, where it is called Certificate.
 *
 * <pre>
 * opaque ASN.1Cert&lt;1..2^24-1&gt;;
 *
 * struct {
 *     ASN.1Cert certificate_list&lt;0..2^24-1&gt;;   // the sender's own first; empty only from a client
 * } Certificate;
 * </pre>
 *
 * @param certificates the DER encodings, the sender's own certificate first
 */
public record CertificateMessage(List<byte[]> certificates) implements HandshakeMessage {

    /** Keeps an immutable copy of the list, not of the arrays. */
    public CertificateMessage {
        certificates = List.copyOf(certificates);
    }

    /** Reads the body, of any length; what stands inside the certificates is not looked at. */
    public static CertificateMessage parse(WireReader body) {
        return parse(body, Integer.MAX_VALUE, 0xffffff);
    }

    /**
     * Reads the body of a client's message; what stands inside the certificates is not looked at. An empty list is
     * legal: the client has none that would do. A chain over a limit is well-formed: RFC 5246 7.2.2 has
     * certificate_unknown for "Some other (unspecified) issue [...] rendering it unacceptable".
     *
     * @param maxCertificates the longest chain to take; a longer one is certificate_unknown
     * @param maxBytes the most bytes of certificate_list to take; more are certificate_unknown
     */
    public static CertificateMessage parse(WireReader body, int maxCertificates, int maxBytes) {
        WireReader list = body.vector24(0, 0xffffff, "certificate_list");
        body.requireEnd("Certificate");
        if (list.remaining() > maxBytes) {
            throw overLimit("certificate_list: " + list.remaining() + " bytes where " + maxBytes + " are the limit");
        }
        List<byte[]> certificates = new ArrayList<>();
        while (!list.isEmpty()) {
            if (certificates.size() == maxCertificates) {
                throw overLimit("certificate_list: more than " + maxCertificates + " certificates");
            }
            certificates.add(list.opaque24(1, 0xffffff, "ASN.1Cert"));
        }
        return new CertificateMessage(certificates);
    }

    private static FatalAlert overLimit(String reason) {
        return FatalAlert.of(AlertDescription.CERTIFICATE_UNKNOWN, reason, null);
    }

    @Override
    public HandshakeType type() {
        return HandshakeType.CERTIFICATE;
    }

    @Override
    public int expectedLength() {
        int length = 4 + 3;
        for (byte[] certificate : certificates) {
            length += 3 + certificate.length;
        }
        return length;
    }

    @Override
    public void encodeBody(WireWriter out) {
        int list = out.beginVector24();
        certificates.forEach(out::opaque24);
        out.endVector(list);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CertificateMessage that
                && Arrays.deepEquals(certificates.toArray(), that.certificates.toArray());
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(certificates.toArray());
    }
}
