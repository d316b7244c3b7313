package dev.lockstep.interop;

import dev.lockstep.testkit.util.Ports;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;

/** A server under test, in a process of its own. */
public final class ServerProcess implements AutoCloseable {
    /** Stands for the port in a command. */
    public static final String PORT = "{port}";

    private static final Duration START = Duration.ofSeconds(60);
    private static final int ATTEMPTS = 3;

    private final Program program;
    private final int port;
    private final List<String> command;
    private final Semaphore watcher = new Semaphore(1, true);

    private ServerProcess(Program program, int port, List<String> command) {
        this.program = program;
        this.port = port;
        this.command = command;
    }

    /**
     * Starts a server and waits until it says that it is ready.
     *
     * @param command the words of its command line, {@link #PORT} standing for its port
     * @param ready what a line of its output starts with once it accepts connections
     */
    public static ServerProcess start(List<String> command, String ready) throws IOException, InterruptedException {
        String said = "";
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = Ports.free();
            List<String> filled = command.stream()
                    .map(word -> word.replace(PORT, Integer.toString(port)))
                    .toList();
            Program program = Program.start(filled);
            if (program.awaitOutput(text -> text.startsWith(ready) || text.contains("\n" + ready), START)) {
                return new ServerProcess(program, port, filled);
            }
            said = program.output();
            program.close();
        }
        throw new IOException("the server did not start: " + String.join(" ", command) + "\nit said: " + said);
    }

    /** The port it listens on, on 127.0.0.1. */
    public int port() {
        return port;
    }

    public boolean isAlive() {
        return program.isAlive();
    }

    /** What it printed so far, for a failing test to show. */
    public String output() {
        return program.output();
    }

    /** Waits until what it printed satisfies {@code wanted}, and tells whether it does. */
    public boolean awaitOutput(Predicate<String> wanted, Duration limit) throws InterruptedException {
        return program.awaitOutput(wanted, limit);
    }

    /** Held by the one who must have the server for himself. */
    Semaphore watcher() {
        return watcher;
    }

    @Override
    public void close() {
        program.close();
    }

    @Override
    public String toString() {
        return String.join(" ", command);
    }
}
