package dev.lockstep.nio;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/** The sources of a gathering write. */
final class Gather {

    private Gather() {}

    /** Returns the first of what waits, at most {@code most}. */
    static ByteBuffer[] first(ArrayDeque<ByteBuffer> waiting, int most) {
        ByteBuffer[] srcs = new ByteBuffer[Math.min(most, waiting.size())];
        int i = 0;
        for (ByteBuffer data : waiting) {
            if (i == srcs.length) {
                break;
            }
            srcs[i++] = data;
        }
        return srcs;
    }

    static boolean hasRemaining(ByteBuffer[] srcs) {
        for (ByteBuffer src : srcs) {
            if (src.hasRemaining()) {
                return true;
            }
        }
        return false;
    }

    static long remaining(ByteBuffer[] srcs) {
        long sum = 0;
        for (ByteBuffer src : srcs) {
            sum += src.remaining();
        }
        return sum;
    }
}
