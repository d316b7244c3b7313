package dev.lockstep.jmh;

import java.io.IOException;

/** The command line of {@code benchmarks.jar}. */
public final class Main {
    private Main() {}

    /** Takes JMH's options. */
    public static void main(String[] args) throws IOException {
        org.openjdk.jmh.Main.main(args);
    }
}
