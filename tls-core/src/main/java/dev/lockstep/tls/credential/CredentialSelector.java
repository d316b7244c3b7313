package dev.lockstep.tls.credential;

import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.wait.Asks;
import dev.lockstep.tls.wait.RefusedException;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.List;

/**
 * A selector of a connection's credentials by the client's offer, such as its server name; it may ask another process.
 *
 * <p>The answer is a list of candidates. The order of suites decides first: negotiation takes the first suite that any
 * candidate can serve, and then the first candidate in the list that can serve it. With {@code CREDENTIALS_FIRST} (the
 * configuration's {@code credentialOrder}) it takes the first candidate that can serve any suite of the client. In
 * both cases, candidates whose chain is signed with schemes that the client accepts come before the others (RFC 5246
 * section 7.4.2).
 *
 * <p>{@link Start#fallThrough} and an empty list mean the configured credentials. A {@link RefusedException} ends the
 * handshake with the alert that it names, every other failure with internal_error. A connection calls the selector at
 * most once per handshake, under the rules of {@link ExternalPrivateKey}.
 */
@FunctionalInterface
public interface CredentialSelector extends Asks<CredentialRequest, List<Credential>> {

    /**
     * Starts the choice.
     *
     * @param request the client's offer
     * @param waker announces the result of a choice that is in progress
     * @throws Exception counts as {@link Start#failed}
     */
    @Override
    Start<List<Credential>> start(CredentialRequest request, Waker waker) throws Exception;
}
