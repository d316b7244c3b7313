package dev.lockstep.nio;

import java.util.concurrent.atomic.LongAdder;

/** What a {@link TlsLoop} has done so far. Any thread may ask; the numbers only grow. */
public final class LoopCounters {

    final LongAdder accepted = new LongAdder();
    final LongAdder handshakes = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder evicted = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder defects = new LongAdder();
    final LongAdder turns = new LongAdder();
    final LongAdder sent = new LongAdder();
    final LongAdder opened = new LongAdder();
    final LongAdder closed = new LongAdder();
    final LongAdder bytesReceived = new LongAdder();
    final LongAdder bytesSent = new LongAdder();

    LoopCounters() {}

    /** Returns the number of connections accepted. */
    public long accepted() {
        return accepted.sum();
    }

    /** Returns the number of first handshakes completed. */
    public long handshakes() {
        return handshakes.sum();
    }

    /** Returns the number of connections that ended with a failure: of TLS, of the socket, of a limit, or of a handler. */
    public long failed() {
        return failed.sum();
    }

    /** Returns the number of connections that were ended in favour of others: see {@link Shortage}. */
    public long evicted() {
        return evicted.sum();
    }

    /** Returns the number of new connections that were closed because their network has its share. */
    public long refused() {
        return refused.sum();
    }

    /** Returns the number of unchecked exceptions and errors that the loop has survived. */
    public long defects() {
        return defects.sum();
    }

    /** Returns how often a connection was served. */
    public long turns() {
        return turns.sum();
    }

    /** Returns the number of connections that are open now, the only number here that may fall. */
    public long open() {
        return Math.max(0, opened.sum() - closed.sum());
    }

    /** Returns the number of bytes received from sockets. */
    public long bytesReceived() {
        return bytesReceived.sum();
    }

    /** Returns the number of bytes written to sockets. */
    public long bytesSent() {
        return bytesSent.sum();
    }

    /** Returns how often everything that a handler wanted to send was sent. */
    public long sent() {
        return sent.sum();
    }
}
