package dev.lockstep.keys.keyserver.protocol;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Puts frames together from the bytes of a stream, however they are cut. Holds one frame at most, {@link
 * Frame#MAX_BYTES}. For one connection and one thread at a time.
 */
public final class FrameDecoder {

    private final byte[] held = new byte[Frame.MAX_BYTES];
    private int length;
    private boolean broken;

    /** Creates a decoder at the beginning of a stream. */
    public FrameDecoder() {}

    /**
     * Takes bytes out of {@code in} up to the end of a frame, and answers that frame; null when all of {@code in} was
     * taken without reaching one. Call it until it answers null.
     *
     * @throws ProtocolException when this is no frame; every later call throws as well
     */
    public @Nullable Frame next(ByteBuffer in) throws ProtocolException {
        if (broken) {
            throw new ProtocolException("the frames before were wrong");
        }
        take(in, Frame.LENGTH_FIELD);
        if (length < Frame.LENGTH_FIELD) {
            return null;
        }
        int body = ByteBuffer.wrap(held).getInt();
        // The length decides alone: what is too long is refused before a byte of it is kept.
        if (body < Frame.MIN_BODY || body > Frame.MAX_BYTES - Frame.LENGTH_FIELD) {
            broken = true;
            throw new ProtocolException("a frame has a length of " + Integer.toUnsignedString(body));
        }
        int end = Frame.LENGTH_FIELD + body;
        take(in, end);
        if (length < end) {
            return null;
        }
        try {
            broken = true;
            Frame frame = Frame.decode(ByteBuffer.wrap(held, Frame.LENGTH_FIELD, body));
            broken = false;
            return frame;
        } finally {
            Arrays.fill(held, 0, end, (byte) 0); // a premaster secret may have been in it
            length = 0;
        }
    }

    /** Returns whether the stream stands inside a frame: if it ends now, it was cut off. */
    public boolean isInsideFrame() {
        return length > 0;
    }

    private void take(ByteBuffer in, int upTo) {
        int count = Math.min(in.remaining(), upTo - length);
        if (count > 0) {
            in.get(held, length, count);
            length += count;
        }
    }
}
