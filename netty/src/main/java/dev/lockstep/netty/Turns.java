package dev.lockstep.netty;

import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import java.nio.ByteBuffer;

/** One call of the TLS connection after the other, each with what the one before was lacking. */
final class Turns {

    enum Outcome {
        /** Another turn may do more. */
        MOVED,
        /** Bytes, room or an answer from outside must come first. */
        WAITS,
        /** The client's close_notify was read, or the connection has ended itself. */
        CLOSED
    }

    private final TlsServerConnection tls;
    private final NetInput input;
    private final NetOutput output;
    private final AppInput data;
    private final ReadControl reads;
    private final DeadlineTimer timer;
    private final Runnable onHandshake;

    /** Whether a handshake was under way after the last turn. None begins and ends in one: the client must answer. */
    private boolean handshaking = true;

    Turns(
            TlsServerConnection tls,
            NetInput input,
            NetOutput output,
            AppInput data,
            ReadControl reads,
            DeadlineTimer timer,
            Runnable onHandshake) {
        this.tls = tls;
        this.input = input;
        this.output = output;
        this.data = data;
        this.reads = reads;
        this.timer = timer;
        this.onHandshake = onHandshake;
    }

    /**
     * Takes a turn. What a completed handshake makes the application do happens before it returns, the end included. Nothing
     * is done that sends more to a client that does not read, but that its time is over the connection must learn.
     */
    Outcome turn() throws TlsException {
        boolean steps = !tls.isEstablished() || tls.wantsOutput();
        if (steps && output.isBlocked() && !timer.isDue(tls.nextDeadlineNanos())) {
            return Outcome.WAITS;
        }
        int before = data.length();
        StepResult result = steps ? step() : read();
        boolean wasHandshaking = handshaking;
        handshaking = tls.isHandshaking();
        if (wasHandshaking && !handshaking && tls.isEstablished()) {
            deliver(before);
            onHandshake.run();
        }
        return switch (result) {
            case PROGRESSED, ESTABLISHED -> Outcome.MOVED;
            case NEED_INPUT, ASYNC_IN_PROGRESS -> !steps && tls.wantsOutput() ? Outcome.MOVED : Outcome.WAITS;
            case NEED_OUTPUT -> makeRoom(steps);
            case CLOSED -> Outcome.CLOSED;
        };
    }

    private StepResult step() throws TlsException {
        ByteBuffer in = input.view();
        boolean blocked = output.isBlocked();
        ByteBuffer room = blocked ? NetOutput.NO_ROOM : output.room();
        try {
            return tls.step(in, room);
        } finally {
            if (!blocked) {
                output.filled(room); // an alert too, if the step has failed
            }
            input.used(in);
        }
    }

    private StepResult read() throws TlsException {
        ByteBuffer in = input.view();
        ByteBuffer room = data.room();
        int position = room.position();
        try {
            StepResult result = tls.read(in, room);
            position = room.position();
            return result;
        } finally {
            room.position(position); // a record that does not open leaves nothing
            data.filled(room);
            input.used(in);
        }
    }

    private Outcome makeRoom(boolean steps) {
        if (!steps) {
            deliver();
            data.grow(input.length());
            return Outcome.MOVED;
        }
        if (output.isBlocked()) {
            return Outcome.WAITS;
        }
        output.grow();
        return Outcome.MOVED;
    }

    /** Delivers what was opened. */
    void deliver() {
        deliver(data.length());
    }

    private void deliver(int bytes) {
        if (bytes > 0) {
            reads.delivers(bytes); // before it is told: it may ask for more while it is
        }
        data.deliver(bytes);
    }
}
