package dev.lockstep.server;

import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.wait.Suspension;
import dev.lockstep.tls.wait.SuspensionKind;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Prints what connections do, one line for each event, with the number of the connection in front. The selector thread
 * says whose turn it is before it steps a connection, and the connection's observer calls come in between.
 */
public final class Trace implements ConnectionObserver {

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
    private long current;

    public Trace(PrintWriter out, Detail detail) {
        this.out = out;
        this.detail = detail;
    }

    /** From here on, what is observed concerns connection {@code id}. */
    void enter(long id) {
        current = id;
    }

    /** A defect of this program: printed whatever the detail, because nobody else reports it. */
    void defect(long id, RuntimeException e) {
        line(id, "DEFECT  " + e);
    }

    /** A remark that is not TLS's own. */
    void note(long id, String text) {
        if (detail == Detail.ALL) {
            line(id, "NOTE    " + text);
        }
    }

    @Override
    public void onTransition(String from, String event, String to) {
        if (detail == Detail.ALL) {
            line(current, "STATE   " + from + " -- " + event + " -> " + to);
        }
    }

    @Override
    public void onSuspend(Suspension suspension) {
        if (detail != Detail.OFF) {
            line(current, "SUSPEND " + suspension.kind() + ": the thread goes on with the others");
        }
    }

    @Override
    public void onResume(SuspensionKind kind, long waitedNanos) {
        if (detail != Detail.OFF) {
            line(current, String.format(Locale.ROOT, "RESUME  %s after %.1f ms", kind, waitedNanos / 1e6));
        }
    }

    @Override
    public void onOperationFailed(SuspensionKind kind, Throwable cause) {
        if (detail != Detail.OFF) {
            line(current, "KEY     " + kind + " failed: " + cause);
        }
    }

    @Override
    public void onClosed(String state, @Nullable IOException failure) {
        if (detail == Detail.ALL) {
            line(current, "CLOSED  " + (failure == null ? "in good order, in " + state : failure.getMessage()));
        }
    }

    private void line(long id, String text) {
        out.println(UsageError.oneLine("#" + id + " " + text));
        out.flush();
    }
}
