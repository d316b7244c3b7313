package dev.lockstep.simulation.keyserver;

import dev.lockstep.keys.keyserver.protocol.Frame;
import dev.lockstep.keys.keyserver.protocol.FrameDecoder;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.keys.keyserver.protocol.ProtocolException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A planted fault: a key server that exchanges the results of two requests. */
final class Mixer {

    private final FrameDecoder decoder = new FrameDecoder();
    private final BooleanSupplier severalOpen;
    private @Nullable Frame kept;

    /** @param severalOpen whether another answer is to come */
    Mixer(BooleanSupplier severalOpen) {
        this.severalOpen = severalOpen;
    }

    /** Returns what is sent in place of {@code bytes}. */
    byte[] mix(byte[] bytes) {
        ByteArrayOutputStream mixed = new ByteArrayOutputStream();
        ByteBuffer stream = ByteBuffer.wrap(bytes);
        try {
            for (Frame frame = decoder.next(stream); frame != null; frame = decoder.next(stream)) {
                Frame other = kept;
                if (!(frame.message() instanceof Message.Result)) {
                    put(frame, mixed);
                } else if (other != null) {
                    kept = null;
                    put(new Frame(other.id(), frame.message()), mixed);
                    put(new Frame(frame.id(), other.message()), mixed);
                } else if (severalOpen.getAsBoolean()) {
                    kept = frame;
                } else {
                    put(frame, mixed);
                }
            }
        } catch (ProtocolException e) {
            throw new AssertionError("the key server sends what is no frame", e);
        }
        return mixed.toByteArray();
    }

    private static void put(Frame frame, ByteArrayOutputStream to) {
        ByteBuffer encoded = ByteBuffer.allocate(Frame.MAX_BYTES);
        frame.encode(encoded);
        to.write(encoded.array(), 0, encoded.position());
    }
}
