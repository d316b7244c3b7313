package dev.lockstep.nio;

import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsServerConnection;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What a channel does to its socket on the way to the end, each phase bounded by the {@link Limits}: the last bytes go into the output
 * buffer, the TCP output is shut down behind them, and the input is read and dropped until the client's end.
 */
final class Farewell {

    private final Transport transport;
    private final ChannelClock clock;

    Farewell(Transport transport, ChannelClock clock) {
        this.transport = transport;
        this.clock = clock;
    }

    /**
     * Ends TLS: cancels what is pending, clears the secrets and writes the alert.
     *
     * @param fault why it is internal_error and not close_notify; null for a good end
     * @param plain whether the client does not speak TLS, and is answered in plain text
     * @return false when the output buffer is full and the client does not read, so that it cannot be told
     */
    boolean begin(TlsServerConnection tls, @Nullable Throwable fault, boolean plain) throws IOException {
        clock.farewell();
        if (fault != null) {
            tls.fail(fault, transport.output());
        }
        while (tls.close(transport.output()) == StepResult.NEED_OUTPUT) {
            if (!transport.flush()) {
                return false;
            }
        }
        if (plain) {
            // In place of an alert that such a client cannot read.
            transport.output().clear().put(PlainHttpException.answer());
        }
        transport.dropInput();
        return true;
    }

    /** Everything is sent. Returns whether there is input to drain; otherwise the client has ended already. */
    boolean shutDownOutput() throws IOException {
        if (transport.inputEnded()) {
            return false;
        }
        transport.shutDownOutput();
        clock.farewell();
        return true;
    }

    /** Reads and drops what there is, and returns whether it was the last. */
    boolean drain() throws IOException {
        return transport.drain(clock.limits().farewellBytes());
    }
}
