package dev.lockstep.tls.internal.handshake.flight;

import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.credential.CredentialSelector;
import dev.lockstep.tls.internal.algorithm.Algorithms;
import dev.lockstep.tls.internal.extension.SessionTicket;
import dev.lockstep.tls.internal.handshake.choice.CredentialCandidates;
import dev.lockstep.tls.internal.handshake.choice.HelloExtensions;
import dev.lockstep.tls.internal.handshake.choice.Negotiation;
import dev.lockstep.tls.internal.handshake.choice.RenegotiationRules;
import dev.lockstep.tls.internal.handshake.phase.Agreement;
import dev.lockstep.tls.internal.handshake.phase.Handshake;
import dev.lockstep.tls.internal.handshake.phase.KeyShare;
import dev.lockstep.tls.internal.handshake.phase.Offer;
import dev.lockstep.tls.internal.handshake.phase.RecordLengths;
import dev.lockstep.tls.internal.message.CertificateMessage;
import dev.lockstep.tls.internal.message.CertificateStatus;
import dev.lockstep.tls.internal.message.HelloRandom;
import dev.lockstep.tls.internal.message.PskServerKeyExchange;
import dev.lockstep.tls.internal.message.ServerHello;
import dev.lockstep.tls.internal.message.ServerHelloDone;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.session.SessionId;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.ProtocolVersion;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/** The server's answer to ClientHello in a full handshake, message by message: RFC 5246 section 7.3, figure 1. */
public final class ServerFlight {

    private static final byte[] NO_SESSION_ID = {};

    private ServerFlight() {}

    /** Asks the selector for candidates. */
    public static Start<List<Credential>> askSelector(Handshake handshake, Waker waker, OptionalLong deadlineNanos)
            throws Exception {
        CredentialSelector selector =
                Objects.requireNonNull(handshake.config.credentialSelector(), "the condition of the row");
        return selector.start(CredentialCandidates.request(handshake.offer.get(), deadlineNanos), waker);
    }

    public static void onCandidates(Handshake handshake, List<Credential> candidates) {
        handshake.selectedCredentials.set(List.copyOf(candidates));
    }

    /** Fixes everything that ServerHello says. */
    public static void negotiate(Handshake handshake) {
        TlsServerConfig config = handshake.config;
        Offer offer = handshake.offer.get();
        HelloRandom random = freshRandom(handshake);
        CredentialCandidates candidates =
                CredentialCandidates.of(config, offer, handshake.selectedCredentials.orElse(List.of()));
        Agreement.Builder chosen = Negotiation.choose(config, offer, candidates, random);
        chosen.recordLengths = RecordLengths.of(offer.hello());
        chosen.sessionCreatedAt = config.wallClock().instant().truncatedTo(ChronoUnit.SECONDS);
        planSession(handshake, chosen);
        handshake.limitClientSchemes(chosen);
        Agreement agreement = chosen.build();
        RenegotiationRules.requireNoWeakerProtection(handshake.history, agreement);
        if (!agreement.asksClient()) {
            RenegotiationRules.requireSameClient(handshake, List.of());
        }
        if (!agreement.keyExchange().usesPsk()) {
            RenegotiationRules.requireSameIdentity(handshake, null);
        }
        handshake.agreement.set(agreement);
        // RFC 5246 7.4.8: CertificateVerify signs "the concatenation of all the Handshake structures [...] exchanged
        // thus far", under a hash that the client chooses.
        handshake.transcript.choose(Algorithms.hash(agreement.cipherSuite().prfHash()), agreement.asksClient());
    }

    public static void serverHello(Handshake handshake) {
        SessionId fresh = handshake.agreement.get().newSession();
        // RFC 5246 7.4.1.3: "The server may return an empty session_id to indicate that the session will not be cached
        // and therefore cannot be resumed." RFC 5077 3.4: with a ticket to come "it SHOULD include an empty Session ID
        // in the ServerHello."
        sendServerHello(handshake, fresh == null ? NO_SESSION_ID : fresh.bytes());
    }

    /** Sends the ServerHello of any handshake. */
    static void sendServerHello(Handshake handshake, byte[] sessionId) {
        Agreement agreement = handshake.agreement.get();
        TlsServerConfig config = handshake.config;
        agreement.recordLengths().apply(handshake.output, config.recordSizeLimit());
        handshake.send(new ServerHello(
                        ProtocolVersion.TLS_1_2,
                        agreement.serverRandom(),
                        sessionId,
                        agreement.cipherSuite(),
                        HelloExtensions.of(config, handshake.history, handshake.offer.get(), agreement))
                .encode());
        handshake.offer.clear(); // everything that it decides is decided
    }

    /**
     * RFC 5246 7.4.1.3-1: "This structure is generated by the server and MUST be independently generated from the
     * ClientHello.random."
     */
    static HelloRandom freshRandom(Handshake handshake) {
        return new HelloRandom(handshake.random(HelloRandom.LENGTH));
    }

    // RFC 5246 7.4.2-1: "The server MUST send a Certificate message whenever the agreed-upon key exchange method uses
    // certificates for authentication"
    public static void certificate(Handshake handshake) {
        List<byte[]> encoded = new ArrayList<>();
        try {
            for (X509Certificate certificate :
                    handshake.agreement.get().requireCredential().chain()) {
                encoded.add(certificate.getEncoded());
            }
        } catch (CertificateEncodingException e) {
            throw FatalAlert.internalError("the configured certificate has no encoding", e);
        }
        handshake.send(new CertificateMessage(encoded).encode());
    }

    // RFC 6066 8-4: "a server MUST NOT send the "CertificateStatus" message unless it received a "status_request"
    // extension in the client hello message and sent a "status_request" extension in the server hello message."
    public static void certificateStatus(Handshake handshake) {
        byte[] response = Objects.requireNonNull(handshake.agreement.get().stapledResponse(), "is stapled");
        handshake.send(new CertificateStatus(response).encode());
    }

    /** Makes the server's ephemeral key of this handshake. */
    public static void keyShare(Handshake handshake) {
        NamedGroup group = Objects.requireNonNull(handshake.agreement.get().group(), "is ephemeral");
        handshake.keys.share.set(KeyShare.generate(group, handshake.config));
    }

    /** Sends the signed parameters, or, with a pre-shared key, the hint and the parameters that the key authenticates. */
    public static void serverKeyExchange(Handshake handshake) {
        Agreement agreement = handshake.agreement.get();
        if (agreement.isSigned()) {
            KeyShare share = handshake.keys.share.get();
            handshake.send(share.message(agreement.requireSignatureScheme(), handshake.signature.get())
                    .encode());
            return;
        }
        KeyShare share = handshake.keys.share.orNull();
        byte[] params = share == null ? new byte[0] : share.params();
        handshake.send(new PskServerKeyExchange(handshake.config.pskIdentityHint(), params).encode());
    }

    public static void serverHelloDone(Handshake handshake) {
        handshake.send(new ServerHelloDone().encode());
    }

    /** Decides what becomes of the session: the client takes it along as a ticket, or a store keeps it, or neither. */
    private static void planSession(Handshake handshake, Agreement.Builder agreement) {
        TlsServerConfig config = handshake.config;
        // RFC 5077 3.2-4, 3.3-2: "The server MUST NOT send this extension if it does not receive one in the
        // ClientHello."
        if (config.tickets() != null && handshake.offer.get().extensions().has(SessionTicket.class)) {
            agreement.givesTicket = true;
        } else if (config.sessionStore() != null) {
            // RFC 5246 7.4.1.2-1: "servers MUST NOT place confidential information in session identifiers or let the
            // contents of fake session identifiers cause any breach of security." They are random, and looked up as a
            // whole.
            agreement.newSession = new SessionId(handshake.random(SessionId.MAX_LENGTH));
        }
    }
}
