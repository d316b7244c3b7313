package dev.lockstep.server.demo;

import dev.lockstep.nio.Session;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A page that is told of events: what it has not read waits in a bounded queue. Events are offered from any thread and sent
 * from the loop's.
 */
final class DemoViewer {

    /** How many events may wait; a viewer that lets more of them come is dropped. */
    static final int MOST_WAITING = 2000;

    private final Session session;
    private final Deque<String> waiting = new ArrayDeque<>();
    private boolean flushIsDue;
    private boolean sending;

    DemoViewer(Session session) {
        this.session = session;
    }

    /** Sends the beginning of the stream. On the loop's thread, once. */
    void begin(String text) {
        synchronized (this) {
            sending = true;
        }
        session.send(ByteBuffer.wrap((DemoResponse.EVENT_STREAM + text).getBytes(StandardCharsets.US_ASCII)));
    }

    /** Returns false if the viewer was dropped, because too much is waiting. */
    synchronized boolean offer(String message) {
        if (waiting.size() == MOST_WAITING) {
            waiting.clear();
            session.execute(session::abort);
            return false;
        }
        waiting.add(message);
        if (!flushIsDue && !sending) {
            flushIsDue = true; // events of one turn of the loop leave together
            session.execute(this::flush);
        }
        return true;
    }

    private void flush() {
        String text;
        synchronized (this) {
            flushIsDue = false;
            if (sending || waiting.isEmpty()) {
                return;
            }
            sending = true;
            text = String.join("", waiting);
            waiting.clear();
        }
        session.send(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    /** The client has taken what was sent. On the loop's thread. */
    void onSent() {
        synchronized (this) {
            sending = false;
        }
        flush();
    }
}
