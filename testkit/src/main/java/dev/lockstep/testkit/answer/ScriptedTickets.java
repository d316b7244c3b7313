package dev.lockstep.testkit.answer;

import dev.lockstep.tls.session.OpenedTicket;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.session.TicketOpening;
import dev.lockstep.tls.session.TicketProtector;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A ticket protector in front of another one, that answers as it is told. */
public final class ScriptedTickets implements TicketProtector {

    private final ScriptedAnswers<Optional<OpenedTicket>> answers = new ScriptedAnswers<>();
    private final List<ResumableSession> given = new ArrayList<>();
    private final TicketProtector real;
    private @Nullable RuntimeException sealThrows;
    private boolean sealsNothing;
    private Supplier<@Nullable Duration> limit = () -> Duration.ofSeconds(2);

    /** Stands in front of {@code real}, which answers immediately. */
    public ScriptedTickets(TicketProtector real) {
        this.real = real;
    }

    /** Returns how openings are answered. */
    public ScriptedAnswers<Optional<OpenedTicket>> answers() {
        return answers;
    }

    /** From now on sealing throws this. */
    public void throwsFromSeal(RuntimeException fault) {
        sealThrows = fault;
    }

    /** From now on no ticket is made. */
    public void sealsNothing() {
        sealsNothing = true;
    }

    /** From now on this is the time limit of openings, or what throws in its place. */
    public void limit(Supplier<@Nullable Duration> newLimit) {
        limit = newLimit;
    }

    @Override
    @SuppressWarnings("NullAway") // what an implementation must not return, a test has it return
    public Duration openTimeout() {
        return limit.get();
    }

    @Override
    public byte @Nullable [] seal(ResumableSession session) {
        if (sealThrows != null) {
            throw sealThrows;
        }
        if (sealsNothing) {
            return null;
        }
        return real.seal(session);
    }

    @Override
    public Start<Optional<OpenedTicket>> start(TicketOpening opening, Waker waker) {
        return answers.start(() -> open(opening), waker);
    }

    private Optional<OpenedTicket> open(TicketOpening opening) {
        try {
            Start.Ready<Optional<OpenedTicket>> start =
                    (Start.Ready<Optional<OpenedTicket>>) real.start(opening, () -> {});
            Optional<OpenedTicket> opened =
                    ((Progress.Done<Optional<OpenedTicket>>) start.operation().resume()).value();
            opened.ifPresent(ticket -> given.add(ticket.session()));
            return opened;
        } catch (Exception e) { // the real one under a test is in memory and does not fail
            throw new AssertionError(e);
        }
    }

    /** The sessions handed to connections. */
    public List<ResumableSession> given() {
        return given;
    }
}
