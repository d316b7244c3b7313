package dev.lockstep.crypto;

import java.security.SecureRandom;
import java.util.Arrays;

/** A generator that has broken down: the same byte for ever, after an optional start. */
public final class FixedRandom extends SecureRandom {
    private static final long serialVersionUID = 1L;

    private final byte rest;
    private final transient byte[][] first;
    private int calls;

    public FixedRandom(int rest, byte[]... first) {
        this.rest = (byte) rest;
        this.first = first;
    }

    @Override
    public void nextBytes(byte[] out) {
        if (calls < first.length) {
            System.arraycopy(first[calls], 0, out, 0, out.length);
        } else {
            Arrays.fill(out, rest);
        }
        calls++;
    }

    public int calls() {
        return calls;
    }
}
