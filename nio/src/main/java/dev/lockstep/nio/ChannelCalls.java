package dev.lockstep.nio;

import dev.lockstep.tls.TlsException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * What every call of a {@link TlsChannel} has in common: the first failure, which later calls throw again, deadlines, output
 * before, and idle buffers after.
 */
final class ChannelCalls {

    /** The part of a call that is its own. */
    @FunctionalInterface
    interface Call {
        long run() throws IOException;
    }

    private final ChannelPump pump;
    private @Nullable IOException failure;

    ChannelCalls(ChannelPump pump) {
        this.pump = pump;
    }

    boolean hasFailed() {
        return failure != null;
    }

    long run(Call call) throws IOException {
        if (failure != null) {
            throw failure;
        }
        try {
            pump.begin();
            return call.run();
        } catch (ClosedChannelException e) {
            throw e; // the call came too late; what was received before can still be read
        } catch (IOException e) {
            boolean silent =
                    e instanceof TlsException tlsFailure && tlsFailure.alert() == null && !tlsFailure.fromPeer();
            // without the end of the stream it is this side that has ended, whose key is used up
            failure = silent && pump.inputEnded() ? new TruncatedException(e) : e;
            throw failure;
        } finally {
            pump.settle();
        }
    }
}
