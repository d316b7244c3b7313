package dev.lockstep.tls;

import java.util.concurrent.atomic.AtomicReference;

/** The application's wake handler, which wakers call from any thread: a wake that comes before it is set is kept. */
final class WakeHandler implements Runnable {

    private static final Runnable UNSET = () -> {};
    private static final Runnable MISSED = () -> {};

    private final AtomicReference<Runnable> handler = new AtomicReference<>(UNSET);

    void set(Runnable newHandler) {
        if (handler.getAndSet(newHandler) == MISSED) {
            newHandler.run();
        }
    }

    @Override
    public void run() {
        Runnable current = handler.get();
        if (current == UNSET && !handler.compareAndSet(UNSET, MISSED)) {
            current = handler.get();
        }
        current.run();
    }
}
