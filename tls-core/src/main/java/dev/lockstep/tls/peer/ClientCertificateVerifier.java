package dev.lockstep.tls.peer;

import dev.lockstep.tls.wait.Asks;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/**
 * A verifier of client certificates, which may ask elsewhere: an OCSP responder, a directory.
 *
 * <p>A connection calls {@code start} once for every chain that a client presents, under the rules of {@link
 * dev.lockstep.tls.key.ExternalPrivateKey}: on the thread that drives it; then {@code resume} at most once per step
 * until there is a verdict, or {@code cancel} if the connection ends first. The chain is well-formed and its key fits
 * the requested signature schemes. Nothing else is known of it: no signature in it has been verified, and the client
 * has not yet proven possession of its key, which the handshake requires (CertificateVerify) whatever the verdict.
 *
 * <p>A rejection ends the handshake with its alert. A verifier that fails, throws, falls through or does not answer
 * before the deadline ends it with internal_error, which RFC 5246 7.2.2 reserves for errors "unrelated to the peer":
 * nothing is known of the client's certificate then. Thread-safe.
 */
@FunctionalInterface
public interface ClientCertificateVerifier extends Asks<VerificationRequest, Verdict> {

    /**
     * Starts the verification.
     *
     * @param request the chain and its circumstances
     * @param waker announces a verdict that is in progress
     * @throws Exception counts as {@link Start#failed}
     */
    @Override
    Start<Verdict> start(VerificationRequest request, Waker waker) throws Exception;

    /**
     * Returns the names of the authorities to list in CertificateRequest (RFC 5246 7.4.4) if the configuration lists
     * none; none by default, which lets the client present any certificate. Must not change over time.
     */
    default List<X500Principal> acceptedIssuers() {
        return List.of();
    }

    /**
     * Returns what tells this verifier from one with the same {@link #acceptedIssuers} that accepts other certificates, such
     * as a hash over the keys of its trust anchors; nothing by default. A session that vouches for a client is bound to it:
     * where it differs, the client presents its certificate again. Must not change over time.
     *
     * @return 0 to 2^16-1 bytes
     */
    default byte[] sessionContext() {
        return new byte[0];
    }
}
