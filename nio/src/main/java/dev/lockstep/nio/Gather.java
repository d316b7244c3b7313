package dev.lockstep.nio;

import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import java.nio.ByteBuffer;

/** Gathering writes: sources that are smaller than a record share one. */
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

    /** Seals from the sources what one call can take; their positions move by what was sealed. */
    static StepResult write(TlsServerConnection tls, ByteBuffer[] srcs, ByteBuffer out, BufferPool pool)
            throws TlsException {
        int first = 0;
        while (!srcs[first].hasRemaining()) {
            first++;
        }
        long others = remaining(srcs) - srcs[first].remaining();
        if (others == 0 || srcs[first].remaining() >= TlsServerConnection.APPLICATION_BUFFER_SIZE) {
            StepResult result = tls.write(srcs[first], out);
            return result == StepResult.ESTABLISHED && others > 0 ? StepResult.PROGRESSED : result;
        }
        ByteBuffer together = pool.take().limit(TlsServerConnection.APPLICATION_BUFFER_SIZE);
        try {
            for (int i = first; i < srcs.length && together.hasRemaining(); i++) {
                together.put(srcs[i].slice().limit(Math.min(srcs[i].remaining(), together.remaining())));
            }
            StepResult result = tls.write(together.flip(), out);
            consume(srcs, together.position());
            return result;
        } finally {
            pool.giveWiped(together);
        }
    }

    private static void consume(ByteBuffer[] srcs, int count) {
        int left = count;
        for (ByteBuffer src : srcs) {
            int taken = Math.min(left, src.remaining());
            src.position(src.position() + taken);
            left -= taken;
        }
    }
}
