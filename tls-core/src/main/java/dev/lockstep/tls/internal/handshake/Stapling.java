package dev.lockstep.tls.internal.handshake;

import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.credential.StapledResponse;
import dev.lockstep.tls.internal.extension.Extension;
import dev.lockstep.tls.internal.extension.ExtensionSet;
import dev.lockstep.tls.internal.extension.SignedCertificateTimestamps;
import dev.lockstep.tls.internal.extension.StatusRequest;
import dev.lockstep.tls.internal.message.CertificateStatus;
import dev.lockstep.tls.internal.wire.WireReader;
import java.util.List;
import java.util.Objects;

/** What goes beside the server's certificate when the client asks for it: RFC 6066 section 8, RFC 6962 section 3.3. */
final class Stapling {

    private Stapling() {}

    /** Settles whether a response is stapled, once: ServerHello announces it and CertificateStatus keeps the word. */
    static void choose(HandshakeContext context) {
        Credential credential = context.negotiated().credential();
        if (credential == null || !context.clientHello().extensions().has(StatusRequest.class)) {
            return;
        }
        StapledResponse response =
                credential.stapledResponse(context.config().wallClock().instant());
        if (response.defect() != null) {
            context.config().observer().onOcspResponseUnusable(credential, response.defect());
        }
        context.stapledResponse(response.der());
    }

    /** Adds the answers to ServerHello's extensions; a resumed session has none (RFC 6066 1.1, RFC 6962 3.3.1). */
    static void answer(HandshakeContext context, List<Extension> extensions) {
        ExtensionSet offered = context.clientHello().extensions();
        Credential credential = context.negotiated().credential();
        // RFC 6066 8-3: "If a server returns a "CertificateStatus" message, then the server MUST have included an
        // extension of type "status_request" with empty "extension_data" in the extended server hello."
        if (context.stapledResponse() != null) {
            extensions.add(StatusRequest.acknowledgement());
        }
        // RFC 6962 3.3.1: "Servers MUST only send SCTs to clients who have indicated support for the extension in the
        // ClientHello"
        if (credential != null
                && offered.has(SignedCertificateTimestamps.class)
                && !credential.signedCertificateTimestamps().isEmpty()) {
            extensions.add(new SignedCertificateTimestamps(credential.signedCertificateTimestamps()));
        }
    }

    // RFC 6066 8-4: "a server MUST NOT send the "CertificateStatus" message unless it received a "status_request"
    // extension in the client hello message and sent a "status_request" extension in the server hello message."
    static State sendCertificateStatus(HandshakeContext context, WireReader none) {
        byte[] response = Objects.requireNonNull(context.stapledResponse(), "settled with ServerHello");
        context.send(new CertificateStatus(response).encode());
        return ServerFlight.afterStatus(context);
    }
}
