package dev.lockstep.tls.internal.handshake;

import dev.lockstep.tls.config.Servable;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.internal.extension.ApplicationProtocols;
import dev.lockstep.tls.internal.extension.EncryptThenMac;
import dev.lockstep.tls.internal.extension.ExtendedMasterSecret;
import dev.lockstep.tls.internal.extension.RenegotiationInfo;
import dev.lockstep.tls.internal.extension.SignatureAlgorithms;
import dev.lockstep.tls.internal.extension.SupportedGroups;
import dev.lockstep.tls.internal.message.ClientHello;
import dev.lockstep.tls.internal.message.HelloRandom;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.keys.Credential;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.KeyExchange;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.Signaling;
import dev.lockstep.tls.spec.SignatureScheme;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the parameters of a connection from the client's offer, the configuration and the candidate credentials. A
 * function: it sends nothing and remembers nothing.
 */
final class Negotiation {

    private final TlsServerConfig config;
    private final ClientHello hello;
    private final @Nullable SupportedGroups groups;
    private final List<NamedGroup> clientGroups;
    private final List<SignatureScheme> clientSchemes;

    private Negotiation(TlsServerConfig config, ClientHello hello) {
        this.config = config;
        this.hello = hello;
        this.groups = hello.extensions().find(SupportedGroups.class);
        this.clientGroups = groups == null ? List.of() : groups.known();
        SignatureAlgorithms schemes = hello.extensions().find(SignatureAlgorithms.class);
        // RFC 5246 7.4.1.4.1: "If the client does not send the signature_algorithms extension, the server MUST do the
        // following: if the negotiated key exchange algorithm is one of (RSA, DHE_RSA, ...), behave as if client had
        // sent the value {sha1,rsa}" and likewise {sha1,ecdsa}: usable only where SHA-1 is enabled.
        this.clientSchemes =
                schemes == null ? List.of(SignatureScheme.RSA_PKCS1_SHA1, SignatureScheme.ECDSA_SHA1) : schemes.known();
    }

    /** The parameters, the server's preference deciding; an offer with nothing in common is fatal. */
    static NegotiatedParameters choose(
            TlsServerConfig config,
            ClientHello hello,
            CredentialChoice.Candidates candidates,
            HelloRandom serverRandom) {
        return new Negotiation(config, hello).choose(candidates, serverRandom);
    }

    private NegotiatedParameters choose(CredentialChoice.Candidates candidates, HelloRandom serverRandom) {
        String applicationProtocol = chooseApplicationProtocol();
        for (CipherSuite suite : config.cipherSuites()) {
            KeyExchange exchange = suite.keyExchange();
            NamedGroup group = exchange.isEphemeral() ? chooseGroup(exchange) : null;
            if (!hello.offers(suite.code()) || (exchange.isEphemeral() && group == null)) {
                continue;
            }
            for (Credential credential : candidates.credentials()) {
                SignatureScheme scheme = exchange.isEphemeral() ? chooseScheme(exchange, credential) : null;
                if (exchange.isEphemeral() ? scheme == null : !credential.canDecrypt()) {
                    continue;
                }
                return new NegotiatedParameters(
                        suite,
                        credential,
                        group,
                        scheme,
                        CredentialChoice.serverName(hello),
                        candidates.serverNameUsed(),
                        applicationProtocol,
                        hello.extensions().has(ExtendedMasterSecret.class),
                        // RFC 7366 3: "If a server receives an encrypt-then-MAC request extension from a client and
                        // then selects a stream or AEAD ciphersuite, it MUST NOT send an encrypt-then-MAC response"
                        hello.extensions().has(EncryptThenMac.class) && !suite.isAead(),
                        hello.extensions().has(RenegotiationInfo.class)
                                || hello.offers(Signaling.TLS_EMPTY_RENEGOTIATION_INFO_SCSV),
                        hello.random(),
                        serverRandom);
            }
        }
        throw nothingInCommon();
    }

    private @Nullable NamedGroup chooseGroup(KeyExchange exchange) {
        boolean finiteField = !exchange.isEcdhe();
        if (groups == null || (finiteField && !groups.namesFiniteField())) {
            return groupWithoutOffer(finiteField);
        }
        for (NamedGroup group : config.groups()) {
            if (group.isFiniteField() == finiteField && clientGroups.contains(group)) {
                return group;
            }
        }
        return null;
    }

    /**
     * RFC 8422 4: "If a client does not use this extension, the server is free to choose any one of the elliptic curves
     * or point formats": P-256 then, which every such client has. RFC 7919 4 leaves the FFDHE group to the server.
     */
    private @Nullable NamedGroup groupWithoutOffer(boolean finiteField) {
        if (!finiteField && config.groups().contains(NamedGroup.SECP256R1)) {
            return NamedGroup.SECP256R1;
        }
        for (NamedGroup group : config.groups()) {
            if (group.isFiniteField() == finiteField) {
                return group;
            }
        }
        return null;
    }

    private @Nullable SignatureScheme chooseScheme(KeyExchange exchange, Credential credential) {
        NamedGroup curve = credential.curve();
        // RFC 8422 5.1: the curves a client lists bound those of the server's certificate as well as of its key share.
        if (curve != null && groups != null && !clientGroups.contains(curve)) {
            return null;
        }
        for (SignatureScheme scheme : config.signatureSchemes()) {
            if (Servable.signs(exchange, scheme)
                    && clientSchemes.contains(scheme)
                    && credential.signatureSchemes().contains(scheme)) {
                return scheme;
            }
        }
        return null;
    }

    private @Nullable String chooseApplicationProtocol() {
        ApplicationProtocols offered = hello.extensions().find(ApplicationProtocols.class);
        if (offered == null || config.applicationProtocols().isEmpty()) {
            return null;
        }
        for (String protocol : config.applicationProtocols()) {
            if (offered.contains(protocol)) {
                return protocol;
            }
        }
        // RFC 7301 3.2: "In the event that the server supports no protocols that the client advertises, then the
        // server SHALL respond with a fatal "no_application_protocol" alert."
        throw FatalAlert.noApplicationProtocol("none of the client's protocols is served");
    }

    private FatalAlert nothingInCommon() {
        boolean dheOffered = config.cipherSuites().stream()
                .anyMatch(suite -> suite.keyExchange() == KeyExchange.DHE_RSA && hello.offers(suite.code()));
        // RFC 7919 4: "If ... none of the client's proposed FFDHE groups are known and acceptable to the server ...
        // the server MUST NOT select an FFDHE cipher suite ... If the extension ... but no other acceptable cipher
        // suite is present, the server MUST ... with a fatal TLS alert of type insufficient_security(71)."
        if (dheOffered && groups != null && groups.namesFiniteField() && chooseGroup(KeyExchange.DHE_RSA) == null) {
            return FatalAlert.insufficientSecurity("no FFDHE group in common");
        }
        return FatalAlert.handshakeFailure("no cipher suite, group, scheme and certificate in common");
    }
}
