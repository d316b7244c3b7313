package dev.lockstep.tls.internal.handshake.choice;

import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.credential.CredentialRequest;
import dev.lockstep.tls.internal.extension.ApplicationProtocols;
import dev.lockstep.tls.internal.extension.CertificateAuthorities;
import dev.lockstep.tls.internal.extension.SignatureAlgorithms;
import dev.lockstep.tls.internal.extension.SupportedGroups;
import dev.lockstep.tls.internal.handshake.phase.Offer;
import dev.lockstep.tls.internal.message.ClientHello;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The credentials that are candidates for a client: those of its server name, or a selector's. They come after resumption
 * is ruled out, since a resumed session needs no credential.
 *
 * @param credentials in order of preference
 * @param serverNameUsed whether the client's server name decided
 */
public record CredentialCandidates(List<Credential> credentials, boolean serverNameUsed) {

    /** Returns the candidates: the selector's choice, or the configured credentials where it made none. */
    public static CredentialCandidates of(TlsServerConfig config, Offer offer, List<Credential> selected) {
        return selected.isEmpty()
                ? configured(config, offer)
                : new CredentialCandidates(selected, offer.serverName() != null);
    }

    /** The configured credentials for the client's server name. */
    private static CredentialCandidates configured(TlsServerConfig config, Offer offer) {
        String host = offer.serverName();
        List<Credential> own = host == null ? null : config.credentials().forHost(host);
        if (own != null) {
            return new CredentialCandidates(own, true);
        }
        List<Credential> defaults = config.credentials().defaults();
        if (defaults.isEmpty() && config.pskSource() != null && !config.requireKnownServerName()) {
            return new CredentialCandidates(List.of(), false); // a pre-shared key may do without any
        }
        // RFC 9325 3.7-1. RFC 6066 9-1: this alert goes only to who sent a name. RFC 6066 3: "If the server understood
        // the ClientHello extension but does not recognize the server name, the server SHOULD take one of two actions:
        // either abort the handshake by sending a fatal-level unrecognized_name(112) alert or continue the handshake."
        if (host != null && (config.requireKnownServerName() || defaults.isEmpty())) {
            throw FatalAlert.of(AlertDescription.UNRECOGNIZED_NAME, "no credential for the server name", null);
        }
        if (defaults.isEmpty()) {
            throw FatalAlert.handshakeFailure("no server name was sent and there is no default credential");
        }
        // RFC 6066 3-4: the name is acknowledged by a server that used it, and here it decided nothing.
        return new CredentialCandidates(defaults, false);
    }

    /** Returns what a selector is asked. */
    public static CredentialRequest request(Offer offer, OptionalLong deadlineNanos) {
        ClientHello hello = offer.hello();
        List<CipherSuite> suites = new ArrayList<>();
        for (int code : hello.cipherSuites()) {
            CipherSuite suite = CipherSuite.of(code);
            if (suite != null && !suites.contains(suite)) {
                suites.add(suite);
            }
        }
        SupportedGroups groups = hello.extensions().find(SupportedGroups.class);
        SignatureAlgorithms schemes = hello.extensions().find(SignatureAlgorithms.class);
        ApplicationProtocols protocols = hello.extensions().find(ApplicationProtocols.class);
        Map<Integer, byte[]> extensions = hello.extensions().received();
        return new CredentialRequest(
                offer.serverName(),
                suites,
                groups == null ? List.of() : groups.known(),
                schemes == null ? List.of() : schemes.known(),
                protocols == null ? List.of() : protocols.protocols(),
                CertificateAuthorities.read(extensions.get(CertificateAuthorities.TYPE)),
                extensions,
                deadlineNanos);
    }
}
