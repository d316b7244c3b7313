package dev.lockstep.tls;

import dev.lockstep.tls.Inbound.Arrival;
import dev.lockstep.tls.config.ConnectionOptions;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.internal.handshake.ServerHandshake;
import dev.lockstep.tls.internal.handshake.State;
import dev.lockstep.tls.internal.handshake.State.Kind;
import dev.lockstep.tls.internal.record.RecordLayer;
import dev.lockstep.tls.internal.record.RecordLimits;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.AlertLevel;
import dev.lockstep.tls.spec.ContentType;
import dev.lockstep.tls.wait.Suspension;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Moves a connection: takes what came to the handshake or to the application, gives SEND states their turn, asks what
 * is waited for, and calls for the {@link Ending}. What it asks of its caller follows from the state's kind alone.
 */
final class ConnectionDriver {

    /** What the objects of a connection take before its peer has sent anything, in bytes; a test measures it. */
    private static final int OBJECTS = 2048;

    private final TlsServerConfig config;
    private final RecordLayer records;
    private final Inbound inbound;
    private final Outbound outbound;
    private final ServerHandshake handshake;
    private final Ending ending;
    private boolean inputClosed;

    /** The input of the suspended connection has ended with data that {@link #read} must deliver before the end. */
    private boolean dataBeforeEnd;

    /** The client has sent close_notify, and the configuration lets the server send what it still has. */
    private boolean peerClosed;

    ConnectionDriver(TlsServerConfig config, Runnable wakeHandler) {
        this.config = config;
        RecordLimits limits = new RecordLimits(
                config.bounds().maxEmptyRecords(), config.bounds().maxWarningAlerts());
        this.records = new RecordLayer(limits, config.bounds().maxRecordsPerKey(), config.maxSentRecord());
        this.inbound = new Inbound(config.bounds(), limits, records.reader());
        this.outbound = new Outbound(records, config);
        this.handshake = new ServerHandshake(config, outbound, wakeHandler);
        this.ending = new Ending(config.observer(), handshake, inbound, outbound);
    }

    ServerHandshake handshake() {
        return handshake;
    }

    Outbound outbound() {
        return outbound;
    }

    Ending ending() {
        return ending;
    }

    void inputClosed() {
        inputClosed = true;
    }

    /** One state of a handshake, behind what waits; an established connection takes input through {@link #read} only. */
    StepResult step(ByteBuffer netIn, ByteBuffer netOut) throws TlsException {
        requireInTime();
        boolean flushed = outbound.flush(netOut);
        ending.requireNoFailure();
        if (!flushed) {
            return needsOutput();
        }
        StepResult result = step(netIn);
        outbound.flush(netOut);
        return result;
    }

    private StepResult step(ByteBuffer netIn) throws TlsException {
        return switch (handshake.state().kind()) {
            case ACT -> {
                handshake.proceed();
                yield StepResult.PROGRESSED;
            }
            case AWAIT -> awaitAnswer(netIn, null);
            case READ -> {
                if (isEstablished() && !inbound.holdsMessage()) {
                    yield StepResult.ESTABLISHED;
                }
                @Nullable StepResult result = receive(netIn, null);
                yield result == null ? StepResult.PROGRESSED : result;
            }
            case OPEN -> StepResult.ESTABLISHED;
            case END -> StepResult.CLOSED;
        };
    }

    /** Application data, and whatever handshake comes between: as far as it goes without waiting. */
    StepResult read(ByteBuffer netIn, ByteBuffer appOut) throws TlsException {
        requireUsable();
        while (true) {
            switch (handshake.state().kind()) {
                case ACT -> handshake.proceed();
                case AWAIT -> {
                    StepResult result = awaitAnswer(netIn, appOut);
                    if (result != StepResult.PROGRESSED || inputClosed) {
                        return result;
                    }
                }
                case READ, OPEN -> {
                    if (peerClosed) {
                        return StepResult.CLOSED;
                    }
                    if (isKeyUsedUp() && !inbound.isAlertNext(netIn)) {
                        throw ending.usedUp();
                    }
                    @Nullable StepResult result = receive(netIn, appOut);
                    if (result != null) {
                        return result;
                    }
                }
                case END -> {
                    return StepResult.CLOSED;
                }
            }
        }
    }

    /** Application data, as many records as there is room for, behind whatever a handshake sends. */
    StepResult write(ByteBuffer[] appIn, ByteBuffer netOut) throws TlsException {
        requireUsable();
        StepResult ready = prepareWrite(netOut);
        return ready != StepResult.ESTABLISHED || outbound.write(appIn, netOut) ? ready : StepResult.NEED_OUTPUT;
    }

    /** Moves a handshake as far as it needs no input: ESTABLISHED when the application may send. */
    private StepResult prepareWrite(ByteBuffer netOut) throws TlsException {
        while (true) {
            if (!outbound.flush(netOut)) {
                return needsOutput();
            }
            switch (handshake.state().kind()) {
                case ACT -> handshake.proceed();
                case AWAIT -> {
                    if (!handshake.await()) {
                        return StepResult.ASYNC_IN_PROGRESS;
                    }
                }
                case READ -> {
                    // a key that is all but used up sends no more data; the client's next messages bring another one
                    boolean sends = handshake.maySend()
                            && !records.writer().protection().isNearLimit();
                    return sends ? StepResult.ESTABLISHED : StepResult.NEED_INPUT;
                }
                case OPEN -> {
                    if (isKeyUsedUp()) {
                        endForUsedKey(netOut);
                        continue; // with the alert
                    }
                    return handshake.maySend() ? StepResult.ESTABLISHED : StepResult.CLOSED;
                }
                case END -> {
                    return StepResult.CLOSED;
                }
            }
        }
    }

    /** Sends close_notify and continues reading; a handshake that is under way must end first. */
    StepResult closeOutput(ByteBuffer netOut) throws TlsException {
        requireUsable();
        StepResult ready = prepareWrite(netOut);
        if (ready != StepResult.ESTABLISHED) {
            return ready;
        }
        if (peerClosed) {
            ending.inOrder();
        } else if (handshake.closeOutput()) {
            outbound.finishWith(AlertLevel.WARNING, AlertDescription.CLOSE_NOTIFY);
        } else {
            return StepResult.NEED_INPUT;
        }
        return outbound.flush(netOut) ? StepResult.CLOSED : StepResult.NEED_OUTPUT;
    }

    /** Asks for another handshake; the exception of changes that do not fit is the caller's, one of the observer is not. */
    boolean renegotiate(ConnectionOptions changes) {
        if (peerClosed || !handshake.mayRenegotiate()) {
            return false;
        }
        TlsServerConfig changed = handshake.configWith(changes);
        return ending.survives(() -> handshake.renegotiate(changed));
    }

    boolean isEstablished() {
        return handshake.established() != null && handshake.state() != State.CLOSED;
    }

    /** Returns whether there is something to write, or a state that acts or asks by itself. */
    boolean wantsStep() {
        return switch (handshake.state().kind()) {
            case ACT -> true;
            case AWAIT -> !outbound.isEmpty() || (!dataBeforeEnd && (handshake.suspension() == null || inputClosed));
            case READ -> !outbound.isEmpty() || inbound.holdsMessage() || (inputClosed && !isEstablished());
            case OPEN, END -> !outbound.isEmpty();
        };
    }

    /** Returns whether more bytes of the peer can change anything. */
    boolean wantsInput() {
        return switch (handshake.state().kind()) {
            case READ -> !inputClosed && !inbound.holdsMessage();
            case OPEN -> !inputClosed && !peerClosed;
            case AWAIT -> !inputClosed && handshake.suspension() != null; // an alert ends the wait
            case ACT, END -> false;
        };
    }

    /** Returns about how many bytes are held: for the objects, and what depends on the peer. */
    int heldBytes() {
        return OBJECTS + inbound.heldBytes() + outbound.heldBytes() + handshake.heldBytes();
    }

    /** Acts on what came; application data goes to {@code appOut}. The answer is null when it moved the handshake. */
    private @Nullable StepResult receive(ByteBuffer netIn, @Nullable ByteBuffer appOut) throws TlsException {
        if (handshake.state().kind() == Kind.OPEN) {
            inbound.betweenHandshakes();
        }
        return switch (inbound.next(netIn)) {
            case NOTHING -> {
                if (inputClosed) {
                    throw ending.truncated();
                }
                yield StepResult.NEED_INPUT;
            }
            case MESSAGE -> {
                boolean endsFlight = handshake.onMessage(inbound.takeMessage());
                inbound.fixVersion();
                if (endsFlight) {
                    requireNothingBehind(netIn);
                }
                yield null;
            }
            case CHANGE_CIPHER_SPEC -> {
                handshake.onChangeCipherSpec();
                yield null;
            }
            case APPLICATION_DATA -> {
                handshake.requireDataAllowed();
                if (appOut == null || appOut.remaining() < inbound.plaintextBound()) {
                    yield StepResult.NEED_OUTPUT;
                }
                inbound.open(netIn, appOut);
                yield StepResult.PROGRESSED;
            }
            case CLOSE_NOTIFY -> closedByPeer();
            case FATAL_ALERT -> throw ending.failedByPeer();
        };
    }

    /**
     * RFC 5246 7.4.7: ClientKeyExchange "MUST immediately follow the client certificate message, if it is sent. Otherwise,
     * it MUST be the first message sent by the client after it receives the ServerHelloDone message." So what stands behind
     * a ClientHello already is out of order, however fast the answer to it is.
     */
    private void requireNothingBehind(ByteBuffer netIn) {
        ContentType early = inbound.firstBehind(netIn, handshake::holds);
        if (early != null) {
            throw FatalAlert.unexpectedMessage(early + " behind ClientHello");
        }
    }

    /** Looks at the input only for what ends the wait or must not come during it; then asks, or asks for the answer. */
    private StepResult awaitAnswer(ByteBuffer netIn, @Nullable ByteBuffer appOut) throws TlsException {
        Inbound.Glance glance = inbound.glance(netIn);
        if (glance.arrival() == Arrival.CLOSE_NOTIFY) {
            return closedByPeer();
        }
        if (glance.arrival() == Arrival.FATAL_ALERT) {
            throw ending.failedByPeer();
        }
        if (inputClosed) {
            return endAwaiting(netIn, appOut);
        }
        ContentType waiting = glance.waiting();
        if (waiting != null && !handshake.holds(waiting)) {
            throw FatalAlert.unexpectedMessage(waiting + " in " + handshake.state());
        }
        return handshake.await() ? StepResult.PROGRESSED : StepResult.ASYNC_IN_PROGRESS;
    }

    /**
     * Ends a wait whose handshake cannot be completed, since no more input comes. Data that the client sent in front of the end
     * is delivered first: without it, close_notify would tell the application that nothing is missing.
     */
    private StepResult endAwaiting(ByteBuffer netIn, @Nullable ByteBuffer appOut) throws TlsException {
        dataBeforeEnd = false;
        Arrival arrival = inbound.nextAfterEnd(netIn);
        if (arrival == Arrival.CLOSE_NOTIFY) {
            return closedByPeer();
        }
        if (arrival == Arrival.FATAL_ALERT) {
            throw ending.failedByPeer();
        }
        if (arrival != Arrival.APPLICATION_DATA || !handshake.holds(ContentType.APPLICATION_DATA)) {
            throw ending.truncated();
        }
        if (appOut == null || appOut.remaining() < inbound.plaintextBound()) {
            dataBeforeEnd = true;
            return appOut == null ? StepResult.ESTABLISHED : StepResult.NEED_OUTPUT;
        }
        inbound.open(netIn, appOut);
        return StepResult.PROGRESSED;
    }

    /**
     * RFC 8446 5.5, which speaks of the ciphers of TLS 1.2 too: keys serve for so many records only. Before a key is used up
     * the connection is closed with close_notify; during a handshake there will be others soon, and they may be on their way
     * in the output.
     */
    private boolean isKeyUsedUp() {
        // nothing is opened any more behind the client's close_notify
        boolean used = peerClosed ? records.writer().protection().isNearLimit() : records.isKeyNearLimit();
        return used && handshake.state().kind() == Kind.OPEN && outbound.isEmpty();
    }

    /** A good end if the client has closed before; otherwise the application must learn that what came may not be all. */
    private void endForUsedKey(ByteBuffer netOut) throws TlsException {
        if (peerClosed) {
            ending.inOrder();
        } else {
            TlsException usedUp = ending.usedUp();
            outbound.flush(netOut);
            throw usedUp;
        }
    }

    private void requireUsable() throws TlsException {
        ending.requireNoFailure();
        requireInTime();
    }

    /**
     * Requires that the handshake is in time, before anything else in every call: a connection whose peer neither reads nor
     * writes must not outlive its deadline.
     */
    private void requireInTime() {
        if (handshake.state().kind() != Kind.END && isPast(handshake.deadlineNanos())) {
            throw FatalAlert.internalError("the handshake did not end before its deadline", null);
        }
    }

    /**
     * Returns when a call has something to do at the latest. Once only {@link #read} can do anything, because data must be delivered
     * before the end of the input, the answer that is awaited is of no use any more, and its deadline asks for nothing.
     */
    OptionalLong nextDeadlineNanos() {
        if (handshake.state().kind() == Kind.END) {
            return OptionalLong.empty();
        }
        Suspension suspension = handshake.suspension();
        return suspension == null || dataBeforeEnd ? handshake.deadlineNanos() : suspension.deadlineNanos();
    }

    /**
     * Stops until the caller makes room for output; an answer that is late by then is given up
     * even so.
     */
    private StepResult needsOutput() {
        Suspension suspension = handshake.suspension();
        if (suspension != null && isPast(suspension.deadlineNanos())) {
            handshake.await();
        }
        return StepResult.NEED_OUTPUT;
    }

    private boolean isPast(OptionalLong deadlineNanos) {
        return deadlineNanos.isPresent() && config.clock().getAsLong() - deadlineNanos.getAsLong() >= 0;
    }

    /**
     * RFC 5246 7.2.1-1: "The other party MUST respond with a close_notify alert of its own and close down". RFC 8446 6.1
     * takes that back, since it "could cause truncation in the read side": a setting chooses.
     */
    private StepResult closedByPeer() {
        if (config.outputAfterCloseNotify() && handshake.state() == State.CONNECTED) {
            peerClosed = true;
            return StepResult.CLOSED;
        }
        ending.inOrder();
        return StepResult.CLOSED;
    }
}
