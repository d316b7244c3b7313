package dev.lockstep.jsse.engine;

import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads records of application data into the destinations of an {@code unwrap}: a connection opens a record into one buffer, and
 * an engine is given several.
 */
final class PlainReader {

    private final TlsServerConnection tls;

    /** Made by the first read that needs it. */
    private byte @Nullable [] scratch;

    PlainReader(TlsServerConnection tls) {
        this.tls = tls;
    }

    /**
     * Reads one record.
     *
     * @param free how many bytes the destinations have room for
     */
    StepResult read(ByteBuffer in, ByteBuffer[] destinations, long free) throws TlsException {
        if (destinations.length == 1) {
            return tls.read(in, destinations[0]);
        }
        byte[] bytes = scratch;
        if (bytes == null) {
            bytes = new byte[TlsServerConnection.APPLICATION_BUFFER_SIZE];
            scratch = bytes;
        }
        int used = (int) Math.min(free, bytes.length);
        ByteBuffer plain = ByteBuffer.wrap(bytes, 0, used);
        try {
            StepResult step = tls.read(in, plain);
            used = plain.position();
            Buffers.scatter(plain.flip(), destinations);
            return step;
        } finally {
            Arrays.fill(bytes, 0, used, (byte) 0); // what was opened is the application's, and stays nowhere else
        }
    }

    /** The connection is over. */
    void release() {
        scratch = null;
    }
}
