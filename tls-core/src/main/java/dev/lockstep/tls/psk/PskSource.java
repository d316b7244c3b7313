package dev.lockstep.tls.psk;

import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.wait.Asks;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.Optional;

/**
 * Knows the pre-shared keys of a server by the identities that clients send (RFC 4279), possibly by asking elsewhere.
 * Called at most once per handshake, under the rules of {@link ExternalPrivateKey}.
 *
 * <p>An empty answer says that there is no such identity. The client is not told: RFC 4279 2 lets the server "continue the
 * protocol as if the PSK identity existed but the key was incorrect". A random key stands in for the missing one, and for
 * one that could not be fetched: {@link Start#failed}, {@link Start#fallThrough}, an exception, a passed deadline. The
 * {@code ConnectionObserver} hears of it after the client's Finished was checked.
 *
 * <p>How long the answer takes is up to the source and may be seen by the client: a source that must not tell which
 * identities it knows takes the same time for those it does not.
 */
@FunctionalInterface
public interface PskSource extends Asks<PskRequest, Optional<byte[]>> {

    /** The longest pre-shared key that the protocol can carry, in bytes (RFC 4279 2: its length has two bytes). */
    int MAX_KEY_LENGTH = 0xffff;

    /**
     * Starts the look-up of a key of 1 to {@link #MAX_KEY_LENGTH} bytes. The array belongs to the connection, which
     * wipes it: hand over a copy.
     *
     * @param request whose key is wanted
     * @param waker announces the result of a look-up that is in progress
     * @throws Exception counts as {@link Start#failed}
     */
    @Override
    Start<Optional<byte[]>> start(PskRequest request, Waker waker) throws Exception;

    /**
     * Returns how long the random key is that stands in for a missing one, in bytes, 1 to {@link #MAX_KEY_LENGTH}; 32 by default.
     * Name the length of the real keys, so that the work done with either is the same.
     */
    default int standInLength() {
        return 32;
    }
}
