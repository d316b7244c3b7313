package dev.lockstep.tls;

import dev.lockstep.tls.Inbound.Arrival;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.internal.handshake.NegotiatedParameters;
import dev.lockstep.tls.internal.handshake.ServerHandshake;
import dev.lockstep.tls.internal.handshake.State;
import dev.lockstep.tls.internal.handshake.State.Kind;
import dev.lockstep.tls.internal.record.JoinedMessage;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.keys.Suspension;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.AlertLevel;
import dev.lockstep.tls.spec.ContentType;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of one TLS 1.2 connection (RFC 5246), without any I/O: the caller moves bytes between its buffers
 * and the network and steps the connection.
 *
 * <pre>{@code
 * StepResult r;
 * do { r = tls.step(netIn, netOut); } while (r == StepResult.PROGRESSED);
 * }</pre>
 *
 * <p><b>Buffers</b> belong to the caller; heap and direct ones work. {@code netIn} is in read mode: bytes from position
 * to limit are consumed record by record, and a partial record stays where it is, so {@code netIn} needs room for
 * {@link #NETWORK_BUFFER_SIZE} bytes. {@code netOut} is in write mode and needs at least 1 KiB; the same size as
 * {@code netIn} is best. Nothing of a buffer is kept after a call.
 *
 * <p><b>Threads.</b> A connection is confined to one thread at a time; there are no locks inside. Only wakers, and
 * through them the handler of {@link #onWake}, run on other threads.
 *
 * <p><b>Errors.</b> Whatever the peer does wrong becomes one alert and one {@link TlsException}, which every later call
 * throws again. The alert is in {@code netOut} when the exception is thrown, if there was room; {@link #close} writes
 * it otherwise. So after a TlsException: {@code close(netOut)}, send, and end the transport. Misuse is an
 * {@link IllegalStateException} that leaves the connection as it was. After the end every secret is cleared.
 */
public final class TlsServerConnection {

    /** The longest record a peer may send, in bytes: the least capacity of {@code netIn}. */
    public static final int NETWORK_BUFFER_SIZE = 5 + (1 << 14) + 2048;

    /** The most application data that one record carries, in bytes: the least free room of {@code appOut}. */
    public static final int APPLICATION_BUFFER_SIZE = 1 << 14;

    private final TlsServerConfig config;
    private final Inbound inbound;
    private final Outbound outbound;
    private final ServerHandshake handshake;
    private final WakeHandler wakeHandler = new WakeHandler();
    private final OptionalLong handshakeDeadlineNanos;
    private boolean entered;
    private boolean inputClosed;
    private @Nullable TlsException failure;

    private TlsServerConnection(TlsServerConfig config) {
        this.config = config;
        this.inbound = new Inbound(config.bounds());
        this.outbound = new Outbound(config.random(), inbound);
        OptionalLong timeout = config.handshakeTimeoutNanos();
        this.handshakeDeadlineNanos = timeout.isPresent()
                ? OptionalLong.of(config.clock().getAsLong() + timeout.getAsLong())
                : OptionalLong.empty();
        this.handshake = new ServerHandshake(config, outbound, wakeHandler, handshakeDeadlineNanos);
    }

    /** A connection that waits for a ClientHello. The handshake's time limit begins now. */
    public static TlsServerConnection create(TlsServerConfig config) {
        return new TlsServerConnection(Objects.requireNonNull(config, "config"));
    }

    /**
     * Moves the handshake by at most one state. Before anything else it writes what is waiting for {@code netOut}; once
     * the connection is established that is all it does.
     *
     * @throws TlsException when the connection has failed, now or earlier
     * @throws IllegalStateException when called from within a callback of this connection
     */
    public StepResult step(ByteBuffer netIn, ByteBuffer netOut) throws TlsException {
        enter();
        try {
            if (failure != null) {
                outbound.flush(netOut);
                throw failure;
            }
            if (!outbound.flush(netOut)) {
                return StepResult.NEED_OUTPUT;
            }
            StepResult result = advance(netIn);
            outbound.flush(netOut);
            return result;
        } catch (FatalAlert alert) {
            throw fail(alert, netOut);
        } catch (RuntimeException bug) {
            // The last line of defence: a defect here must not reach the caller as anything but a closed connection.
            throw fail(FatalAlert.internalError("defect: " + bug, bug), netOut);
        } finally {
            entered = false;
        }
    }

    /**
     * Opens at most one record of application data, straight from {@code netIn} to {@code appOut}. Other records are
     * acted on; what they make the connection send waits for {@link #step} or {@link #close} (see {@link #wantsOutput}).
     *
     * @return PROGRESSED when a record was opened, even an empty one; NEED_INPUT; NEED_OUTPUT when {@code appOut} has
     *     no room for the record ({@link #APPLICATION_BUFFER_SIZE} bytes always suffice); CLOSED after close_notify
     * @throws TlsException when the connection has failed, now or earlier; its alert waits for {@link #close}
     * @throws IllegalStateException before the connection is established, or from within a callback
     */
    public StepResult read(ByteBuffer netIn, ByteBuffer appOut) throws TlsException {
        enterOpen();
        try {
            return handshake.state() == State.CLOSED ? StepResult.CLOSED : receive(netIn, appOut);
        } catch (FatalAlert alert) {
            throw fail(alert, null);
        } catch (RuntimeException bug) {
            throw fail(FatalAlert.internalError("defect: " + bug, bug), null);
        } finally {
            entered = false;
        }
    }

    /**
     * Seals application data straight from {@code appIn} to {@code netOut}, as many records as there is room for.
     *
     * @return ESTABLISHED when {@code appIn} is consumed; NEED_OUTPUT when {@code netOut} is full; CLOSED after
     *     close_notify in either direction: nothing is sent any more
     * @throws TlsException when the connection has failed, now or earlier
     * @throws IllegalStateException before the connection is established, or from within a callback
     */
    public StepResult write(ByteBuffer appIn, ByteBuffer netOut) throws TlsException {
        enterOpen();
        try {
            if (!outbound.flush(netOut)) {
                return StepResult.NEED_OUTPUT;
            }
            if (handshake.state() == State.CLOSED) {
                return StepResult.CLOSED;
            }
            outbound.write(appIn, netOut);
            return appIn.hasRemaining() ? StepResult.NEED_OUTPUT : StepResult.ESTABLISHED;
        } catch (FatalAlert alert) {
            throw fail(alert, netOut);
        } catch (RuntimeException bug) {
            throw fail(FatalAlert.internalError("defect: " + bug, bug), netOut);
        } finally {
            entered = false;
        }
    }

    /**
     * Ends the connection: a pending operation is cancelled, then close_notify is sent (RFC 5246 section 7.2.1), or the
     * alert of a failure that could not be sent before. May be called in every state and any number of times.
     *
     * @return CLOSED when everything is in {@code netOut}, NEED_OUTPUT when it must be emptied first
     * @throws IllegalStateException when called from within a callback of this connection
     */
    public StepResult close(ByteBuffer netOut) {
        enter();
        try {
            if (handshake.state() != State.CLOSED) {
                end(AlertLevel.WARNING, AlertDescription.CLOSE_NOTIFY, null);
            }
            return outbound.flush(netOut) ? StepResult.CLOSED : StepResult.NEED_OUTPUT;
        } finally {
            entered = false;
        }
    }

    /**
     * The transport has no more input. Without a close_notify before it that is an error (truncation), which the next
     * call reports once the whole records in {@code netIn} are used up; a suspended connection ends at the next step.
     */
    public void inputClosed() {
        inputClosed = true;
    }

    /**
     * Sets what wakers run when an operation may have come to its end. The handler runs on any thread, possibly before
     * the step that suspends has returned; it must only hand the connection over (put it into a queue and wake the
     * selector) and never call it. A wake that came before is delivered now.
     */
    public void onWake(Runnable handler) {
        wakeHandler.set(Objects.requireNonNull(handler, "handler"));
    }

    /** When to step again at the latest, in nanoseconds of the configured clock; empty when nothing has a time limit. */
    public OptionalLong nextDeadlineNanos() {
        if (handshake.state().kind() == Kind.OPEN || handshake.state().kind() == Kind.END) {
            return OptionalLong.empty();
        }
        Suspension suspension = handshake.suspension();
        return suspension == null ? handshakeDeadlineNanos : suspension.deadlineNanos();
    }

    /** What is being waited for, since when and until when; null when the connection is not suspended. */
    public @Nullable Suspension suspension() {
        return handshake.suspension();
    }

    /** Whether something waits for a {@code netOut}: call {@link #step} or {@link #close}. */
    public boolean wantsOutput() {
        return !outbound.isEmpty();
    }

    /** Whether application data can flow. */
    public boolean isEstablished() {
        return handshake.state().kind() == Kind.OPEN;
    }

    /** Whether the connection is over, in whatever way. */
    public boolean isClosed() {
        return handshake.state() == State.CLOSED;
    }

    /** Why the connection failed; null while it has not. */
    public @Nullable TlsException failure() {
        return failure;
    }

    /**
     * What was negotiated; stays available after the end.
     *
     * @throws IllegalStateException before ServerHello
     */
    public ConnectionInfo info() {
        NegotiatedParameters n = handshake.negotiated();
        return new ConnectionInfo(
                n.cipherSuite(),
                n.group(),
                n.signatureScheme(),
                n.serverName(),
                n.applicationProtocol(),
                n.extendedMasterSecret(),
                n.encryptThenMac(),
                n.credential());
    }

    private StepResult advance(ByteBuffer netIn) throws TlsException {
        requireInTime();
        return switch (handshake.state().kind()) {
            case SEND -> {
                handshake.proceed();
                yield moved();
            }
            case SUSPEND -> awaitAnswer(netIn);
            case READ -> receive(netIn, null);
            case OPEN -> StepResult.ESTABLISHED;
            case END -> StepResult.CLOSED;
        };
    }

    /** A wait that began in this step is told now: whoever closes instead of stepping again finds nothing polled. */
    private StepResult moved() {
        return handshake.state().kind() == Kind.SUSPEND ? StepResult.ASYNC_IN_PROGRESS : StepResult.PROGRESSED;
    }

    /** Acts on what came, until something moved; application data goes to {@code appOut}. */
    private StepResult receive(ByteBuffer netIn, @Nullable ByteBuffer appOut) throws TlsException {
        while (true) {
            switch (inbound.next(netIn)) {
                case NOTHING -> {
                    if (inputClosed) {
                        throw truncated();
                    }
                    return StepResult.NEED_INPUT;
                }
                case MESSAGE -> {
                    JoinedMessage message = inbound.takeMessage();
                    handshake.onMessage(message.typeCode(), message.encoded());
                    inbound.fixVersion();
                    if (appOut == null) {
                        return moved();
                    }
                }
                case CHANGE_CIPHER_SPEC -> {
                    handshake.onChangeCipherSpec();
                    return StepResult.PROGRESSED;
                }
                case APPLICATION_DATA -> {
                    handshake.onApplicationData();
                    if (appOut == null || appOut.remaining() < inbound.plaintextBound(netIn)) {
                        return StepResult.NEED_OUTPUT;
                    }
                    inbound.open(netIn, appOut);
                    return StepResult.PROGRESSED;
                }
                case CLOSE_NOTIFY -> {
                    return closedByPeer();
                }
                case FATAL_ALERT -> throw failedByPeer();
            }
        }
    }

    /** Looks at the input only for what ends the wait or must not come during it; then polls. */
    private StepResult awaitAnswer(ByteBuffer netIn) throws TlsException {
        Inbound.Glance glance = inbound.glance(netIn);
        if (glance.arrival() == Arrival.CLOSE_NOTIFY) {
            return closedByPeer();
        }
        if (glance.arrival() == Arrival.FATAL_ALERT) {
            throw failedByPeer();
        }
        if (inputClosed) {
            throw truncated();
        }
        ContentType waiting = glance.waiting();
        if (waiting != null && !handshake.holds(waiting)) {
            throw FatalAlert.unexpectedMessage(waiting + " in " + handshake.state());
        }
        return handshake.poll() ? StepResult.PROGRESSED : StepResult.ASYNC_IN_PROGRESS;
    }

    private void requireInTime() {
        if (handshakeDeadlineNanos.isPresent()
                && handshake.state().kind() != Kind.OPEN
                && handshake.state().kind() != Kind.END
                && config.clock().getAsLong() - handshakeDeadlineNanos.getAsLong() >= 0) {
            throw FatalAlert.internalError("the handshake did not end before its deadline", null);
        }
    }

    /** RFC 5246 7.2.1: "the other party MUST respond with a close_notify alert of its own and close down". */
    private StepResult closedByPeer() {
        end(AlertLevel.WARNING, AlertDescription.CLOSE_NOTIFY, null);
        return StepResult.CLOSED;
    }

    private TlsException failedByPeer() {
        AlertDescription description = inbound.fatalAlert();
        TlsException e = new TlsException(description, true, stateName(), "the peer ended the connection", null);
        end(null, null, e);
        return e;
    }

    private TlsException truncated() {
        TlsException e = new TlsException(null, false, stateName(), "the transport ended without close_notify", null);
        end(null, null, e);
        return e;
    }

    private TlsException fail(FatalAlert alert, @Nullable ByteBuffer netOut) {
        TlsException e = new TlsException(
                alert.description(), false, stateName(), String.valueOf(alert.getMessage()), alert.getCause());
        end(AlertLevel.FATAL, alert.description(), e);
        if (netOut != null) {
            outbound.flush(netOut);
        }
        return e;
    }

    /** The one way into CLOSED: the last alert is queued, pending work cancelled, secrets cleared. */
    private void end(@Nullable AlertLevel level, @Nullable AlertDescription description, @Nullable TlsException e) {
        String state = stateName();
        failure = e;
        outbound.finishWith(level, description);
        inbound.destroy();
        handshake.close();
        config.observer().onClosed(state, e);
    }

    private String stateName() {
        return handshake.state().name();
    }

    private void enter() {
        if (entered) {
            throw new IllegalStateException("a callback of this connection must not call it");
        }
        entered = true;
    }

    private void enterOpen() throws TlsException {
        enter();
        if (failure != null) {
            entered = false;
            throw failure;
        }
        Kind kind = handshake.state().kind();
        if (kind != Kind.OPEN && kind != Kind.END) {
            entered = false;
            throw new IllegalStateException("not established: " + stateName() + "; step first");
        }
    }
}
