package dev.lockstep.testkit.answer;

import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.session.SessionId;
import dev.lockstep.tls.session.SessionLookup;
import dev.lockstep.tls.session.SessionStore;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A store that answers as it is told, and remembers what was asked of it and what it gave away. */
public final class ScriptedStore implements SessionStore {

    private final ScriptedAnswers<Optional<ResumableSession>> answers = new ScriptedAnswers<>();
    private final Map<SessionId, ResumableSession> sessions = new HashMap<>();
    private final List<ResumableSession> given = new ArrayList<>();
    private final List<SessionLookup> lookups = new ArrayList<>();
    private @Nullable RuntimeException putThrows;
    private int removals;
    private Supplier<@Nullable Duration> limit = () -> Duration.ofSeconds(2);

    /** An empty store that answers immediately. */
    public ScriptedStore() {}

    /** Returns how look-ups are answered. */
    public ScriptedAnswers<Optional<ResumableSession>> answers() {
        return answers;
    }

    /** From now on put and remove throw this. */
    public void throwsFromPut(RuntimeException fault) {
        putThrows = fault;
    }

    /** From now on this is the time limit of look-ups, or what throws in its place. */
    public void limit(Supplier<@Nullable Duration> newLimit) {
        limit = newLimit;
    }

    @Override
    @SuppressWarnings("NullAway") // what an implementation must not return, a test has it return
    public Duration lookupTimeout() {
        return limit.get();
    }

    @Override
    public Start<Optional<ResumableSession>> start(SessionLookup lookup, Waker waker) {
        lookups.add(lookup);
        return answers.start(
                () -> {
                    Optional<ResumableSession> found =
                            Optional.ofNullable(sessions.get(lookup.id())).map(ResumableSession::copy);
                    found.ifPresent(given::add);
                    return found;
                },
                waker);
    }

    @Override
    public void put(SessionId id, ResumableSession session) {
        if (putThrows != null) {
            throw putThrows;
        }
        sessions.put(id, session.copy());
    }

    @Override
    public void remove(SessionId id) {
        removals++;
        if (putThrows != null) {
            throw putThrows;
        }
        sessions.remove(id);
    }

    /** Returns the sessions in the store itself, which tests may change. */
    public Map<SessionId, ResumableSession> sessions() {
        return sessions;
    }

    /** Returns what was looked up, in order. */
    public List<SessionLookup> lookups() {
        return lookups;
    }

    /** Returns how often a session was removed, or tried to be. */
    public int removals() {
        return removals;
    }

    /** The sessions handed to connections. */
    public List<ResumableSession> given() {
        return given;
    }
}
