package dev.lockstep.jmh.sockets;

import dev.lockstep.jmh.sockets.SocketFigures.Row;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Measures the servers in turn, each in a process of its own, as often as there are rounds. */
public final class Sockets {
    private static final Pattern VERSION = Pattern.compile("version \"([^\"]+)\"");

    private final SocketOptions options;
    private final Extent extent;
    private final SocketFigures figures;

    Sockets(SocketOptions options, Extent extent, SocketFigures figures) {
        this.options = options;
        this.extent = extent;
        this.figures = figures;
    }

    /**
     * Measures and reports; the reports are renewed after each round.
     *
     * @return whether every server could be measured
     */
    public static boolean run(SocketOptions options)
            throws IOException, GeneralSecurityException, InterruptedException {
        if (!TlsClient.isAvailable()) {
            throw new IOException("netty-tcnative, whose client makes the load, has no library for this platform");
        }
        SocketFigures figures = new SocketFigures();
        Sockets sockets = new Sockets(options, Extent.of(options.measured()), figures);
        List<Subject> subjects = Subjects.all(line -> {
            System.err.println(line);
            figures.remark(line);
        });
        subjects = subjects.stream()
                .filter(subject -> subject.title().contains(options.only()))
                .toList();
        if (subjects.isEmpty()) {
            throw new IOException("--only: no server's name contains '" + options.only() + "'");
        }
        SocketReport report = new SocketReport(options.out());
        boolean good = true;
        String text = "";
        for (int round = 1; round <= options.rounds(); round++) {
            good &= sockets.round(subjects, round);
            text = report.write(figures, options, round);
        }
        System.out.println(text);
        return good;
    }

    /** Measures every server once, on each JVM if it needs one. */
    private boolean round(List<Subject> subjects, int round)
            throws IOException, GeneralSecurityException, InterruptedException {
        Map<String, String> jvms = new LinkedHashMap<>();
        for (String jvm : options.jvms()) {
            jvms.put(jvm, version(jvm));
        }
        boolean good = true;
        try (Site site = Site.create()) {
            for (Subject subject : subjects) {
                for (Map.Entry<String, String> jvm : (subject.jvm() ? jvms : Map.of("", "")).entrySet()) {
                    Row row = new Row(subject.name(), subject.threads(), jvm.getValue());
                    System.err.println("round " + round + ": " + subject.title()
                            + (subject.jvm() ? ", JDK " + jvm.getValue() : ""));
                    try {
                        measure(subject, site, jvm.getKey(), row);
                    } catch (IOException e) {
                        good = false;
                        figures.remark(subject.title() + ", round " + round + ": failed: " + e.getMessage());
                        System.err.println("  failed: " + e.getMessage());
                    }
                }
            }
        }
        return good;
    }

    /** Puts the loads on one server, from its start to its end. */
    void measure(Subject subject, Site site, String jvm, Row row)
            throws IOException, GeneralSecurityException, InterruptedException {
        int port = ServerProcess.freePort();
        List<String> command = subject.command().of(site, port, jvm);
        try (ServerProcess server = ServerProcess.start(subject.title(), command, site.directory(), port);
                TlsClient client = new TlsClient(port)) {
            int answerLength = Probe.answerLength(client, site, subject.keepsConnections());
            for (Load load : subject.loads()) {
                Sample sample =
                        LoadGenerator.run(load, client, answerLength, server, extent, load.warmUp(subject.jvm()));
                figures.add(load, row, sample);
                System.err.printf(
                        Locale.ROOT,
                        "  %s: %.0f %s, %.1f us of the server's CPU, after %d%n",
                        load.title(),
                        sample.perSecond(),
                        load.unit(),
                        sample.serverMicros(),
                        sample.warmUp());
            }
        }
    }

    /** What a JVM calls itself. */
    static String version(String jvm) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(jvm, "-version").redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Matcher version = VERSION.matcher(text);
        if (process.waitFor() != 0 || !version.find()) {
            throw new IOException("--jvm: " + jvm + " does not tell its version");
        }
        return version.group(1);
    }
}
