package dev.lockstep.tls.internal.handshake.choice;

import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.credential.StapledResponse;
import dev.lockstep.tls.internal.extension.StatusRequest;
import dev.lockstep.tls.internal.handshake.phase.Offer;
import org.jspecify.annotations.Nullable;

/** The OCSP response that goes beside the server's certificate when the client asks for one: RFC 6066 section 8. */
public final class Stapling {

    private Stapling() {}

    /**
     * Returns the response to staple, or null. It is settled once: ServerHello announces it and CertificateStatus follows.
     *
     * @param credential the credential that serves, or null
     */
    public static byte @Nullable [] choose(TlsServerConfig config, Offer offer, @Nullable Credential credential) {
        if (credential == null || !offer.extensions().has(StatusRequest.class)) {
            return null;
        }
        StapledResponse response = credential.stapledResponse(config.wallClock().instant());
        if (response.defect() != null) {
            config.observer().onOcspResponseUnusable(credential, response.defect());
        }
        return response.der();
    }
}
