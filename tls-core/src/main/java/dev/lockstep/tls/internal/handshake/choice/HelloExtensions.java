package dev.lockstep.tls.internal.handshake.choice;

import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.internal.extension.ApplicationProtocols;
import dev.lockstep.tls.internal.extension.EcPointFormats;
import dev.lockstep.tls.internal.extension.EncryptThenMac;
import dev.lockstep.tls.internal.extension.ExtendedMasterSecret;
import dev.lockstep.tls.internal.extension.Extension;
import dev.lockstep.tls.internal.extension.ExtensionSet;
import dev.lockstep.tls.internal.extension.ServerName;
import dev.lockstep.tls.internal.extension.SessionTicket;
import dev.lockstep.tls.internal.extension.SignedCertificateTimestamps;
import dev.lockstep.tls.internal.extension.StatusRequest;
import dev.lockstep.tls.internal.handshake.phase.Agreement;
import dev.lockstep.tls.internal.handshake.phase.History;
import dev.lockstep.tls.internal.handshake.phase.Offer;
import java.util.ArrayList;
import java.util.List;

/** The extensions of ServerHello: the agreement as the client is told of it. */
public final class HelloExtensions {

    private HelloExtensions() {}

    /**
     * Returns the extensions in the order in which they are sent. RFC 5246 7.4.1.4-1, 7.4.1.4.1-5: "An extension type MUST
     * NOT appear in the ServerHello unless the same extension type appeared in the corresponding ClientHello."
     */
    public static ExtensionSet of(TlsServerConfig config, History history, Offer offer, Agreement agreement) {
        List<Extension> extensions = new ArrayList<>();
        // RFC 5746 3.6-4, 3.6-6, 4.3-1: both the extension and the SCSV ask for the answer, in spite of the rule above.
        if (agreement.secureRenegotiation()) {
            extensions.add(RenegotiationRules.answer(history));
        }
        if (agreement.serverNameUsed() && config.acknowledgeServerName()) {
            // RFC 6066 3-4: "the server SHALL include an extension of type "server_name" in the (extended) server
            // hello."
            extensions.add(ServerName.acknowledgement());
        }
        addStatements(extensions, offer, agreement);
        agreement.recordLengths().answer(extensions, config.recordSizeLimit());
        if (agreement.keyExchange().isEcdhe() && offer.extensions().has(EcPointFormats.class)) {
            extensions.add(EcPointFormats.uncompressedOnly());
        }
        if (agreement.applicationProtocol() != null) {
            // RFC 7301 3.2-2, 3.2-3: "The server SHALL NOT respond with a selected protocol and subsequently use a
            // different protocol for application data exchange." RFC 9325 3.8-1
            extensions.add(new ApplicationProtocols(List.of(agreement.applicationProtocol())));
        }
        if (agreement.encryptThenMac()) {
            extensions.add(new EncryptThenMac());
        }
        if (agreement.extendedMasterSecret()) {
            // RFC 9325 3.5-4, RFC 7627 5.2-2, 5.2-3: "If a server implementing this document receives the
            // "extended_master_secret" extension, it MUST include the extension in its ServerHello message."
            extensions.add(new ExtendedMasterSecret());
        }
        if (agreement.givesTicket()) {
            // RFC 5077 3.2-3: "The server MUST send this extension in the ServerHello if it wishes to issue a new
            // ticket to the client using the NewSessionTicket handshake message."
            extensions.add(SessionTicket.empty());
        }
        return ExtensionSet.of(extensions);
    }

    /** What others say about the certificate; a resumed session has none of it (RFC 6066 1.1, RFC 6962 3.3.1). */
    private static void addStatements(List<Extension> extensions, Offer offer, Agreement agreement) {
        Credential credential = agreement.credential();
        // RFC 6066 8-3: "If a server returns a "CertificateStatus" message, then the server MUST have included an
        // extension of type "status_request" with empty "extension_data" in the extended server hello."
        if (agreement.isStapled()) {
            extensions.add(StatusRequest.acknowledgement());
        }
        // RFC 6962 3.3.1: "Servers MUST only send SCTs to clients who have indicated support for the extension in the
        // ClientHello"
        if (credential != null
                && offer.extensions().has(SignedCertificateTimestamps.class)
                && !credential.signedCertificateTimestamps().isEmpty()) {
            extensions.add(new SignedCertificateTimestamps(credential.signedCertificateTimestamps()));
        }
    }
}
