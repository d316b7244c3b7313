package dev.lockstep.tls.session;

import dev.lockstep.tls.wait.Asks;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A protector of session tickets (RFC 5077): it seals sessions into tickets and opens them again. The session travels
 * with the client, and the server keeps only a key. One protector serves all connections of a configuration, from any
 * number of threads.
 *
 * <p>A ticket that does not open leads to a full handshake and never to an error for the client.
 */
public interface TicketProtector extends Asks<TicketOpening, Optional<OpenedTicket>> {

    /**
     * Protects a session. Called after the client's Finished was verified, on the thread that drives the connection; must
     * not block.
     *
     * @param session owned by the caller
     * @return the ticket, 1 to 2^16-1 bytes, owned by the caller; null when none can be made now: the client then gets
     *     none. Exceptions are reported to the observer and mean the same
     */
    byte @Nullable [] seal(ResumableSession session);

    /**
     * Opens a ticket. The contract is that of every operation of {@code dev.lockstep.tls.wait}: called once, on the
     * thread that drives the connection, and must not block.
     *
     * @param opening the ticket; whatever the client liked to send
     * @param waker to be called, from any thread, once the answer is there
     * @return a started operation that yields the session, or empty when the ticket is not one of ours, has been altered
     *     or its key is gone. {@code fallThrough}, {@code failed}, {@code null} and exceptions mean a full handshake
     * @throws Exception counts as a failure with that cause
     */
    @Override
    Start<Optional<OpenedTicket>> start(TicketOpening opening, Waker waker) throws Exception;

    /**
     * Returns the time limit of {@link #start}, 2 seconds by default; after it, the connection continues with a full
     * handshake. Zero means no limit of its own. The configuration's limit for operations applies too. Null, a negative time
     * and exceptions are a failed opening, which is not started.
     */
    default Duration openTimeout() {
        return Duration.ofSeconds(2);
    }
}
