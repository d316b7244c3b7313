package dev.lockstep.tls;

import dev.lockstep.tls.config.ConnectionOptions;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.internal.handshake.ServerHandshake;
import dev.lockstep.tls.internal.handshake.State;
import dev.lockstep.tls.wait.Suspension;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of one TLS 1.2 connection (RFC 5246), without any I/O: the caller moves bytes between its buffers
 * and the network and steps the connection.
 *
 * <p>One turn of an event loop over a connection; {@code appIn} holds what the application wants to send:
 *
 * <pre>{@code
 * StepResult turn(TlsServerConnection tls) throws TlsException {
 *     StepResult result;
 *     do {
 *         result = StepResult.ESTABLISHED;
 *         if (!tls.isEstablished() || tls.wantsOutput()) {
 *             result = tls.step(netIn, netOut);
 *         }
 *         if (result == StepResult.ESTABLISHED && appIn.hasRemaining()) {
 *             result = tls.write(appIn, netOut);
 *         }
 *         if (tls.isEstablished() && (result == StepResult.ESTABLISHED || result == StepResult.NEED_INPUT)) {
 *             result = tls.read(netIn, appOut);
 *         }
 *     } while (result == StepResult.PROGRESSED
 *             || (tls.wantsOutput() && result != StepResult.NEED_OUTPUT && result != StepResult.CLOSED));
 *     return result;
 * }
 * }</pre>
 *
 * <p>Then the loop sends what is in {@code netOut}, asks the selector for input if {@link #wantsInput}, and comes back when
 * there is input, when the wake handler was run, or at {@link #nextDeadlineNanos}.
 *
 * <p><b>Buffers</b> belong to the caller; heap and direct ones work. {@code netIn} is in read mode: bytes from position
 * to limit are consumed record by record, and a partial record stays where it is, so {@code netIn} needs room for
 * {@link #NETWORK_BUFFER_SIZE} bytes. {@code netOut} is in write mode; one without room is legal, and then the answer is
 * NEED_OUTPUT as soon as there is something to send, which takes 1 KiB at least. What a call reads and what it writes, from
 * position to limit, must not overlap. Nothing of a buffer is kept after a call.
 *
 * <p><b>Threads.</b> A connection is confined to one thread at a time. Only wakers and the wake handler run on others.
 *
 * <p><b>Errors.</b> A mistake of the peer becomes one alert and one {@link TlsException}, which every later call throws again.
 * The alert is in {@code netOut} then, if there was room, or {@link #close} writes it: call {@code close(netOut)}, send, and end
 * the transport. Misuse changes nothing: a call from a callback is an {@link IllegalStateException}; buffers that are null,
 * read-only where they are written, or (as far as heap buffers show it) overlap are a {@link NullPointerException}, a {@link
 * java.nio.ReadOnlyBufferException} or an {@link IllegalArgumentException}. What a callback throws, even an {@link Error} or an
 * undeclared checked exception, ends the connection with internal_error. After the end every secret is cleared, the key that
 * seals once the last record is in {@code netOut}; where that is not to be sent, {@link #abort} clears it.
 */
public final class TlsServerConnection {

    /** The longest record a peer may send, in bytes: the least capacity of {@code netIn}. */
    public static final int NETWORK_BUFFER_SIZE = 5 + (1 << 14) + 2048;

    /** The most application data that one record carries, in bytes: the least free room of {@code appOut}. */
    public static final int APPLICATION_BUFFER_SIZE = 1 << 14;

    private final ConnectionDriver driver;
    private final ServerHandshake handshake;
    private final Outbound outbound;
    private final Ending ending;
    private final CallGuard calls;
    private final @Nullable ByteBuffer[] single = new ByteBuffer[1];

    private TlsServerConnection(TlsServerConfig config, Consumer<TlsServerConnection> wake) {
        this.driver = new ConnectionDriver(config, () -> wake.accept(this));
        this.handshake = driver.handshake();
        this.outbound = driver.outbound();
        this.ending = driver.ending();
        this.calls = new CallGuard(driver);
    }

    /**
     * Creates a connection that waits for a ClientHello. The handshake's time limit begins now.
     * @param config what the connection negotiates; shared by any number of connections
     * @param wake runs when an operation of the connection may have ended: on any thread, possibly before the step that
     *     suspends has returned, any number of times. It only enqueues the connection and wakes the selector, and must not
     *     call the connection. What it throws is dropped, since the thread is the key's
     */
    public static TlsServerConnection create(TlsServerConfig config, Consumer<TlsServerConnection> wake) {
        return new TlsServerConnection(Objects.requireNonNull(config, "config"), Objects.requireNonNull(wake, "wake"));
    }

    /**
     * Moves the handshake by at most one state, after writing pending output to {@code netOut}. On an established
     * connection it takes no input, which {@link #read} does; it moves a renegotiation as far as that needs no input.
     * @throws TlsException when the connection has failed, now or earlier
     */
    public StepResult step(ByteBuffer netIn, ByteBuffer netOut) throws TlsException {
        BufferChecks.require(netIn, "netIn", netOut, "netOut");
        calls.enter();
        try {
            return driver.step(netIn, netOut);
        } catch (Exception | Error fault) {
            throw ending.failed(fault, netOut);
        } finally {
            calls.leave();
        }
    }

    /**
     * Opens at most one record of application data, straight from {@code netIn} to {@code appOut}. It also processes other
     * records, including those of a renegotiation; {@link #step} writes the output they cause (see {@link #wantsOutput}).
     * @return PROGRESSED when a record was opened, even an empty one; NEED_INPUT; NEED_OUTPUT when {@code appOut} has
     *     no room for the record ({@link #APPLICATION_BUFFER_SIZE} bytes always suffice); ASYNC_IN_PROGRESS when a
     *     renegotiation waits: call again with the same arguments when woken, or earlier; CLOSED after close_notify
     * @throws TlsException when the connection has failed, now or earlier; its alert waits for {@link #close}. Also when it
     *     closes because a key is used up (see {@code Bounds.maxRecordsPerKey}): the client may have had more to send
     * @throws IllegalStateException before the connection is established, or from within a callback
     */
    public StepResult read(ByteBuffer netIn, ByteBuffer appOut) throws TlsException {
        BufferChecks.require(netIn, "netIn", appOut, "appOut");
        calls.enterOpen();
        try {
            return driver.read(netIn, appOut);
        } catch (Exception | Error fault) {
            throw ending.failed(fault, null);
        } finally {
            calls.leave();
        }
    }

    /**
     * Seals application data straight from {@code appIn} to {@code netOut}, as many records as there is room for.
     * @return ESTABLISHED when {@code appIn} is consumed; NEED_OUTPUT when {@code netOut} is full; ASYNC_IN_PROGRESS when
     *     a renegotiation waits: call again with the same arguments; NEED_INPUT when one needs the client first: {@link #read};
     *     CLOSED after close_notify either way, unless it is the client's and {@code outputAfterCloseNotify} permits more
     * @throws TlsException when the connection has failed, now or earlier
     * @throws IllegalStateException before the connection is established, or from within a callback
     */
    public StepResult write(ByteBuffer appIn, ByteBuffer netOut) throws TlsException {
        BufferChecks.require(appIn, "appIn", netOut, "netOut");
        calls.enterOpen();
        single[0] = appIn;
        return seal(single, netOut);
    }

    /**
     * Seals several buffers, in order, as {@link #write(ByteBuffer, ByteBuffer)} does one. Small buffers share a record.
     * @throws IllegalArgumentException when a buffer with something in it is there twice
     */
    public StepResult write(ByteBuffer[] appIn, ByteBuffer netOut) throws TlsException {
        BufferChecks.requireAll(appIn, "appIn", netOut, "netOut");
        calls.enterOpen();
        return seal(appIn, netOut);
    }

    private StepResult seal(ByteBuffer[] appIn, ByteBuffer netOut) throws TlsException {
        try {
            return driver.write(appIn, netOut);
        } catch (Exception | Error fault) {
            throw ending.failed(fault, netOut);
        } finally {
            single[0] = null;
            calls.leave();
        }
    }

    /**
     * Sends close_notify and leaves the input open, for protocols in which one side closes its stream first. The connection
     * ends when it reads the peer's close_notify, or on {@link #close}. RFC 5246 section 7.2.1 lets a peer discard its
     * pending data when it receives close_notify, so both sides must agree on this use. After the client's close_notify
     * (see {@code outputAfterCloseNotify} of the configuration) this ends the connection.
     * @return CLOSED when close_notify is in {@code netOut} or was said before; else what {@link #write} would answer,
     *     and nothing has been said yet
     * @throws TlsException when the connection has failed, now or earlier
     * @throws IllegalStateException before the connection is established, or from within a callback
     */
    public StepResult closeOutput(ByteBuffer netOut) throws TlsException {
        BufferChecks.requireOutput(netOut, "netOut");
        calls.enterOpen();
        try {
            return driver.closeOutput(netOut);
        } catch (Exception | Error fault) {
            throw ending.failed(fault, netOut);
        } finally {
            calls.leave();
        }
    }

    /**
     * Ends the connection: cancels a pending operation and sends close_notify (RFC 5246 section 7.2.1), preceded by
     * user_canceled in a first handshake (7.2.2), or the alert of a failure. Legal in every state, any number of times.
     * @return CLOSED when everything is in {@code netOut}, NEED_OUTPUT when it must be emptied first
     */
    public StepResult close(ByteBuffer netOut) {
        return last(ending::closed, netOut);
    }

    /**
     * Ends the connection as {@link #close} does, with the same answers, but with a fatal internal_error alert, so that the
     * client does not take a truncated stream for a complete one. On a connection that has ended it is {@code close}.
     * @param cause the cause of this connection's {@link #failure}
     */
    public StepResult fail(Throwable cause, ByteBuffer netOut) {
        return last(() -> ending.givenUp(cause), netOut);
    }

    /**
     * Ends the connection without another byte: cancels a pending operation, drops what waits to be sent, the last alert of an
     * earlier end too, and clears every secret. For a transport that is gone or closed immediately; where it works, {@link #close}
     * tells the peer that its stream is complete. Legal in every state, any number of times. Later calls answer as after {@code
     * close}; {@link #failure} stays what it was, and the session can still be resumed.
     * @throws IllegalStateException from within a callback
     */
    public void abort() {
        last(ending::aborted, ByteBuffer.allocate(0));
    }

    private StepResult last(Runnable end, ByteBuffer netOut) {
        BufferChecks.requireOutput(netOut, "netOut");
        calls.enter();
        try {
            end.run();
            return outbound.flush(netOut) ? StepResult.CLOSED : StepResult.NEED_OUTPUT;
        } finally {
            calls.leave();
        }
    }

    /**
     * Asks the client for another handshake (RFC 5246 section 7.4.1.1). It may answer with a ClientHello, which {@link #read}
     * takes on, or say no_renegotiation, or do nothing: how long to wait is the application's to decide.
     * @return whether HelloRequest was queued (see {@link #wantsOutput}); false when the policy, its limits or the client
     *     do not allow a renegotiation now, one is under way, or the client has been asked for one already; and when a fault
     *     of the observer has ended the connection, which the next call throws
     * @throws IllegalStateException before the connection is established, or from within a callback
     */
    public boolean renegotiate() {
        return renegotiate(ConnectionOptions.NONE);
    }

    /**
     * Requests another handshake with other options, for example to request a client certificate when it is needed. The
     * options also apply to later handshakes. Settings that they do not name stay, and all stay if this returns false.
     * @throws dev.lockstep.tls.setting.ConfigException as {@code TlsServerConfig.with}
     */
    public boolean renegotiate(ConnectionOptions changes) {
        calls.enterOpen();
        try {
            return driver.renegotiate(changes);
        } finally {
            calls.leave();
        }
    }

    /**
     * Signals the end of the transport's input. Without a preceding close_notify this is a truncation: the next call that has
     * used up the whole records in {@code netIn} reports it. A suspended connection ends at the next step, or at the {@link
     * #read} that has delivered the data in {@code netIn}, since the handshake cannot be completed.
     */
    public void inputClosed() {
        driver.inputClosed();
    }

    /**
     * Returns when to step again at the latest, in nanoseconds of the configured clock; empty when nothing has a time limit.
     * {@code step}, {@code read}, {@code write} and {@code closeOutput} act on deadlines that have passed before anything else.
     */
    public OptionalLong nextDeadlineNanos() {
        return driver.nextDeadlineNanos();
    }

    /** Returns what the connection waits for, since when and until when; null when it is not suspended. */
    public @Nullable Suspension suspension() {
        return handshake.suspension();
    }

    /**
     * Tells whether {@link #step} has something to do without more input: to write, to send, to ask, to take a message that
     * came with an earlier one, or to report the end of the input. Call it, or {@link #close}, before waiting for anything.
     */
    public boolean wantsOutput() {
        return driver.wantsStep();
    }

    /**
     * Tells whether more bytes of the peer can change anything. If not, the connection needs {@link #step} or {@link #close}
     * first, has met the end of its input, or is over. While it is suspended only alerts and that end count.
     */
    public boolean wantsInput() {
        return driver.wantsInput();
    }

    /** Returns about how many bytes the connection holds: a constant, and what the peer causes, such as a chain. */
    public int heldBytes() {
        return driver.heldBytes();
    }

    /** Returns whether the first handshake is over and the connection is not: application data can flow. */
    public boolean isEstablished() {
        return driver.isEstablished();
    }

    /** Returns whether a handshake is under way; a renegotiation is from the client's ClientHello on. */
    public boolean isHandshaking() {
        return handshake.isUnderWay();
    }

    /** Returns the number of complete handshakes: 1 once established, one more after each renegotiation. */
    public int handshakes() {
        return handshake.completed();
    }

    /** Returns whether the connection has ended, with or without a failure. */
    public boolean isClosed() {
        return handshake.state() == State.CLOSED;
    }

    /** Returns the exception with which the connection failed, or null. */
    public @Nullable TlsException failure() {
        return ending.failure();
    }

    /**
     * Returns what was negotiated by the last handshake that was finished, or by the first one; stays available after the end.
     * @throws IllegalStateException before ServerHello
     */
    public ConnectionInfo info() {
        return ConnectionInfo.of(handshake.agreement(), handshake.established());
    }

    /** Returns what the handshake that is under way has negotiated; null before its ServerHello, and while there is none. */
    public @Nullable ConnectionInfo handshakeInfo() {
        return ConnectionInfo.ofHandshake(handshake.agreementUnderWay());
    }

    /**
     * Removes the sessions of this connection's handshakes from the store, so that they are not resumed by their ids (RFC
     * 5246 section 7.2.2). The connection stays. A ticket that the client holds cannot be taken back.
     * @throws IllegalStateException before the connection is established, or from within a callback
     */
    public void invalidateSession() {
        calls.enterOpen();
        try {
            ending.survives(handshake::invalidateSessions);
        } finally {
            calls.leave();
        }
    }

    /**
     * Returns keying material, the caller's own, for a protocol above this connection (RFC 5705 section 4). Without the
     * extended master secret (see {@link #info}) a man in the middle might know it too: there is none (RFC 7627 section 5.4).
     * @param label ASCII, registered or beginning with {@code EXPERIMENTAL}
     * @param context what the material is to depend on, at most 65,535 bytes; null, which is another thing than empty, for nothing
     * @param length how many bytes, 1 to 65,536
     * @throws IllegalArgumentException when a parameter is out of its range or the label is one of TLS's own
     * @throws IllegalStateException before the connection is established, after it was closed, without the extended
     *     master secret, or when the configuration does not enable exporters
     */
    public byte[] exportKeyingMaterial(String label, byte @Nullable [] context, int length) {
        return ChannelBindings.export(handshake, label, context, length);
    }

    /**
     * Returns the channel binding {@code tls-unique} (RFC 5929 section 3): verify_data of the last handshake's first Finished.
     * @return 12 bytes; null without the extended master secret, since then it is not unique (RFC 7627)
     * @throws IllegalStateException before the connection is established, or after it was closed
     */
    public byte @Nullable [] tlsUnique() {
        return ChannelBindings.tlsUnique(handshake);
    }

    /**
     * Returns the channel binding {@code tls-server-end-point} (RFC 5929 section 4): a hash of the certificate.
     * @return null when no certificate was sent, or its signature algorithm has no hash that RFC 5929 defines
     * @throws IllegalStateException before the connection is established, or after it was closed
     */
    public byte @Nullable [] tlsServerEndPoint() {
        return ChannelBindings.tlsServerEndPoint(handshake);
    }

    /** Returns whether this handshake may still need the credential's key: not if it resumes, nor once it was used. */
    public boolean needsKey() {
        return handshake.needsKey();
    }
}
