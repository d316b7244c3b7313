package dev.lockstep.jsse;

import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.TlsServerConfig;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** What the native interface makes of the bytes of a client, all at the same time and with room for everything. */
final class NativeReplay {

    private NativeReplay() {}

    /**
     * The server's bytes.
     *
     * @param config with randomness that begins where the conversation's did, and a key that answers immediately
     * @param flights what the client sent, one flight after the other
     */
    static byte[] of(TlsServerConfig config, Iterable<byte[]> flights) throws TlsException {
        TlsServerConnection tls = TlsServerConnection.create(config, woken -> {});
        ByteBuffer in = ByteBuffer.allocate(1 << 20).flip();
        ByteBuffer out = ByteBuffer.allocate(1 << 20);
        for (byte[] flight : flights) {
            in.compact().put(flight).flip();
            StepResult step;
            do {
                step = tls.step(in, out);
            } while (step == StepResult.PROGRESSED);
        }
        byte[] bytes = new byte[out.flip().remaining()];
        out.get(bytes);
        return bytes;
    }

    /** The plaintext handshake messages at the beginning of what a server sent, however they are cut into records. */
    static byte[] messages(byte[] sent) {
        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        int at = 0;
        while (at + 5 <= sent.length && sent[at] == 22) {
            int length = (sent[at + 3] & 0xff) << 8 | (sent[at + 4] & 0xff);
            messages.write(sent, at + 5, length);
            at += 5 + length;
        }
        return messages.toByteArray();
    }
}
