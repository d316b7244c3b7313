package dev.lockstep.fuzz;

import dev.lockstep.simulation.Choices;
import java.util.Arrays;

/** Reads choices and bytes from an input. After its end every choice is the first one, so that any bytes are an input. */
public final class Input implements Choices {

    private final byte[] bytes;
    private int at;

    public Input(byte[] bytes) {
        this.bytes = bytes;
    }

    @Override
    public boolean isOver() {
        return at == bytes.length;
    }

    /** {@inheritDoc} Takes one byte, or two where one has too few values. */
    @Override
    public int below(int bound) {
        int value = next();
        return (bound > 256 ? value << 8 | next() : value) % bound;
    }

    @Override
    public byte[] bytes(int count) {
        int end = Math.min(bytes.length, at + count);
        byte[] taken = Arrays.copyOfRange(bytes, at, end);
        at = end;
        return taken;
    }

    /** Returns how many bytes are left. */
    public int remaining() {
        return bytes.length - at;
    }

    /** Takes everything that is left. */
    public byte[] rest() {
        return bytes(bytes.length - at);
    }

    private int next() {
        return isOver() ? 0 : bytes[at++] & 0xff;
    }
}
