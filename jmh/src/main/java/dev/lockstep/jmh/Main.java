package dev.lockstep.jmh;

import dev.lockstep.jmh.report.Figures;
import dev.lockstep.jmh.report.Reports;
import dev.lockstep.jmh.run.Measurement;
import dev.lockstep.jmh.run.Options;
import dev.lockstep.jmh.run.Plan;
import dev.lockstep.jmh.run.Rounds;
import dev.lockstep.jmh.sockets.SocketOptions;
import dev.lockstep.jmh.sockets.Sockets;
import dev.lockstep.jmh.sockets.StartUp;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.List;

/** The command line of {@code benchmarks.jar}: measures everything side by side and reports it. */
public final class Main {
    private Main() {}

    /** Runs the plan; the reports are renewed after each round, so that an interrupted run leaves something. */
    public static void main(String[] args) throws IOException, GeneralSecurityException, InterruptedException {
        if (SocketOptions.areMeant(args)) {
            measureSockets(args);
            return;
        }
        Options options;
        try {
            options = Options.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println(Options.USAGE);
            System.exit(2);
            return;
        }
        List<Measurement> plan = Plan.of(options);
        Figures figures = new Figures();
        Reports reports = new Reports(options.out());
        int failed = 0;
        for (int round = 1; round <= options.rounds(); round++) {
            failed += Rounds.run(plan, options, figures, round);
            reports.write(figures, round);
        }
        System.out.println(reports.text());
        if (failed > 0) {
            System.err.println(failed + " measurements failed");
            System.exit(1);
        }
    }

    private static void measureSockets(String[] args) throws GeneralSecurityException, InterruptedException {
        SocketOptions options;
        try {
            options = SocketOptions.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println(SocketOptions.USAGE);
            System.exit(2);
            return;
        }
        boolean good = true;
        try {
            if (options.startUp()) {
                StartUp.run(options);
            } else {
                good = Sockets.run(options);
            }
        } catch (IOException e) {
            System.err.println(e.getMessage()); // what is missing or does not start here
            good = false;
        }
        if (!good) {
            System.exit(1);
        }
    }
}
