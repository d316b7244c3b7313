package dev.lockstep.server.loop;

import dev.lockstep.nio.LoopObserver;
import dev.lockstep.nio.Session;
import dev.lockstep.nio.TruncatedException;
import dev.lockstep.server.UsageError;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.wait.Suspension;
import dev.lockstep.tls.wait.SuspensionKind;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Prints what connections do, one line for each event, with the number of the connection in front. The loop calls
 * {@link #onTurn} before it serves a connection; what the connection's observer receives afterwards is that connection's.
 */
public final class Trace implements ConnectionObserver, LoopObserver {

    /** How much is printed. */
    public enum Detail {
        /** Nothing. */
        OFF,
        /** Suspensions and resumptions. */
        WAITS,
        /** Every state change, failure and wait. */
        ALL
    }

    private final PrintWriter out;
    private final Detail detail;
    /** Each loop has a thread, which serves one connection at a time. */
    private final ThreadLocal<Long> current = ThreadLocal.withInitial(() -> 0L);

    public Trace(PrintWriter out, Detail detail) {
        this.out = out;
        this.detail = detail;
    }

    /** What is observed from here on concerns this connection. */
    @Override
    public void onTurn(long connection) {
        current.set(connection);
    }

    /** A defect of this program: printed in every detail, because nothing else reports it. */
    @Override
    public void onDefect(long connection, Throwable cause) {
        line(connection, "DEFECT  " + cause);
    }

    @Override
    public void onAcceptFailed(IOException cause) {
        note(0, "accept failed: " + cause.getMessage());
    }

    @Override
    public void onEvicted(Session session) {
        note(session.id(), "ended in favour of others");
    }

    /** TLS reports its own failures; those of the socket and of the limits are told here. */
    @Override
    public void onFailure(Session session, IOException cause) {
        if (!(cause instanceof TlsException || cause instanceof TruncatedException)) {
            note(session.id(), cause.getMessage());
        }
    }

    private void note(long connection, @Nullable String text) {
        if (detail == Detail.ALL) {
            line(connection, "NOTE    " + text);
        }
    }

    @Override
    public void onTransition(String from, String event, String to) {
        if (detail == Detail.ALL) {
            line(current.get(), "STATE   " + from + " -- " + event + " -> " + to);
        }
    }

    @Override
    public void onSuspend(Suspension suspension) {
        if (detail != Detail.OFF) {
            line(current.get(), "SUSPEND " + suspension.kind() + ": the thread serves others");
        }
    }

    @Override
    public void onResume(SuspensionKind kind, long waitedNanos) {
        if (detail != Detail.OFF) {
            line(current.get(), String.format(Locale.ROOT, "RESUME  %s after %.1f ms", kind, waitedNanos / 1e6));
        }
    }

    @Override
    public void onOperationFailed(SuspensionKind kind, Throwable cause) {
        if (detail != Detail.OFF) {
            line(current.get(), "KEY     " + kind + " failed: " + cause);
        }
    }

    @Override
    public void onClosed(String state, @Nullable IOException failure) {
        if (detail == Detail.ALL) {
            line(current.get(), "CLOSED  " + (failure == null ? "in good order, in " + state : failure.getMessage()));
        }
    }

    private void line(long id, String text) {
        out.println(UsageError.oneLine("#" + id + " " + text));
        out.flush();
    }
}
