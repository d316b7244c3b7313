package dev.lockstep.keys.keyserver;

import dev.lockstep.keys.keyserver.protocol.Frame;
import dev.lockstep.keys.keyserver.protocol.Message;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/** Requests that were made before there is a connection to send them over. For one thread. */
final class WaitingFrames {

    private static final int OVERHEAD = 64;

    private final Deque<Frame> frames = new ArrayDeque<>();
    private int bytes;

    void add(Frame frame) {
        frames.add(frame);
        bytes += size(frame);
    }

    /** Returns whether there was a request with this id. */
    boolean remove(long id) {
        return frames.removeIf(frame -> {
            boolean found = frame.id() == id;
            bytes -= found ? size(frame) : 0;
            return found;
        });
    }

    /** Returns roughly what they take on the wire. */
    int bytes() {
        return bytes;
    }

    void clear() {
        frames.clear();
        bytes = 0;
    }

    /** Passes all on, in their order. */
    void drainTo(Consumer<Frame> out) {
        frames.forEach(out);
        clear();
    }

    private static int size(Frame frame) {
        Message message = frame.message();
        return OVERHEAD
                + (message instanceof Message.Sign sign
                        ? sign.input().bytes().length
                        : message instanceof Message.Decrypt decrypt
                                ? decrypt.ciphertext().bytes().length
                                : 0);
    }
}
