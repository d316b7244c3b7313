package dev.lockstep.tls.internal.handshake.choice;

import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.CredentialOrder;
import dev.lockstep.tls.config.Servable;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.credential.StapledResponse;
import dev.lockstep.tls.internal.extension.EncryptThenMac;
import dev.lockstep.tls.internal.extension.ExtendedMasterSecret;
import dev.lockstep.tls.internal.extension.RenegotiationInfo;
import dev.lockstep.tls.internal.extension.SignatureAlgorithms;
import dev.lockstep.tls.internal.extension.SignatureAlgorithmsCert;
import dev.lockstep.tls.internal.extension.StatusRequest;
import dev.lockstep.tls.internal.extension.SupportedGroups;
import dev.lockstep.tls.internal.handshake.phase.Agreement;
import dev.lockstep.tls.internal.handshake.phase.Offer;
import dev.lockstep.tls.internal.message.ClientHello;
import dev.lockstep.tls.internal.message.HelloRandom;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.KeyExchange;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.Signaling;
import dev.lockstep.tls.spec.SignatureScheme;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the parameters of a connection from the client's offer, the configuration and the candidate credentials. A
 * function: it sends nothing and remembers nothing.
 */
public final class Negotiation {

    private final TlsServerConfig config;
    private final Offer offer;
    private final ClientHello hello;
    private final @Nullable SupportedGroups groups;
    private final Set<NamedGroup> clientGroups;
    private final Set<SignatureScheme> clientSchemes;
    private final List<CipherSuite> suites;
    private final ClientAuthentication clientAuthentication;

    private Negotiation(TlsServerConfig config, Offer offer) {
        this.config = config;
        this.offer = offer;
        this.hello = offer.hello();
        this.groups = hello.extensions().find(SupportedGroups.class);
        this.clientGroups = EnumSet.noneOf(NamedGroup.class);
        if (groups != null) {
            clientGroups.addAll(groups.known());
        }
        SignatureAlgorithms schemes = hello.extensions().find(SignatureAlgorithms.class);
        // RFC 5246 7.4.1.4.1-3: "If the client does not send the signature_algorithms extension, the server MUST do the
        // following": take {sha1,rsa} or {sha1,ecdsa} for its offer, usable only where SHA-1 is enabled.
        this.clientSchemes = EnumSet.noneOf(SignatureScheme.class);
        clientSchemes.addAll(
                schemes == null
                        ? List.of(SignatureScheme.RSA_PKCS1_SHA1, SignatureScheme.ECDSA_SHA1)
                        : schemes.known());
        this.suites = config.cipherSuitesFor(hello.cipherSuites());
        this.clientAuthentication = config.clientAuthentication(offer.serverName());
    }

    /** Returns what is agreed on, the server's preference deciding; an offer with nothing in common is fatal. */
    public static Agreement.Builder choose(
            TlsServerConfig config, Offer offer, CredentialCandidates candidates, HelloRandom serverRandom) {
        return new Negotiation(config, offer).choose(candidates, serverRandom);
    }

    private Agreement.Builder choose(CredentialCandidates candidates, HelloRandom serverRandom) {
        List<Credential> all = candidates.credentials();
        List<Credential> fitting = withChainsThatFit(all);
        Agreement.Builder chosen = null;
        if (!fitting.isEmpty() && fitting.size() < all.size()) {
            chosen = inOrder(fitting, serverRandom);
        }
        if (chosen == null) {
            chosen = inOrder(all, serverRandom);
        }
        // even where nothing else is in common, a client whose protocols are not served hears of those
        String applicationProtocol =
                ApplicationProtocolChoice.choose(config, offer, chosen == null ? null : chosen.cipherSuite());
        if (chosen == null) {
            throw nothingInCommon();
        }
        chosen.serverNameUsed = candidates.serverNameUsed();
        chosen.applicationProtocol = applicationProtocol;
        return chosen;
    }

    /**
     * The credentials whose certificates are signed with what the client verifies. RFC 5246 7.4.2-14: "If the client
     * provided a "signature_algorithms" extension, then all certificates provided by the server MUST be signed by a
     * hash/signature algorithm pair that appears in that extension." RFC 8446 4.2.3: "If no
     * "signature_algorithms_cert" extension is present, then the "signature_algorithms" extension also applies to
     * signatures appearing in certificates." A server that has no such chain sends the one it has: the client may know
     * what it did not list, and its failure to verify is its own to report.
     */
    private List<Credential> withChainsThatFit(List<Credential> credentials) {
        SignatureAlgorithmsCert forCertificates = hello.extensions().find(SignatureAlgorithmsCert.class);
        if (credentials.size() < 2
                || (forCertificates == null && !hello.extensions().has(SignatureAlgorithms.class))) {
            return credentials;
        }
        Collection<SignatureScheme> accepted = forCertificates == null ? clientSchemes : forCertificates.known();
        return credentials.stream()
                .filter(credential -> credential.chainFits(accepted))
                .toList();
    }

    /** The credentials all together, or where their order decides one by one and at last none. */
    private Agreement.@Nullable Builder inOrder(List<Credential> credentials, HelloRandom serverRandom) {
        if (config.credentialOrder() == CredentialOrder.SUITES_FIRST) {
            return choose(credentials, serverRandom);
        }
        for (Credential credential : credentials) {
            Agreement.Builder chosen = choose(List.of(credential), serverRandom);
            if (chosen != null) {
                return chosen;
            }
        }
        return choose(List.of(), serverRandom);
    }

    private Agreement.@Nullable Builder choose(List<Credential> credentials, HelloRandom serverRandom) {
        // What authenticates depends on the exchange alone, of which there are few, and credentials may be many.
        Map<KeyExchange, Optional<Authentication>> found = new EnumMap<>(KeyExchange.class);
        for (CipherSuite suite : suites) {
            KeyExchange exchange = suite.keyExchange();
            NamedGroup group = exchange.isEphemeral() ? chooseGroup(exchange) : null;
            // RFC 7919 4-5: "A TLS server MUST NOT select an FFDHE cipher suite if the client did not offer one"; and
            // RFC 5246 7.4.1.2-2: what the client lists and this server does not know is passed over.
            if (!hello.offers(suite.code()) || (exchange.isEphemeral() && group == null)) {
                continue;
            }
            Authentication authentication = found.computeIfAbsent(
                            exchange, each -> Optional.ofNullable(chooseAuthentication(each, credentials)))
                    .orElse(null);
            if (authentication == null) {
                continue;
            }
            Agreement.Builder chosen = offered(suite, offer, serverRandom);
            chosen.credential = authentication.credential;
            chosen.group = group;
            chosen.signatureScheme = authentication.scheme;
            chosen.extendedMasterSecret = offer.extensions().has(ExtendedMasterSecret.class);
            chosen.stapledResponse = staple(authentication.credential);
            chosen.identityHint = config.pskIdentityHint().length > 0;
            // RFC 4279 2: with a pre-shared key "the Certificate and CertificateRequest payloads are omitted from the
            // response."
            if (!exchange.usesPsk()) {
                chosen.clientAuthentication = clientAuthentication;
            }
            return chosen;
        }
        return null;
    }

    /**
     * Returns the OCSP response to staple (RFC 6066 section 8), or null. It is settled once: ServerHello announces it and
     * CertificateStatus follows.
     */
    private byte @Nullable [] staple(@Nullable Credential credential) {
        if (credential == null || !offer.extensions().has(StatusRequest.class)) {
            return null;
        }
        StapledResponse response = credential.stapledResponse(config.wallClock().instant());
        if (response.defect() != null) {
            config.observer().onOcspResponseUnusable(credential, response.defect());
        }
        return response.der();
    }

    /** How the server proves who it is: a certificate, with the scheme it signs with if it does, or neither. */
    private record Authentication(
            @Nullable Credential credential, @Nullable SignatureScheme scheme) {}

    /** The first credential that serves the exchange; null when none does. */
    private @Nullable Authentication chooseAuthentication(KeyExchange exchange, List<Credential> credentials) {
        if (exchange.usesPsk() && clientAuthentication.isRequired()) {
            return null; // a pre-shared key does not take the place of a certificate that is required
        }
        if (!exchange.usesCertificate()) {
            // where credentials come first, the suites without one are tried when none of them is left
            boolean tooEarly = config.credentialOrder() == CredentialOrder.CREDENTIALS_FIRST && !credentials.isEmpty();
            return tooEarly ? null : new Authentication(null, null);
        }
        for (Credential credential : credentials) {
            if (exchange.decryptsPremaster()) {
                if (credential.canDecrypt()) {
                    return new Authentication(credential, null);
                }
                continue;
            }
            SignatureScheme scheme = chooseScheme(exchange, credential);
            if (scheme != null) {
                return new Authentication(credential, scheme);
            }
        }
        return null;
    }

    /**
     * Returns what a handshake that continues {@code session} agrees on: its suite and its secret; what belongs to a
     * connection and not to a session is negotiated afresh.
     */
    public static Agreement.Builder resume(
            TlsServerConfig config, Offer offer, ResumableSession session, HelloRandom serverRandom) {
        // RFC 6066 3-7: "When resuming a session, the server MUST NOT include a server_name extension in the server
        // hello."
        Agreement.Builder resumed = offered(session.cipherSuite(), offer, serverRandom);
        resumed.applicationProtocol = ApplicationProtocolChoice.choose(config, offer, session.cipherSuite());
        // RFC 7627 5.3-4: "If the new ClientHello contains the extension and the server chooses to continue the
        // handshake, then the server MUST include the "extended_master_secret" extension in its ServerHello".
        resumed.extendedMasterSecret = session.extendedMasterSecret();
        resumed.resumed = true;
        return resumed;
    }

    /** What every handshake on {@code suite} takes from the offer. */
    private static Agreement.Builder offered(CipherSuite suite, Offer offer, HelloRandom serverRandom) {
        Agreement.Builder offered = new Agreement.Builder(suite, offer.hello().random(), serverRandom);
        offered.serverName = offer.serverName();
        // RFC 7366 3-1, 2-2: "If a server receives an encrypt-then-MAC request extension from a client and then selects
        // a stream or Authenticated Encryption with Associated Data (AEAD) ciphersuite, it MUST NOT send an
        // encrypt-then-MAC response extension back to the client."
        offered.encryptThenMac = offer.extensions().has(EncryptThenMac.class) && !suite.isAead();
        offered.secureRenegotiation = offer.extensions().has(RenegotiationInfo.class)
                || offer.hello().offers(Signaling.TLS_EMPTY_RENEGOTIATION_INFO_SCSV);
        return offered;
    }

    private @Nullable NamedGroup chooseGroup(KeyExchange exchange) {
        boolean finiteField = !exchange.isEcdhe();
        // RFC 8422 4: without a list "the server is free to choose any one of the elliptic curves or point formats
        // listed in
        // Section 5": P-256 then, which every such client has. RFC 7919 4 leaves the FFDHE group to the server.
        boolean free = groups == null || (finiteField && !groups.namesFiniteField());
        if (free && !finiteField && config.groups().contains(NamedGroup.SECP256R1)) {
            return NamedGroup.SECP256R1;
        }
        // RFC 8422 4-1, 5.1-2, 5.1-4: "servers MUST NOT negotiate the use of an ECC cipher suite unless they can
        // complete the handshake while respecting the choice of curves specified by the client." RFC 7919 4-1, 4-3,
        // 4-4: "A TLS server MUST NOT select a named FFDHE group that was not offered by a compatible client."
        for (NamedGroup group : config.groups()) {
            if (group.isFiniteField() == finiteField && (free || clientGroups.contains(group))) {
                return group;
            }
        }
        return null;
    }

    private @Nullable SignatureScheme chooseScheme(KeyExchange exchange, Credential credential) {
        NamedGroup curve = credential.curve();
        // RFC 5246 7.4.2-13, RFC 8422 5.1-3, 5.3-3, 5.3-4: "the public key in the server's certificate MUST respect the
        // client's choice of elliptic curves": the list bounds the certificate as well as the key share.
        if (curve != null && groups != null && !clientGroups.contains(curve)) {
            return null;
        }
        // RFC 5246 7.4.3-2, 7.4.3-3, 7.4.3-4: "the server MUST check any candidate cipher suites against the
        // "signature_algorithms" extension before selecting them."
        for (SignatureScheme scheme : config.signatureSchemes()) {
            if (Servable.signs(exchange, scheme)
                    && clientSchemes.contains(scheme)
                    && credential.signatureSchemes().contains(scheme)) {
                return scheme;
            }
        }
        return null;
    }

    private FatalAlert nothingInCommon() {
        if (hello.offersOnlyTls13Suites()) {
            // RFC 5246 7.2.2: "The protocol version the client has attempted to negotiate is recognized but not
            // supported." Such a client says 3.3 in client_version, and means what it says in supported_versions.
            return FatalAlert.protocolVersion("the client offers TLS 1.3 only");
        }
        boolean dheOffered = config.cipherSuites().stream()
                .anyMatch(suite -> suite.keyExchange().isEphemeral()
                        && !suite.keyExchange().isEcdhe()
                        && hello.offers(suite.code()));
        // RFC 7919 4-2: "If the extension is present with FFDHE groups, none of the client's offered groups are
        // acceptable by the server, and none of the client's proposed non-FFDHE cipher suites are acceptable to the
        // server, the server MUST end the connection with a fatal TLS alert of type insufficient_security(71)."
        if (dheOffered && groups != null && groups.namesFiniteField() && chooseGroup(KeyExchange.DHE_RSA) == null) {
            return FatalAlert.insufficientSecurity("no FFDHE group in common");
        }
        return FatalAlert.handshakeFailure("no cipher suite, group, scheme and certificate in common");
    }
}
