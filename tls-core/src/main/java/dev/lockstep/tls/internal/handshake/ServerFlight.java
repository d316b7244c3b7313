package dev.lockstep.tls.internal.handshake;

import dev.lockstep.tls.internal.algorithm.Algorithms;
import dev.lockstep.tls.internal.extension.ApplicationProtocols;
import dev.lockstep.tls.internal.extension.EcPointFormats;
import dev.lockstep.tls.internal.extension.EncryptThenMac;
import dev.lockstep.tls.internal.extension.ExtendedMasterSecret;
import dev.lockstep.tls.internal.extension.Extension;
import dev.lockstep.tls.internal.extension.ExtensionSet;
import dev.lockstep.tls.internal.extension.ServerName;
import dev.lockstep.tls.internal.message.CertificateMessage;
import dev.lockstep.tls.internal.message.ClientHello;
import dev.lockstep.tls.internal.message.HelloRandom;
import dev.lockstep.tls.internal.message.ServerHello;
import dev.lockstep.tls.internal.message.ServerHelloDone;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.keys.CredentialSelector;
import dev.lockstep.tls.spec.ProtocolVersion;
import dev.lockstep.tls.spec.SignatureScheme;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** The server's answer to ClientHello, message by message. */
final class ServerFlight {

    private ServerFlight() {}

    /** Configured credentials are chosen at once; a selector may take its time. */
    static State requestCredential(HandshakeContext context, WireReader none) {
        CredentialSelector selector = context.config().credentialSelector();
        if (selector != null) {
            CredentialChoice.start(context, selector);
            return State.AWAIT_CREDENTIAL;
        }
        negotiate(context, CredentialChoice.configured(context.config(), context.clientHello()));
        return State.SEND_SERVER_HELLO;
    }

    static void onCredential(HandshakeContext context, WireReader none) {
        negotiate(context, context.credentialChoice().candidates(context));
    }

    private static void negotiate(HandshakeContext context, CredentialChoice.Candidates candidates) {
        byte[] random = new byte[32];
        context.config().random().nextBytes(random);
        NegotiatedParameters negotiated =
                Negotiation.choose(context.config(), context.clientHello(), candidates, new HelloRandom(random));
        context.negotiated(negotiated);
        context.transcript().choose(Algorithms.hash(negotiated.cipherSuite().prfHash()));
    }

    static void sendServerHello(HandshakeContext context, WireReader none) {
        NegotiatedParameters negotiated = context.negotiated();
        // RFC 5246 7.4.1.3: a new session gets "a different value" from the one offered. It is fresh in every
        // handshake.
        byte[] sessionId = new byte[32];
        context.config().random().nextBytes(sessionId);
        context.send(new ServerHello(
                        ProtocolVersion.TLS_1_2,
                        negotiated.serverRandom(),
                        sessionId,
                        negotiated.cipherSuite(),
                        ExtensionSet.of(extensions(context, negotiated)))
                .encode());
    }

    /** RFC 5246 7.4.1.4: "An extension type MUST NOT appear in the ServerHello unless ... in ... ClientHello". */
    private static List<Extension> extensions(HandshakeContext context, NegotiatedParameters negotiated) {
        ClientHello hello = context.clientHello();
        List<Extension> extensions = new ArrayList<>();
        // RFC 5746 3.6: both the extension and the SCSV ask for the answer, in spite of the rule above.
        if (negotiated.secureRenegotiation()) {
            extensions.add(context.renegotiation().answer());
        }
        if (negotiated.serverNameUsed()) {
            extensions.add(ServerName.acknowledgement());
        }
        if (negotiated.cipherSuite().keyExchange().isEcdhe()
                && hello.extensions().has(EcPointFormats.class)) {
            extensions.add(EcPointFormats.uncompressedOnly());
        }
        if (negotiated.applicationProtocol() != null) {
            extensions.add(new ApplicationProtocols(List.of(negotiated.applicationProtocol())));
        }
        if (negotiated.encryptThenMac()) {
            extensions.add(new EncryptThenMac());
        }
        if (negotiated.extendedMasterSecret()) {
            extensions.add(new ExtendedMasterSecret());
        }
        return extensions;
    }

    static State sendCertificate(HandshakeContext context, WireReader none) {
        NegotiatedParameters negotiated = context.negotiated();
        List<byte[]> encoded = new ArrayList<>();
        try {
            for (X509Certificate certificate : negotiated.requireCredential().chain()) {
                encoded.add(certificate.getEncoded());
            }
        } catch (CertificateEncodingException e) {
            throw FatalAlert.internalError("the configured certificate has no encoding", e);
        }
        context.send(new CertificateMessage(encoded).encode());
        return afterCertificate(negotiated);
    }

    private static State afterCertificate(NegotiatedParameters negotiated) {
        return negotiated.cipherSuite().keyExchange().isEphemeral()
                ? State.SIGN_SERVER_KEY_EXCHANGE
                : State.SEND_SERVER_HELLO_DONE;
    }

    static void requestSignature(HandshakeContext context, WireReader none) {
        NegotiatedParameters negotiated = context.negotiated();
        EphemeralKeyExchange exchange = EphemeralKeyExchange.generate(context, negotiated.requireGroup());
        context.keyExchange(exchange);
        ServerKeyExchangeSigning.start(context, exchange.params(), negotiated.requireSignatureScheme());
    }

    static void sendServerKeyExchange(HandshakeContext context, WireReader none) {
        SignatureScheme scheme = context.negotiated().requireSignatureScheme();
        byte[] signature = context.signing().signature(context, scheme);
        context.send(context.keyExchange().message(scheme, signature).encode());
    }

    static void sendServerHelloDone(HandshakeContext context, WireReader none) {
        context.send(new ServerHelloDone().encode());
    }
}
