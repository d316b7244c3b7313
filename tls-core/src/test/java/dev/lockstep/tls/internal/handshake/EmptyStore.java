package dev.lockstep.tls.internal.handshake;

import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.session.SessionId;
import dev.lockstep.tls.session.SessionLookup;
import dev.lockstep.tls.session.SessionStore;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.time.Duration;
import java.util.Optional;

/** A session store that keeps nothing, with a time limit of its own. */
public record EmptyStore(Duration lookupTimeout) implements SessionStore {

    @Override
    public Start<Optional<ResumableSession>> start(SessionLookup lookup, Waker waker) {
        return Start.fallThrough();
    }

    @Override
    public void put(SessionId id, ResumableSession session) {}

    @Override
    public void remove(SessionId id) {}
}
