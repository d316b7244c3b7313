package dev.lockstep.keys.keyserver;

import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import java.io.IOException;
import java.nio.channels.Selector;

/** A short connection to a key server, for what its welcome says. */
final class KeyServerProbe {

    private static final long NANOS_PER_MILLI = 1_000_000;

    private KeyServerProbe() {}

    /** Blocks until the welcome has come, or the thread is interrupted, and passes on to {@code link} what it offers. */
    static void ask(
            KeyServerTarget target, SelectorDriven attachment, KeyServerKeys.Options options, KeyServerLink link)
            throws OperationException {
        KeyServerLink probe = new KeyServerLink(target, attachment, options.unobserved());
        try (Selector selector = Selector.open()) {
            probe.register(selector);
            while (probe.isConnecting()) {
                if (Thread.currentThread().isInterrupted()) { // with which a selector waits for nothing
                    throw new OperationException(
                            Reason.KEY_UNAVAILABLE, "interrupted while the key server was asked for its keys");
                }
                long left = probe.nextDeadlineNanos().orElseThrow()
                        - options.clock().getAsLong();
                selector.select(probe::onReady, Math.max(1, left / NANOS_PER_MILLI));
                if (probe.isConnecting()) {
                    probe.tick(options.clock().getAsLong());
                }
            }
            if (!probe.isUp()) {
                throw probe.unavailable();
            }
            link.offers().learn(probe.offers());
        } catch (IOException e) {
            throw new OperationException(Reason.KEY_UNAVAILABLE, "no selector to ask the key server with", e);
        } finally {
            probe.close();
        }
    }
}
