package dev.lockstep.jmh.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the command line says.
 *
 * @param quick whether to leave out the native engines and measure for a shorter time
 * @param rounds how often each measurement gets a fresh JVM
 * @param jvms the java executables to run on
 * @param only a part of the measurements' names; empty for all
 * @param out the directory of the reports
 */
public record Options(boolean quick, int rounds, List<String> jvms, String only, Path out) {
    public static final String USAGE = """
            usage: java -jar benchmarks.jar [--quick] [--rounds N] [--jvm JAVA]... [--only TEXT] [--out DIR]
                   java -jar benchmarks.jar --sockets [OPTIONS]   servers over sockets, with options of its own
                   java -jar benchmarks.jar --start-up [OPTIONS]  lockstep.jar from its start on
              --quick     Lockstep, JSSE and bctls only, one short round: under five minutes
              --rounds N  fresh JVMs per figure, whose median is reported; 3 by default, 1 with --quick
              --jvm JAVA  a java executable to measure on, repeatable; the one running this by default
              --only TEXT measurements whose name contains TEXT: handshake, write, read, 16384, ECDSA ...
              --out DIR   where performance.md, .json, .svg and growth.svg go; the working directory by default""";

    /** @throws IllegalArgumentException naming the option and the fix */
    public static Options parse(String[] args) {
        boolean quick = false;
        int rounds = 0;
        List<String> jvms = new ArrayList<>();
        String only = "";
        Path out = Path.of("");
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--quick" -> quick = true;
                case "--rounds" -> rounds = count(value(args, ++i));
                case "--jvm" -> jvms.add(value(args, ++i));
                case "--only" -> only = value(args, ++i);
                case "--out" -> out = Path.of(value(args, ++i));
                default -> throw new IllegalArgumentException(args[i] + ": no such option");
            }
        }
        if (jvms.isEmpty()) {
            jvms.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        }
        if (rounds == 0) {
            rounds = quick ? 1 : 3;
        }
        return new Options(quick, rounds, List.copyOf(jvms), only, out);
    }

    private static String value(String[] args, int i) {
        if (i == args.length) {
            throw new IllegalArgumentException(args[i - 1] + ": a value is missing; give it after the option");
        }
        return args[i];
    }

    private static int count(String text) {
        try {
            int count = Integer.parseInt(text);
            if (count > 0 && count <= 100) {
                return count;
            }
        } catch (NumberFormatException e) {
            // told below, like a number out of range
        }
        throw new IllegalArgumentException("--rounds: '" + text + "' is not a number from 1 to 100");
    }
}
