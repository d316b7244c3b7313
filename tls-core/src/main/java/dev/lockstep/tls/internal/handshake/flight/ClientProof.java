package dev.lockstep.tls.internal.handshake.flight;

import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.internal.handshake.choice.RenegotiationRules;
import dev.lockstep.tls.internal.handshake.phase.Agreement;
import dev.lockstep.tls.internal.handshake.phase.ClientCertificate;
import dev.lockstep.tls.internal.handshake.phase.Handshake;
import dev.lockstep.tls.internal.message.CertificateMessage;
import dev.lockstep.tls.internal.message.CertificateRequest;
import dev.lockstep.tls.internal.message.CertificateVerify;
import dev.lockstep.tls.internal.message.DigitallySigned;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.peer.Verdict;
import dev.lockstep.tls.peer.VerificationRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.OptionalLong;

/**
 * How a client proves who it is: the server asks (CertificateRequest), the client claims (Certificate), the verifier
 * judges, and only CertificateVerify proves.
 */
public final class ClientProof {

    private ClientProof() {}

    public static void certificateRequest(Handshake handshake) {
        ClientAuthentication policy = handshake.agreement.get().clientAuthentication();
        handshake.send(CertificateRequest.of(
                        policy.certificateTypes(), policy.signatureSchemes(), policy.encodedCertificateAuthorities())
                .encode());
    }

    /** A chain is a claim, which the verifier judges next; whether a client may send none is the policy's decision. */
    public static void onCertificate(Handshake handshake, WireReader body) {
        ClientAuthentication policy = handshake.agreement.get().clientAuthentication();
        CertificateMessage message = CertificateMessage.parse(
                body, policy.maxChainLength(), handshake.config.bounds().maxCertificateChain());
        if (message.certificates().isEmpty()) {
            // RFC 8422 3-1: "the ClientKeyExchange MUST be sent as described in Section 2, and the CertificateVerify
            // MUST NOT be sent." RFC 5246 7.4.6: "If the client does not send any certificates, the server MAY at its
            // discretion either continue the handshake without client authentication, or respond with a fatal
            // handshake_failure alert."
            if (policy.isRequired()) {
                throw FatalAlert.handshakeFailure("the client has no certificate, and one is required");
            }
            RenegotiationRules.requireSameClient(handshake, List.of());
            handshake.transcript.dropMessages();
            return;
        }
        ClientCertificate certificate =
                ClientCertificate.parse(message.certificates(), policy, handshake.config.clientKeys());
        RenegotiationRules.requireSameClient(handshake, certificate.chain());
        handshake.client.claimed.set(certificate);
    }

    /** Asks the verifier about the chain that the client sent. */
    public static Start<Verdict> askVerdict(Handshake handshake, Waker waker, OptionalLong deadlineNanos)
            throws Exception {
        Agreement agreement = handshake.agreement.get();
        List<X509Certificate> chain = handshake.client.claimed.get().chain();
        return agreement
                .clientAuthentication()
                .verifier()
                .start(
                        new VerificationRequest(
                                chain, agreement.serverName(), deadlineNanos, handshake.config.clientAddress()),
                        waker);
    }

    public static void onVerdict(Handshake handshake, Verdict verdict) {
        if (verdict instanceof Verdict.Rejected rejected) {
            throw FatalAlert.of(rejected.alert(), "client certificate: " + rejected.reason(), null);
        }
        if (verdict instanceof Verdict.Accepted accepted) {
            List<X509Certificate> sent = handshake.client.claimed.get().chain();
            List<X509Certificate> path = accepted.path().isEmpty() ? sent : accepted.path();
            if (!path.get(0).equals(sent.get(0))) {
                throw FatalAlert.internalError("the verifier accepts another certificate than the client's", null);
            }
            handshake.client.accepted.set(path);
        }
    }

    /** The client proves that it has the key, by signing the handshake so far. */
    public static void onCertificateVerify(Handshake handshake, WireReader body) {
        ClientCertificate certificate = handshake.client.claimed.get();
        DigitallySigned signed = CertificateVerify.parse(body).signed();
        SignatureScheme scheme = signed.scheme();
        // RFC 5246 7.4.8-2, 7.4.8-3: "The hash and signature algorithms used in the signature MUST be one of those
        // present in the supported_signature_algorithms field of the CertificateRequest message. In addition, the hash
        // and signature algorithms MUST be compatible with the key in the client's end-entity certificate."
        if (scheme == null || !certificate.signsWith(scheme)) {
            throw FatalAlert.illegalParameter(
                    "CertificateVerify with a scheme that was not asked for or not for its key");
        }
        boolean verifies = certificate.verifies(scheme, handshake.transcript, signed.signature());
        handshake.transcript.dropMessages();
        if (!verifies) {
            throw FatalAlert.decryptError("CertificateVerify does not verify");
        }
        certificate.remember(handshake.config.clientKeys());
        handshake.client.proven.set(handshake.client.accepted.get());
    }
}
