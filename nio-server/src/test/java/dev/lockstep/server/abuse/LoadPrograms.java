package dev.lockstep.server.abuse;

import dev.lockstep.server.Spawned;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * wrk and h2load in turn, until it is closed: requests over connections that stay, and over a new one for each. Counts what
 * they say was answered, and what was not.
 */
final class LoadPrograms implements AutoCloseable {

    private static final int SECONDS = 10;

    private static final Pattern WRK_DONE = Pattern.compile("(\\d+) requests in ");
    private static final Pattern WRK_ERRORS =
            Pattern.compile("Socket errors: connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)");
    private static final Pattern WRK_BAD = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");
    private static final Pattern H2LOAD_DONE = Pattern.compile(
            "requests: \\d+ total, \\d+ started, \\d+ done, (\\d+) succeeded, (\\d+) failed, \\d+ errored, \\d+ timeout");

    private final Thread thread = new Thread(this::run, "load");
    private final List<List<String>> commands;
    private final List<String> reports = new ArrayList<>();
    private long answered;
    private long unanswered;
    private volatile boolean over;
    private volatile @Nullable Throwable failure;

    LoadPrograms(int port) {
        String url = "https://127.0.0.1:" + port + "/";
        commands = List.of(
                List.of("wrk", "-t1", "-c20", "-d" + SECONDS + "s", "--latency", url),
                List.of("wrk", "-t1", "-c10", "-d" + SECONDS + "s", "--latency", "-H", "Connection: close", url),
                // fewer requests a connection than serve permits, or h2load counts the others as failed
                List.of("h2load", "--h1", "-t1", "-c20", "-n16000", url),
                List.of("h2load", "--h1", "-t1", "-c10", "-n10", url));
        thread.start();
    }

    private void run() {
        for (int turn = 0; !over; turn++) {
            List<String> command = commands.get(turn % commands.size());
            try (Spawned program = Spawned.start(Map.of(), command)) {
                program.exitCode();
                count(command, program.printed());
            } catch (IOException | InterruptedException | AssertionError e) {
                failure = e; // without its load a soak shows nothing
                return;
            }
        }
    }

    private synchronized void count(List<String> command, String printed) {
        Matcher wrk = WRK_DONE.matcher(printed);
        Matcher h2load = H2LOAD_DONE.matcher(printed);
        if (wrk.find()) {
            long bad = 0;
            for (Pattern pattern : List.of(WRK_ERRORS, WRK_BAD)) {
                Matcher errors = pattern.matcher(printed);
                while (errors.find()) {
                    for (int i = 1; i <= errors.groupCount(); i++) {
                        bad += Long.parseLong(errors.group(i));
                    }
                }
            }
            answered += Long.parseLong(wrk.group(1));
            unanswered += bad;
        } else if (h2load.find()) {
            answered += Long.parseLong(h2load.group(1));
            unanswered += Long.parseLong(h2load.group(2));
        } else {
            unanswered++;
        }
        reports.add(String.join(" ", command) + "\n" + printed);
    }

    synchronized long answered() {
        return answered;
    }

    synchronized long unanswered() {
        return unanswered;
    }

    /** Why the load ended before it was closed; null if it did not. */
    @Nullable
    Throwable failure() {
        return thread.isAlive() ? new IllegalStateException("the load does not end") : failure;
    }

    /** What the programs printed. */
    synchronized List<String> reports() {
        return List.copyOf(reports);
    }

    @Override
    public void close() {
        over = true;
        try {
            thread.join(120_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
