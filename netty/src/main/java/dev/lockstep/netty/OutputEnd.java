package dev.lockstep.netty;

import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.nio.ByteBuffer;

/**
 * The end of the server's direction: close_notify, which the application has requested, or which ends the connection. All who
 * request it have one outcome. It is no promise of theirs, since one that is cancelled would take its record with it.
 */
final class OutputEnd {

    private final ChannelPromise outcome;
    private boolean requested;

    /** close_notify or an alert is the last record, or there is none. */
    private boolean decided;

    OutputEnd(ChannelHandlerContext context) {
        this.outcome = context.newPromise();
    }

    /** Whether the application has ended its output: it writes no more. */
    boolean isRequested() {
        return requested;
    }

    /** Whether close_notify was requested and is not sealed yet. */
    boolean isPending() {
        return requested && !decided;
    }

    /** The application ends its output; {@code promise} learns of the outcome. */
    void request(ChannelPromise promise) {
        requested = true;
        tell(outcome, promise);
    }

    /** Completes a promise of the application as another one, unless the application has cancelled it. */
    static void tell(ChannelFuture outcome, ChannelPromise promise) {
        outcome.addListener(done -> {
            if (done.isSuccess()) {
                promise.trySuccess();
            } else {
                promise.tryFailure(done.cause());
            }
        });
    }

    /**
     * Seals close_notify.
     *
     * @return whether that was possible; if not, a handshake comes first
     */
    boolean seal(TlsServerConnection tls, NetOutput output, ChannelPromise sent) throws TlsException {
        while (true) {
            ByteBuffer room = output.room();
            StepResult result = tls.closeOutput(room);
            output.filled(room);
            if (result == StepResult.NEED_OUTPUT) {
                output.grow();
            } else if (result == StepResult.CLOSED) {
                sentBy(sent);
                output.handLast(sent);
                return true;
            } else {
                return false;
            }
        }
    }

    /** Makes close_notify or the alert the last record of the connection. */
    static void sealLast(TlsServerConnection tls, NetOutput output) {
        ByteBuffer room = output.room();
        while (tls.close(room) == StepResult.NEED_OUTPUT) {
            output.filled(room);
            output.grow();
            room = output.room();
        }
        output.filled(room);
    }

    /** close_notify is the record that {@code sent} is the future of. */
    void sentBy(ChannelFuture sent) {
        if (!decided) {
            decided = true;
            tell(sent, outcome);
        }
    }

    /** There is no close_notify, or not everything that was to come before it. */
    void failed(Throwable cause) {
        if (!decided) {
            decided = true;
            outcome.tryFailure(cause);
        }
    }
}
