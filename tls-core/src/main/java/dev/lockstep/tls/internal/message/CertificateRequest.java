package dev.lockstep.tls.internal.message;

import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.ClientCertificateType;
import dev.lockstep.tls.spec.HandshakeType;
import dev.lockstep.tls.spec.SignatureScheme;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Asks the client for a certificate, RFC 5246 7.4.4.
 *
 * <pre>
 * opaque DistinguishedName&lt;1..2^16-1&gt;;                                  // DER
 *
 * struct {
 *     ClientCertificateType certificate_types&lt;1..2^8-1&gt;;                // uint8 each
 *     SignatureScheme       supported_signature_algorithms&lt;2..2^16-2&gt;;  // uint16 each: hash byte, signature byte
 *     DistinguishedName     certificate_authorities&lt;0..2^16-1&gt;;         // empty: any authority will do
 * } CertificateRequest;
 * </pre>
 *
 * @param certificateTypes the numbers of the kinds of certificate, the server's favourite first
 * @param signatureSchemeCodes the numbers of the schemes, the server's favourite first
 * @param certificateAuthorities the DER encodings of the acceptable authorities' names
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by content, below; the arrays are never changed
public record CertificateRequest(
        int[] certificateTypes, int[] signatureSchemeCodes, List<byte[]> certificateAuthorities)
        implements HandshakeMessage {

    /** Keeps an immutable copy of the list, not of the arrays. */
    public CertificateRequest {
        certificateAuthorities = List.copyOf(certificateAuthorities);
    }

    /** Returns the message that asks for these. */
    public static CertificateRequest of(
            List<ClientCertificateType> types, List<SignatureScheme> schemes, List<byte[]> authorities) {
        return new CertificateRequest(
                types.stream().mapToInt(ClientCertificateType::code).toArray(),
                schemes.stream().mapToInt(SignatureScheme::code).toArray(),
                authorities);
    }

    /** Reads the body; what stands inside the names is not looked at. */
    public static CertificateRequest parse(WireReader body) {
        int[] types = body.uint8List8(1, 0xff, "certificate_types");
        int[] schemes = body.uint16List16(2, 0xfffe, "supported_signature_algorithms");
        WireReader list = body.vector16(0, 0xffff, "certificate_authorities");
        body.requireEnd("CertificateRequest");
        List<byte[]> authorities = new ArrayList<>();
        while (!list.isEmpty()) {
            authorities.add(list.opaque16(1, 0xffff, "DistinguishedName"));
        }
        return new CertificateRequest(types, schemes, authorities);
    }

    @Override
    public HandshakeType type() {
        return HandshakeType.CERTIFICATE_REQUEST;
    }

    @Override
    public int expectedLength() {
        int length = 4 + 1 + certificateTypes.length + 2 + 2 * signatureSchemeCodes.length + 2;
        for (byte[] name : certificateAuthorities) {
            length += 2 + name.length;
        }
        return length;
    }

    @Override
    public void encodeBody(WireWriter out) {
        out.uint8List8(certificateTypes).uint16List16(signatureSchemeCodes);
        int list = out.beginVector16();
        certificateAuthorities.forEach(out::opaque16);
        out.endVector(list);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CertificateRequest that
                && Arrays.equals(certificateTypes, that.certificateTypes)
                && Arrays.equals(signatureSchemeCodes, that.signatureSchemeCodes)
                && Arrays.deepEquals(certificateAuthorities.toArray(), that.certificateAuthorities.toArray());
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                Arrays.hashCode(certificateTypes),
                Arrays.hashCode(signatureSchemeCodes),
                Arrays.deepHashCode(certificateAuthorities.toArray()));
    }
}
