package dev.lockstep.jsse.socket;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.HandshakeCompletedEvent;
import javax.net.ssl.HandshakeCompletedListener;
import org.jspecify.annotations.Nullable;

/** The listeners of a socket, and what they are still to be told of. Thread-safe. */
final class Listeners {

    private final List<HandshakeCompletedListener> listeners = new CopyOnWriteArrayList<>();
    private final Queue<HandshakeCompletedEvent> due = new ConcurrentLinkedQueue<>();

    void add(@Nullable HandshakeCompletedListener listener) {
        if (listener == null) {
            throw new IllegalArgumentException("listener: null");
        }
        listeners.add(listener);
    }

    void remove(@Nullable HandshakeCompletedListener listener) {
        if (listener == null || !listeners.remove(listener)) {
            throw new IllegalArgumentException("listener: not registered");
        }
    }

    /** A handshake is complete; the listeners are told soon. */
    void completed(HandshakeCompletedEvent event) {
        due.add(event);
    }

    /** Tells all listeners of all handshakes that are complete. No lock must be held: they are the application's code. */
    void tellAll() {
        for (HandshakeCompletedEvent event = due.poll(); event != null; event = due.poll()) {
            tell(event);
        }
    }

    /**
     * Calls all listeners. One that throws is no fault of the handshake, and does not keep others from being called: its
     * exception goes where those go that end a thread, as with the JDK, which calls listeners on a thread of their own.
     */
    private void tell(HandshakeCompletedEvent event) {
        for (HandshakeCompletedListener listener : listeners) {
            try {
                listener.handshakeCompleted(event);
            } catch (Exception | Error e) {
                Thread thread = Thread.currentThread();
                thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
            }
        }
    }
}
