package dev.lockstep.nio;

import java.nio.ByteBuffer;

/** The sources of a gathering write. */
final class Gather {

    private Gather() {}

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
