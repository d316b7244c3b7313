package dev.lockstep.jmh.sockets;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the command line says after {@code --sockets} or {@code --start-up}.
 *
 * @param startUp whether the starts of {@code lockstep.jar} are measured in place of the loads
 * @param measured how long each load is measured
 * @param rounds how often each server is started and measured
 * @param jvms the java executables for the servers that run in one
 * @param only a part of the servers' names; empty for all
 * @param out the directory of the reports
 */
public record SocketOptions(boolean startUp, Duration measured, int rounds, List<String> jvms, String only, Path out) {
    public static final String USAGE = """
            usage: java -jar benchmarks.jar --sockets [--seconds N] [--rounds N] [--jvm JAVA]... [--only TEXT] [--out DIR]
              servers in processes of their own, over sockets of the loopback address
              --seconds N how long each load is measured after the warm-up; 8 by default
              --rounds N  how often each server is started, the median is reported; 3 by default
              --jvm JAVA  a java executable for the servers in Java, repeatable; the one running this by default
              --only TEXT servers whose name contains TEXT: Lockstep, nginx, openssl, Netty ...
              --out DIR   where sockets.md and sockets.json go; the working directory by default
            usage: java -jar benchmarks.jar --start-up [--rounds N] [--jvm JAVA]... [--out DIR]
              lockstep.jar from the start of its process to its first thousand handshakes, into start-up.md""";

    private static final String SOCKETS = "--sockets";
    private static final String START_UP = "--start-up";
    private static final int MOST_ROUNDS = 100;
    private static final int MOST_SECONDS = 600;

    /** Whether the command line is for this package. */
    public static boolean areMeant(String[] args) {
        return Arrays.asList(args).contains(SOCKETS) || Arrays.asList(args).contains(START_UP);
    }

    /** @throws IllegalArgumentException naming the option and the fix */
    public static SocketOptions parse(String[] args) {
        boolean startUp = Arrays.asList(args).contains(START_UP);
        int seconds = 8;
        int rounds = 3;
        List<String> jvms = new ArrayList<>();
        String only = "";
        Path out = Path.of("");
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case SOCKETS, START_UP -> require(startUp == args[i].equals(START_UP), args[i]);
                case "--seconds" -> {
                    require(!startUp, args[i]);
                    seconds = number(args, ++i, MOST_SECONDS);
                }
                case "--rounds" -> rounds = number(args, ++i, MOST_ROUNDS);
                case "--jvm" -> jvms.add(executable(value(args, ++i)));
                case "--only" -> {
                    require(!startUp, args[i]);
                    only = value(args, ++i);
                }
                case "--out" -> out = Path.of(value(args, ++i));
                default -> throw new IllegalArgumentException(args[i] + ": no such option here");
            }
        }
        if (jvms.isEmpty()) {
            jvms.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        }
        return new SocketOptions(startUp, Duration.ofSeconds(seconds), rounds, List.copyOf(jvms), only, out);
    }

    private static void require(boolean allowed, String option) {
        if (!allowed) {
            throw new IllegalArgumentException(option + ": not together with " + START_UP + "; leave one of them out");
        }
    }

    private static String executable(String jvm) {
        Path path = Path.of(jvm).toAbsolutePath();
        if (!Files.isRegularFile(path) || !Files.isExecutable(path)) {
            throw new IllegalArgumentException("--jvm: " + jvm + " is no program; give the path of a java executable");
        }
        return path.toString();
    }

    private static String value(String[] args, int i) {
        if (i == args.length) {
            throw new IllegalArgumentException(args[i - 1] + ": a value is missing; give it after the option");
        }
        return args[i];
    }

    private static int number(String[] args, int i, int most) {
        String text = value(args, i);
        try {
            int number = Integer.parseInt(text);
            if (number > 0 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below, like a number out of range
        }
        throw new IllegalArgumentException(args[i - 1] + ": '" + text + "' is not a number from 1 to " + most);
    }
}
