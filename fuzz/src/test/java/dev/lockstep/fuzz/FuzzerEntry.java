package dev.lockstep.fuzz;

/** What Jazzer calls, for the target that the system property {@value #PROPERTY} names. */
public final class FuzzerEntry {

    static final String PROPERTY = "lockstep.fuzz.target";

    private static final Target TARGET = open();

    private FuzzerEntry() {}

    /** Runs one input. */
    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        TARGET.run(input);
    }

    private static Target open() {
        try {
            return Targets.valueOf(System.getProperty(PROPERTY)).open();
        } catch (Exception e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
