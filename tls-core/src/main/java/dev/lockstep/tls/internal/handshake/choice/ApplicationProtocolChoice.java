package dev.lockstep.tls.internal.handshake.choice;

import dev.lockstep.tls.config.ApplicationProtocolSelector;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.internal.extension.ApplicationProtocols;
import dev.lockstep.tls.internal.handshake.phase.Offer;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.wait.RefusedException;
import org.jspecify.annotations.Nullable;

/** Which protocol runs inside (RFC 7301): negotiated again in every handshake, resumptions and renegotiations too. */
public final class ApplicationProtocolChoice {

    private ApplicationProtocolChoice() {}

    /**
     * The protocol, or null where none is negotiated.
     *
     * @param suite what is negotiated, or null when nothing can be
     */
    public static @Nullable String choose(TlsServerConfig config, Offer offer, @Nullable CipherSuite suite) {
        ApplicationProtocols offered = offer.extensions().find(ApplicationProtocols.class);
        ApplicationProtocolSelector selector = config.applicationProtocolSelector();
        if (offered == null
                || (selector == null && config.applicationProtocols().isEmpty())) {
            return null;
        }
        String chosen = selector == null
                ? config.applicationProtocols().stream()
                        .filter(offered::contains)
                        .findFirst()
                        .orElse(null)
                : selected(selector, offer, offered, suite);
        if (chosen == null && config.requireApplicationProtocol()) {
            // RFC 9325 3.8-2, RFC 7301 3.2-1: "In the event that the server supports no protocols that the client
            // advertises, then the server SHALL respond with a fatal "no_application_protocol" alert."
            throw FatalAlert.noApplicationProtocol("none of the client's protocols is served");
        }
        return chosen == null || chosen.isEmpty() ? null : chosen;
    }

    private static @Nullable String selected(
            ApplicationProtocolSelector selector,
            Offer offer,
            ApplicationProtocols offered,
            @Nullable CipherSuite suite) {
        String selected;
        try {
            selected = suite == null
                    ? selector.select(offered.protocols(), offer.serverName())
                    : selector.select(offered.protocols(), offer.serverName(), suite);
        } catch (RefusedException refusal) {
            throw FatalAlert.of(refusal.alert(), refusal.reason(), refusal);
        }
        if (selected != null && !selected.isEmpty() && !offered.contains(selected)) {
            throw FatalAlert.internalError("the selector chose a protocol that was not offered", null);
        }
        return selected;
    }
}
