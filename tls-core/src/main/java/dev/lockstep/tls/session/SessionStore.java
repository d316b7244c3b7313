package dev.lockstep.tls.session;

import dev.lockstep.tls.wait.Asks;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.time.Duration;
import java.util.Optional;

/**
 * A store of sessions by id (RFC 5246 appendix F.1.4), in this process or elsewhere. One store serves all connections
 * of a configuration, from any number of threads.
 *
 * <p>A failure of the store costs a full handshake and nothing else. Its content is as secret as the connections
 * themselves. It should drop an entry when its lifetime is over, although the connection checks the age again. The
 * bytes of {@link ResumableSession#encode} suit stores outside the process.
 */
public interface SessionStore extends Asks<SessionLookup, Optional<ResumableSession>> {

    /**
     * Looks a session up. The contract is that of every operation of {@code dev.lockstep.tls.wait}: called once, on the
     * thread that drives the connection, and must not block; the answer comes through the {@link PendingOperation}.
     *
     * @param lookup which session
     * @param waker to be called, from any thread, once the answer is there
     * @return a started operation that yields the session, or empty when there is none. The session is the
     *     connection's from then on, which destroys it: hand out a copy. {@code fallThrough}, {@code failed}, {@code
     *     null} and exceptions mean a full handshake
     * @throws Exception counts as a failure with that cause
     */
    @Override
    Start<Optional<ResumableSession>> start(SessionLookup lookup, Waker waker) throws Exception;

    /**
     * Returns the time limit of a look-up, 2 seconds by default; after it, the connection continues with a full
     * handshake. Zero means no limit of its own. The configuration's limit for operations applies too. Null, a negative time
     * and exceptions are a failed look-up, which is not started.
     */
    default Duration lookupTimeout() {
        return Duration.ofSeconds(2);
    }

    /**
     * Keeps a session, replacing one of the same id. Called once per session, after both Finished messages, on the thread
     * that drives the connection.
     *
     * <p>Must not block; a store that is far away submits and returns. Exceptions are reported to the observer and
     * otherwise dropped.
     *
     * @param session owned by the caller, who destroys it after this call: copy or encode what is kept
     */
    void put(SessionId id, ResumableSession session);

    /**
     * Forgets a session, if it is there: its connection has ended with a fatal alert (RFC 5246 section 7.2). The rules of
     * {@link #put} apply.
     */
    void remove(SessionId id);
}
