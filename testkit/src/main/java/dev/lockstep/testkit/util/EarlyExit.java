package dev.lockstep.testkit.util;

import dev.lockstep.testkit.util.TimingComparison.Subject;
import java.util.Random;

/**
 * What comparisons must not be like: one that ends at the first difference. The two classes differ from a secret value in the
 * first byte and in the last one.
 */
public class EarlyExit implements Subject {

    /** A difference of nanoseconds is below what the clock tells. */
    private static final int TIMES = 64;

    private final Random random = new Random(2104);
    private final byte[] secret;
    private final byte[] guess;
    private int equal;

    /** @param length of the values, in bytes */
    public EarlyExit(int length) {
        secret = new byte[length];
        guess = new byte[length];
    }

    @Override
    public final void prepare(boolean second) {
        random.nextBytes(secret);
        System.arraycopy(secret, 0, guess, 0, secret.length);
        guess[second ? secret.length - 1 : 0] ^= 1;
    }

    @Override
    public final void run() {
        for (int i = 0; i < TIMES; i++) {
            equal += compare(secret, guess) ? 1 : 0;
        }
    }

    /** How often the values were found equal: never. */
    public final int equal() {
        return equal;
    }

    /** Compares two values of one length. */
    protected boolean compare(byte[] one, byte[] other) {
        for (int i = 0; i < one.length; i++) {
            if (one[i] != other[i]) {
                return false;
            }
        }
        return true;
    }
}
