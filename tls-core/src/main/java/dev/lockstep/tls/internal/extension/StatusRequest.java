package dev.lockstep.tls.internal.extension;

import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.CertificateStatusType;
import dev.lockstep.tls.spec.ExtensionType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Asks for an OCSP response beside the certificate, RFC 6066 8-1.
 *
 * <pre>
 * struct {                                       // ClientHello form
 *     CertificateStatusType status_type;         // uint8, ocsp(1)
 *     select (status_type) {
 *         case ocsp: OCSPStatusRequest;
 *     } request;
 * } CertificateStatusRequest;
 *
 * struct {} CertificateStatusRequest;            // ServerHello form: CertificateStatus may follow
 * </pre>
 *
 * @param request what is asked for; null if it is of a type unknown here, and in the ServerHello form
 */
public record StatusRequest(@Nullable OcspStatusRequest request) implements Extension {

    /**
     * What a client says to the responder through the server, RFC 6066 8. A stapled response was fetched before, so it
     * is read for its shape alone.
     *
     * <pre>
     * opaque ResponderID&lt;1..2^16-1&gt;;                 // DER
     *
     * struct {
     *     ResponderID responder_id_list&lt;0..2^16-1&gt;;  // empty: any that the server chooses
     *     Extensions  request_extensions&lt;0..2^16-1&gt;; // DER; empty: none
     * } OCSPStatusRequest;
     * </pre>
     *
     * @param responderIdList the body of responder_id_list, well-formed: identifiers with their lengths
     * @param requestExtensions the body of request_extensions
     */
    @SuppressWarnings("ArrayRecordComponent") // equality is by content, below; the arrays are never changed
    public record OcspStatusRequest(byte[] responderIdList, byte[] requestExtensions) {

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof OcspStatusRequest that
                    && Arrays.equals(responderIdList, that.responderIdList)
                    && Arrays.equals(requestExtensions, that.requestExtensions);
        }

        @Override
        public int hashCode() {
            return 31 * Arrays.hashCode(responderIdList) + Arrays.hashCode(requestExtensions);
        }
    }

    /** Returns the form of most clients: any responder, no extensions. */
    public static StatusRequest ocsp() {
        return new StatusRequest(new OcspStatusRequest(new byte[0], new byte[0]));
    }

    /** Returns the ServerHello form. */
    public static StatusRequest acknowledgement() {
        return new StatusRequest(null);
    }

    /** Reads the ClientHello form. A request of an unknown type has an unknown shape and is skipped. */
    public static StatusRequest parse(WireReader body) {
        if (body.uint8("status_type") != CertificateStatusType.OCSP.code()) {
            body.skip(body.remaining(), "request");
            return new StatusRequest(null);
        }
        byte[] responders = body.opaque16(0, 0xffff, "responder_id_list");
        byte[] extensions = body.opaque16(0, 0xffff, "request_extensions");
        body.requireEnd("status_request");
        WireReader list = WireReader.of(responders);
        while (!list.isEmpty()) {
            list.skipVector16(1, 0xffff, "ResponderID");
        }
        return new StatusRequest(new OcspStatusRequest(responders, extensions));
    }

    /** Reads the ServerHello form, which must be empty. */
    public static StatusRequest parseServerHello(WireReader body) {
        body.requireEnd("status_request");
        return acknowledgement();
    }

    @Override
    public ExtensionType type() {
        return ExtensionType.STATUS_REQUEST;
    }

    @Override
    public void encodeBody(WireWriter out) {
        if (request != null) {
            out.uint8(CertificateStatusType.OCSP.code())
                    .opaque16(request.responderIdList)
                    .opaque16(request.requestExtensions);
        }
    }
}
