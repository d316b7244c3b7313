package dev.lockstep.nio;

import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Tells blocking channels that their sockets are ready. One daemon thread with a selector serves all of them, so that the
 * threads that wait only park, which costs a virtual thread nothing.
 */
final class Readiness {

    /** Opens what a selector needs. */
    @FunctionalInterface
    interface Opener {
        Selector open() throws IOException;
    }

    /** Made when the first blocking channel is. When that fails, as without a free descriptor, the next one makes it. */
    static final class Shared {
        private final Opener opener;
        private @Nullable Readiness made;

        Shared(Opener opener) {
            this.opener = opener;
        }

        synchronized Readiness get() throws IOException {
            Readiness readiness = made;
            if (readiness == null) {
                readiness = new Readiness(opener.open());
                Thread thread = new Thread(readiness::run, "lockstep-readiness");
                thread.setDaemon(true);
                try {
                    thread.start();
                } catch (Error e) {
                    readiness.selector.close();
                    throw e;
                }
                made = readiness;
            }
            return readiness;
        }
    }

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final Shared SHARED = new Shared(Selector::open);

    private final Selector selector;

    private Readiness(Selector selector) {
        this.selector = selector;
    }

    static Readiness shared() throws IOException {
        return SHARED.get();
    }

    /** Registers a socket; {@code onReady} runs on the thread of this object and must not block. */
    SelectionKey register(SocketChannel socket, Runnable onReady) throws ClosedChannelException {
        return socket.register(selector, 0, onReady);
    }

    /** Asks to be told once when the socket is ready for one of {@code ops}. */
    void await(SelectionKey key, int ops) {
        try {
            key.interestOps(ops);
            selector.wakeup();
        } catch (CancelledKeyException e) {
            // The socket is closed: the thread that closed it has told those that wait.
        }
    }

    /** Lets the selector forget sockets that were closed, which stay half-open until then. */
    void closed() {
        selector.wakeup();
    }

    private void run() {
        boolean owes = false;
        while (true) {
            try {
                if (!owes) {
                    selector.select(Readiness::onReady);
                }
            } catch (IOException | RuntimeException | Error e) {
                // An Error must not end the thread on which all channels depend.
                owes = true;
            }
            if (owes) {
                LockSupport.parkNanos(PAUSE_NANOS); // what fails every time must not take a processor
                owes = !tellAll();
            }
        }
    }

    /** The channels find out for themselves what their sockets can do. Returns whether all of them were told. */
    private boolean tellAll() {
        boolean all = true;
        try {
            for (SelectionKey key : selector.keys()) {
                all &= tell((Runnable) key.attachment());
            }
        } catch (RuntimeException | Error e) {
            return false;
        }
        return all;
    }

    private static boolean tell(Runnable channel) {
        try {
            channel.run();
            return true;
        } catch (RuntimeException | Error e) {
            return false; // memory ran out, most likely: another attempt follows, and the others are told now
        }
    }

    /** Takes back the interest before it tells: what is asked for afterwards stays. */
    private static void onReady(SelectionKey key) {
        try {
            key.interestOpsAnd(~key.readyOps());
        } catch (CancelledKeyException e) {
            // Closed meanwhile.
        }
        ((Runnable) key.attachment()).run();
    }
}
