package dev.lockstep.conversations.oracle;

import dev.lockstep.testkit.client.Seen;
import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Suspension;
import dev.lockstep.tls.wait.SuspensionKind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * Writes down what happens in a conversation, in one line of words:
 *
 * <ul>
 *   <li>{@code >CERT} the client sends, {@code <CERT} the server sends
 *   <li>{@code sign+}, {@code sign*}, {@code sign-} an operation is started, resumed, cancelled
 *   <li><code>{SIGN</code>, <code>}SIGN</code> the connection stands still, and continues
 *   <li>{@code !SIGN} a failure is told to the observer
 *   <li>{@code K} the keys of a connection are derived
 *   <li>{@code seal}, {@code put}, {@code remove} a session is given away, kept, forgotten
 * </ul>
 *
 * <p>The library may choose how much it does in one step, so that is not written down: of all that happens until the
 * connection wants input or stands still, the calls come first and the messages after them, each in their order.
 */
final class Journal implements ConnectionObserver {

    /** How an operation fails. */
    enum Fault {
        START_FAILS,
        START_THROWS,
        FALLS_THROUGH,
        RESUME_FAILS,
        RESUME_THROWS,
        /** It has an answer, and not a good one. */
        BAD_VALUE,
        NEVER_ANSWERS
    }

    private static final IllegalStateException FAILURE = new IllegalStateException("as the recording wants it");

    private final Map<SuspensionKind, Fault> faults = new EnumMap<>(SuspensionKind.class);
    private final boolean slow;
    private final List<String> line = new ArrayList<>();
    private final List<String> messages = new ArrayList<>();
    private final List<String> waits = new ArrayList<>();

    Journal(boolean slow) {
        this.slow = slow;
    }

    void fault(SuspensionKind kind, Fault fault) {
        faults.put(kind, fault);
    }

    boolean has(SuspensionKind kind, Fault fault) {
        return faults.get(kind) == fault;
    }

    /** Something is called. */
    void called(String what) {
        line.add(what);
    }

    void clientSends(String message) {
        settled();
        line.add('>' + message);
    }

    void serverSent(List<Seen> seen) {
        for (Seen each : seen) {
            String text =
                    switch (each.kind()) {
                        case HELLO_REQUEST -> "HR";
                        case SERVER_HELLO -> "SH";
                        case NEW_SESSION_TICKET -> "NST";
                        case CERTIFICATE -> "CERT";
                        case SERVER_KEY_EXCHANGE -> "SKE";
                        case CERTIFICATE_REQUEST -> "CR";
                        case SERVER_HELLO_DONE -> "SHD";
                        case FINISHED -> "FIN";
                        case CERTIFICATE_STATUS -> "STATUS";
                        case CHANGE_CIPHER_SPEC -> "CCS";
                        case APPLICATION_DATA -> "DATA";
                        case ALERT -> each.body()[0] == 1 ? "WARNING" : "FATAL";
                    };
            messages.add('<' + text + (each.kind() == Seen.Kind.ALERT ? "(" + each.body()[1] + ")" : ""));
        }
    }

    /** The connection wants something: input, or an answer. */
    void settled() {
        line.addAll(messages);
        line.addAll(waits);
        messages.clear();
        waits.clear();
    }

    String text() {
        settled();
        return String.join(" ", line);
    }

    // ---- operations

    <T> Start<T> start(String name, SuspensionKind kind, Callable<T> work) {
        called(name + "+");
        Fault fault = faults.get(kind);
        if (fault == Fault.START_FAILS) {
            return Start.failed(FAILURE);
        }
        if (fault == Fault.START_THROWS) {
            throw FAILURE;
        }
        if (fault == Fault.FALLS_THROUGH) {
            return Start.fallThrough();
        }
        PendingOperation<T> operation = new Operation<>(name, work, fault, slow ? 1 : 0);
        return slow || fault == Fault.NEVER_ANSWERS ? Start.inProgress(operation) : Start.ready(operation);
    }

    private final class Operation<T> implements PendingOperation<T> {
        private final String name;
        private final Callable<T> work;
        private final Fault fault;
        private int before;

        Operation(String name, Callable<T> work, Fault fault, int before) {
            this.name = name;
            this.work = work;
            this.fault = fault;
            this.before = before;
        }

        @Override
        public Progress<T> resume() throws Exception {
            called(name + "*");
            if (fault == Fault.NEVER_ANSWERS || before-- > 0) {
                return Progress.inProgress();
            }
            if (fault == Fault.RESUME_FAILS) {
                return Progress.failed(FAILURE);
            }
            if (fault == Fault.RESUME_THROWS) {
                throw FAILURE;
            }
            return Progress.done(work.call());
        }

        @Override
        public void cancel() {
            called(name + "-");
        }
    }

    // ---- the observer, but for what names states

    @Override
    public void onSuspend(Suspension suspension) {
        waits.add('{' + suspension.kind().name());
    }

    @Override
    public void onResume(SuspensionKind kind, long waitedNanos) {
        called('}' + kind.name());
    }

    @Override
    public void onOperationFailed(SuspensionKind kind, Throwable cause) {
        called('!' + kind.name());
    }

    @Override
    public void onOcspResponseUnusable(Credential credential, String reason) {
        called("!OCSP");
    }
}
