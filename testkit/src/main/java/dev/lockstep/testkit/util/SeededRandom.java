package dev.lockstep.testkit.util;

import java.security.SecureRandom;
import java.util.Random;

/** A repeatable source: the same seed gives the same conversation, byte for byte. */
public final class SeededRandom extends SecureRandom {

    private static final long serialVersionUID = 1L;

    private final Random source;

    /** Creates a generator whose bytes follow from {@code seed}. */
    public SeededRandom(long seed) {
        this.source = new Random(seed);
    }

    /** Begins again as if just made with {@code seed}. */
    public void restart(long seed) {
        source.setSeed(seed);
    }

    @Override
    public void nextBytes(byte[] bytes) {
        source.nextBytes(bytes);
    }

    @Override
    public byte[] generateSeed(int count) {
        byte[] seed = new byte[count];
        nextBytes(seed);
        return seed;
    }
}
