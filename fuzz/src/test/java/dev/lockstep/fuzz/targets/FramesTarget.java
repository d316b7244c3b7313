package dev.lockstep.fuzz.targets;

import dev.lockstep.fuzz.Input;
import dev.lockstep.fuzz.Target;
import dev.lockstep.keys.keyserver.protocol.Frame;
import dev.lockstep.keys.keyserver.protocol.FrameDecoder;
import dev.lockstep.keys.keyserver.protocol.ProtocolException;
import dev.lockstep.testkit.util.Expect;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The frames between a key server and its client: read whole or in pieces alike, and written to the same bytes again. */
public final class FramesTarget implements Target {

    private static final int LENGTH_FIELD = 4;

    @Override
    public void run(byte[] bytes) throws Exception {
        Input input = new Input(bytes);
        int portion = 1 + input.below(64);
        byte[] stream = input.rest();
        List<Frame> frames = new ArrayList<>();
        boolean refused = decode(stream, Math.max(1, stream.length), frames);
        List<Frame> inPieces = new ArrayList<>();
        Expect.that(refused == decode(stream, portion, inPieces), "refused in one way of cutting it only");
        Expect.that(frames.equals(inPieces), "other frames when the stream is cut in another way");
        int at = 0;
        for (Frame frame : frames) {
            ByteBuffer again = ByteBuffer.allocate(Frame.MAX_BYTES);
            frame.encode(again);
            int end = at + again.flip().remaining();
            Expect.that(
                    end <= stream.length && again.equals(ByteBuffer.wrap(Arrays.copyOfRange(stream, at, end))),
                    "a frame has two encodings");
            Expect.that(!frame.toString().isEmpty(), "a frame has no text");
            at = end;
        }
        Expect.that(!refused || stream.length - at >= LENGTH_FIELD, "refused before the length was there");
    }

    /** Returns whether the stream is refused at some point. */
    private static boolean decode(byte[] stream, int portion, List<Frame> frames) {
        FrameDecoder decoder = new FrameDecoder();
        try {
            for (int at = 0; at < stream.length; at += portion) {
                ByteBuffer part = ByteBuffer.wrap(stream, at, Math.min(portion, stream.length - at));
                for (Frame frame = decoder.next(part); frame != null; frame = decoder.next(part)) {
                    frames.add(frame);
                }
            }
            return false;
        } catch (ProtocolException e) {
            return true;
        }
    }
}
