package dev.lockstep.keys.keyserver.transport;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.keys.keyserver.protocol.Frame;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Encoded frames on their way out. What has left is wiped: answers may be premaster secrets. */
final class OutputQueue {

    private static final int STAGE = 16 * 1024;
    private static final byte[] ZEROS = new byte[STAGE];

    // A direct one: from an array the JDK would copy into a buffer of its own, and not wipe that.
    private final ByteBuffer stage = ByteBuffer.allocateDirect(STAGE);
    private byte[] bytes = new byte[0];
    private int start;
    private int end;

    void add(Frame frame) {
        if (bytes.length - end < Frame.MAX_BYTES) {
            makeRoom();
        }
        ByteBuffer to = ByteBuffer.wrap(bytes, end, bytes.length - end);
        frame.encode(to);
        end = to.position();
    }

    private void makeRoom() {
        int length = end - start;
        byte[] larger = new byte[Math.max(2 * length, length + 2 * Frame.MAX_BYTES)];
        System.arraycopy(bytes, start, larger, 0, length);
        Wipe.bytes(bytes);
        bytes = larger;
        start = 0;
        end = length;
    }

    int length() {
        return end - start;
    }

    /** Hands the transport what it takes, which is also what makes it go on with a handshake. */
    void drainTo(ByteTransport transport) throws IOException {
        int taken;
        do {
            int count = Math.min(STAGE, end - start);
            stage.clear().put(bytes, start, count).flip();
            try {
                taken = transport.write(stage);
            } finally {
                stage.clear().put(ZEROS, 0, count);
            }
            Wipe.range(bytes, start, taken);
            start += taken;
        } while (taken > 0 && start < end);
        if (start == end) {
            start = 0;
            end = 0;
            if (bytes.length > 8 * Frame.MAX_BYTES) {
                bytes = new byte[0];
            }
        }
    }

    void wipe() {
        Wipe.bytes(bytes);
        start = 0;
        end = 0;
    }
}
