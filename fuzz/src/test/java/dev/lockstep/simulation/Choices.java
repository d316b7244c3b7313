package dev.lockstep.simulation;

/** What decides everything that may happen otherwise: a seed, or the bytes of a fuzzer. */
public interface Choices {

    /** Returns the next choice, 0 to {@code bound - 1}. */
    int below(int bound);

    /** Returns up to {@code count} bytes. */
    byte[] bytes(int count);

    /** Whether nothing is left that could decide; {@link #below} answers 0 then. */
    boolean isOver();

    /** Whether something happens that happens once in so many times; not once nothing is left to decide. */
    default boolean oneIn(int times) {
        return below(times) == times - 1;
    }
}
