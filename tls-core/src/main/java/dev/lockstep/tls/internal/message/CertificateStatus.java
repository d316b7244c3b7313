package dev.lockstep.tls.internal.message;

import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.CertificateStatusType;
import dev.lockstep.tls.spec.HandshakeType;
import java.util.Arrays;

/**
 * What an OCSP responder says about the server's certificate, RFC 6066 8.
 *
 * <pre>
 * opaque OCSPResponse&lt;1..2^24-1&gt;;
 *
 * struct {
 *     CertificateStatusType status_type;      // uint8, ocsp(1)
 *     select (status_type) {
 *         case ocsp: OCSPResponse;
 *     } response;
 * } CertificateStatus;
 * </pre>
 *
 * @param ocspResponse the DER encoding of an OCSPResponse of RFC 6960, 1 byte or more
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by content, below; the array is never changed
public record CertificateStatus(byte[] ocspResponse) implements HandshakeMessage {

    /** Reads the body; what stands inside the response is not looked at. */
    public static CertificateStatus parse(WireReader body) {
        int type = body.uint8("status_type");
        if (type != CertificateStatusType.OCSP.code()) {
            throw FatalAlert.decodeError("status_type: " + type + " is unknown");
        }
        byte[] response = body.opaque24(1, 0xffffff, "OCSPResponse");
        body.requireEnd("CertificateStatus");
        return new CertificateStatus(response);
    }

    @Override
    public HandshakeType type() {
        return HandshakeType.CERTIFICATE_STATUS;
    }

    @Override
    public void encodeBody(WireWriter out) {
        out.uint8(CertificateStatusType.OCSP.code()).opaque24(ocspResponse);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CertificateStatus that && Arrays.equals(ocspResponse, that.ocspResponse);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ocspResponse);
    }
}
