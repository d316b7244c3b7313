package dev.lockstep.simulation;

import java.util.Random;

/** Choices that follow from a seed, without end. */
public final class SeededChoices implements Choices {

    private final Random random;

    /** The choices of a seed. */
    public SeededChoices(long seed) {
        this.random = new Random(seed);
    }

    @Override
    public int below(int bound) {
        return random.nextInt(bound);
    }

    @Override
    public byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    @Override
    public boolean isOver() {
        return false;
    }
}
