package dev.lockstep.tls.psk;

import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.wait.Asks;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A source of the pre-shared keys of a server, by the identities that clients send (RFC 4279); it may ask elsewhere. A
 * connection calls it at most once per handshake, under the rules of {@link ExternalPrivateKey}.
 *
 * <p>An empty answer means that there is no such identity. The client does not learn that: RFC 4279 2 lets the server
 * "continue the protocol as if the PSK identity existed but the key was incorrect". A random key replaces the missing
 * one, and one that could not be fetched: {@link Start#failed}, {@link Start#fallThrough}, an exception, a passed
 * deadline. The {@code ConnectionObserver} receives the failure after the check of the client's Finished.
 *
 * <p>The client may be able to measure how long the answer takes: a source that must not reveal which identities exist
 * takes the same time for those that do not.
 */
@FunctionalInterface
public interface PskSource extends Asks<PskRequest, Optional<byte[]>> {

    /** The longest pre-shared key that the protocol can carry, in bytes (RFC 4279 2: its length has two bytes). */
    int MAX_KEY_LENGTH = 0xffff;

    /**
     * Starts the look-up of a key of 1 to {@link #MAX_KEY_LENGTH} bytes. The array belongs to the connection, which
     * wipes it: return a copy.
     *
     * @param request whose key is wanted
     * @param waker announces the result of a look-up that is in progress
     * @throws Exception counts as {@link Start#failed}
     */
    @Override
    Start<Optional<byte[]>> start(PskRequest request, Waker waker) throws Exception;

    /**
     * Returns the length of the random key that replaces a missing one, in bytes, 1 to {@link #MAX_KEY_LENGTH}; 32 by
     * default, and for any other number. Return the length of the real keys, so that both cost the same work. What this throws ends
     * the connection with internal_error.
     */
    default int standInLength() {
        return 32;
    }

    /**
     * Returns what tells this source from one that knows other keys, such as a hash over all identities and keys. The
     * sessions of clients with a pre-shared key are bound to it: where it differs, a client shows its key again. Null, which
     * is the default, stands for this object alone: sessions then end with it, and are not shared with other servers; unless
     * the configuration's {@code sessionContext} is set, which says that all servers with that context know the same keys.
     * Must not change over time.
     *
     * @return 0 to 2^16-1 bytes, or null
     */
    default byte @Nullable [] sessionContext() {
        return null;
    }
}
