package dev.lockstep.fuzz;

/** What Jazzer calls, for the target that the system property {@value #PROPERTY} names. */
public final class FuzzerEntry {

    static final String PROPERTY = "lockstep.fuzz.target";

    private static Target target = input -> {};

    private FuzzerEntry() {}

    /** Makes the target, which may take longer than an input. */
    public static void fuzzerInitialize() throws Exception {
        target = Targets.valueOf(System.getProperty(PROPERTY)).open();
    }

    /** Runs one input. */
    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        target.run(input);
    }
}
