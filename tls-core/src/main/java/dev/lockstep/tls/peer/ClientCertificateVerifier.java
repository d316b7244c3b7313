package dev.lockstep.tls.peer;

import dev.lockstep.tls.wait.Asks;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/**
 * Judges the certificate chain of a client, possibly by asking elsewhere: an OCSP responder, a directory.
 *
 * <p>Called once for every chain that a client presents, under the rules of
 * {@link dev.lockstep.tls.key.ExternalPrivateKey}: on the thread that drives the connection, {@code start} once, then
 * {@code resume} at most once per step until the verdict is there, {@code cancel} if the connection goes away before.
 * The chain is well-formed and its key fits the signature schemes that were asked for, and that is all that is known of
 * it: neither has any signature in it been checked, nor has the client shown yet that it holds the key. The handshake
 * sees to the latter (CertificateVerify) whatever the verdict.
 *
 * <p>A rejection ends the handshake with its alert. A verifier that fails, throws, falls through or does not answer
 * before the deadline ends it with internal_error: RFC 5246 7.2.2 keeps that for an error "unrelated to the peer", and
 * nothing is known of the client's certificate then. Thread-safe.
 */
@FunctionalInterface
public interface ClientCertificateVerifier extends Asks<VerificationRequest, Verdict> {

    /**
     * Starts the examination.
     *
     * @param request the chain and what it was presented for
     * @param waker announces a verdict that is in progress
     * @throws Exception counts as {@link Start#failed}
     */
    @Override
    Start<Verdict> start(VerificationRequest request, Waker waker) throws Exception;

    /**
     * Returns the names of the authorities to list in CertificateRequest (RFC 5246 7.4.4) when the configuration names none;
     * none by default, which lets the client present whatever it has. Must not change over time.
     */
    default List<X500Principal> acceptedIssuers() {
        return List.of();
    }
}
