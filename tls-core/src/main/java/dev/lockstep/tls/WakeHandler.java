package dev.lockstep.tls;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The application's wake handler, which wakers call from any thread: a wake that comes before it is set is kept. */
final class WakeHandler implements Runnable {

    /** Stands in the handler's place when a wake came too early. */
    private enum Missed implements Runnable {
        WAKE;

        @Override
        public void run() {
            // One missed wake is as good as many.
        }
    }

    private final AtomicReference<@Nullable Runnable> handler = new AtomicReference<>();

    void set(Runnable newHandler) {
        if (handler.getAndSet(newHandler) == Missed.WAKE) {
            newHandler.run();
        }
    }

    @Override
    public void run() {
        Runnable current = handler.get();
        if (current == null && handler.compareAndSet(null, Missed.WAKE)) {
            return;
        }
        current = handler.get();
        if (current != null) {
            current.run();
        }
    }
}
