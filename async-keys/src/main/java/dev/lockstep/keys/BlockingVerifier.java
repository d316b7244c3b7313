package dev.lockstep.keys;

import dev.lockstep.tls.peer.Verdict;
import dev.lockstep.tls.peer.VerificationRequest;

/**
 * Judges a client's certificate chain before the call returns: a check that asks an OCSP responder or a directory. It
 * becomes a verifier for handshakes through {@link ExecutorVerifier}. Called from several threads at once.
 */
@FunctionalInterface
public interface BlockingVerifier {

    /**
     * The verdict.
     *
     * @throws Exception when it cannot be reached, or the thread is interrupted because nobody waits any more
     */
    Verdict verify(VerificationRequest request) throws Exception;
}
