package dev.lockstep.tls.internal.handshake;

import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.internal.message.CertificateMessage;
import dev.lockstep.tls.internal.message.CertificateRequest;
import dev.lockstep.tls.internal.message.CertificateVerify;
import dev.lockstep.tls.internal.message.DigitallySigned;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.peer.Verdict;
import dev.lockstep.tls.peer.VerificationRequest;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.SuspensionKind;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * Who the client of a handshake is, as far as has been found out: asked (CertificateRequest), claimed (Certificate), judged
 * (the verifier's verdict), and only then proven (CertificateVerify). One object for each handshake; the rows of the
 * table are its static methods.
 */
final class ClientIdentity {

    private ClientAuthentication policy = ClientAuthentication.none();
    private @Nullable ClientCertificate claimed;
    private @Nullable Wait<Verdict> examination;
    private List<X509Certificate> proven = List.of();

    /**
     * Fixes whether this handshake asks, once its server name and its suite are known.
     *
     * @return whether it does
     */
    boolean begin(HandshakeContext context, NegotiatedParameters negotiated) {
        // RFC 4279 2: with a pre-shared key "the Certificate and CertificateRequest payloads are omitted from the
        // response."
        if (!negotiated.cipherSuite().keyExchange().usesPsk()) {
            policy = context.config().clientAuthentication(negotiated.serverName());
        }
        if (!policy.asks()) {
            requireUnchanged(context, List.of());
        }
        return policy.asks();
    }

    /** Whether this handshake asks for a certificate. */
    boolean isAsked() {
        return policy.asks();
    }

    /** Whether a certificate has come whose key must now be shown: no way leads around CertificateVerify. */
    boolean mustProve() {
        return claimed != null && proven.isEmpty();
    }

    /** The chain of a client that has shown its key, now or in the session that it resumes; empty for all others. */
    List<X509Certificate> proven() {
        return proven;
    }

    /**
     * Takes over what a full handshake proved, for its resumption.
     *
     * @return false, and nothing is taken over, when that would make another client of the one there is
     */
    boolean restore(HandshakeContext context, List<X509Certificate> chain) {
        if (change(context, chain) != null) {
            return false;
        }
        proven = List.copyOf(chain);
        return true;
    }

    static void sendCertificateRequest(HandshakeContext context, WireReader none) {
        ClientAuthentication policy = context.client().policy;
        context.send(CertificateRequest.of(
                        policy.certificateTypes(),
                        policy.signatureSchemes(),
                        policy.certificateAuthorities().stream()
                                .map(X500Principal::getEncoded)
                                .toList())
                .encode());
    }

    /** A chain goes to the verifier; none at all is the policy's to judge. */
    static State onCertificate(HandshakeContext context, WireReader body) {
        ClientIdentity client = context.client();
        CertificateMessage message = CertificateMessage.parse(
                body, client.policy.maxChainLength(), context.config().bounds().maxCertificateChain());
        if (message.certificates().isEmpty()) {
            // RFC 8422 3-1: "the ClientKeyExchange MUST be sent as described in Section 2, and the CertificateVerify
            // MUST NOT be sent." RFC 5246 7.4.6: "If the client does not send any certificates, the server MAY at its
            // discretion either continue the handshake without client authentication, or respond with a fatal
            // handshake_failure alert."
            if (client.policy.isRequired()) {
                throw FatalAlert.handshakeFailure("the client has no certificate, and one is required");
            }
            requireUnchanged(context, List.of());
            context.transcript().dropMessages();
            return State.AWAIT_CLIENT_KEY_EXCHANGE;
        }
        ClientCertificate certificate = ClientCertificate.parse(message.certificates(), client.policy);
        requireUnchanged(context, certificate.chain());
        client.claimed = certificate;
        String serverName = context.negotiated().serverName();
        client.examination =
                context.startWait(SuspensionKind.CLIENT_CERTIFICATE, late -> {}, (waker, deadline) -> client.policy
                        .verifier()
                        .start(new VerificationRequest(certificate.chain(), serverName, deadline), waker));
        return State.AWAIT_CLIENT_CERTIFICATE_VERDICT;
    }

    static void onVerdict(HandshakeContext context, WireReader none) {
        Progress<Verdict> answer = context.client().requireExamination().answer();
        context.endWait();
        if (answer instanceof Progress.Done<Verdict> done) {
            if (done.value() instanceof Verdict.Rejected rejected) {
                throw FatalAlert.of(rejected.alert(), "client certificate: " + rejected.reason(), null);
            }
            return;
        }
        // RFC 5246 7.2.2, internal_error: "An internal error unrelated to the peer or the correctness of the protocol":
        // nothing was found out about the certificate, so none of the alerts about certificates would be true.
        Throwable cause = ((Progress.Failed<Verdict>) answer).cause();
        context.config().observer().onOperationFailed(SuspensionKind.CLIENT_CERTIFICATE, cause);
        throw FatalAlert.internalError("the client's certificate could not be examined", cause);
    }

    /** The client shows that it has the key, by signing the handshake so far. */
    static void onCertificateVerify(HandshakeContext context, WireReader body) {
        ClientCertificate certificate = context.client().requireClaimed();
        DigitallySigned signed = CertificateVerify.parse(body).signed();
        SignatureScheme scheme = signed.scheme();
        // RFC 5246 7.4.8-2, 7.4.8-3: "The hash and signature algorithms used in the signature MUST be one of those
        // present in the supported_signature_algorithms field of the CertificateRequest message. In addition, the hash
        // and signature algorithms MUST be compatible with the key in the client's end-entity certificate."
        if (scheme == null || !certificate.signsWith(scheme)) {
            throw FatalAlert.illegalParameter(
                    "CertificateVerify with a scheme that was not asked for or not for its key");
        }
        byte[] messages = context.transcript().messages();
        context.transcript().dropMessages();
        if (!certificate.verifies(scheme, messages, signed.signature())) {
            throw FatalAlert.decryptError("CertificateVerify does not verify");
        }
        context.client().proven = certificate.chain();
    }

    /**
     * Whoever was known before a renegotiation is still the one there is after it, unless the policy lets it change:
     * what an application was told about its client would otherwise become untrue unnoticed.
     */
    private static @Nullable FatalAlert change(HandshakeContext context, List<X509Certificate> chain) {
        Established previous = context.renegotiation().previous();
        if (previous == null
                || previous.peerCertificates().isEmpty()
                || context.config().renegotiation().clientCertificateMayChange()) {
            return null;
        }
        if (chain.isEmpty()) {
            return FatalAlert.handshakeFailure("a renegotiation without the client certificate of the connection");
        }
        if (!chain.get(0).equals(previous.peerCertificates().get(0))) {
            return FatalAlert.of(
                    AlertDescription.ACCESS_DENIED, "a renegotiation with another client certificate", null);
        }
        return null;
    }

    private static void requireUnchanged(HandshakeContext context, List<X509Certificate> chain) {
        FatalAlert refusal = change(context, chain);
        if (refusal != null) {
            throw refusal;
        }
    }

    private ClientCertificate requireClaimed() {
        if (claimed == null) {
            throw new IllegalStateException("no certificate has come");
        }
        return claimed;
    }

    private Wait<Verdict> requireExamination() {
        if (examination == null) {
            throw new IllegalStateException("no examination was started");
        }
        return examination;
    }
}
