package dev.lockstep.interop;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A program started for a test: its output (standard output and error together) is collected while it runs, its input
 * stays open until {@link #endInput()}, and it does not outlive {@link #close()}.
 */
public final class Program implements AutoCloseable {
    private final Process process;
    private final String name;
    private final Thread reader;
    private final Object lock = new Object();
    private final StringBuilder text = new StringBuilder();
    private boolean ended;

    private Program(Process process, String name) {
        this.process = process;
        this.name = name;
        this.reader = new Thread(this::collect, "output of " + name);
        reader.setDaemon(true);
        reader.start();
    }

    public static Program start(List<String> command) throws IOException {
        return start(command, Map.of(), Path.of("."));
    }

    public static Program start(List<String> command, Map<String, String> environment, Path directory)
            throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        // Messages are compared: no translation. OPENSSL_CONF of the person's own must not change what is offered.
        builder.environment().put("LC_ALL", "C");
        builder.environment().putAll(environment);
        return new Program(builder.start(), command.get(0));
    }

    /** Runs to the end without input, for at most {@code limit}. */
    public static Finished run(List<String> command, Duration limit) throws IOException, InterruptedException {
        try (Program program = start(command)) {
            program.endInput();
            int exit = program.awaitExit(limit);
            return new Finished(exit, program.output());
        }
    }

    /** What a program said and how it ended. */
    public record Finished(int exit, String output) {}

    public void send(byte[] bytes) throws IOException {
        OutputStream in = process.getOutputStream();
        in.write(bytes);
        in.flush();
    }

    public void endInput() throws IOException {
        process.getOutputStream().close();
    }

    /** Waits until the output satisfies {@code wanted}; false when the program ends or the time is over before that. */
    public boolean awaitOutput(Predicate<String> wanted, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        synchronized (lock) {
            while (true) {
                if (wanted.test(text.toString())) {
                    return true;
                }
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (ended || left <= 0) {
                    return false;
                }
                lock.wait(left);
            }
        }
    }

    /** Waits for the end; a program that takes longer is killed, and the answer is false. */
    public boolean ends(Duration limit) throws InterruptedException {
        if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            reader.join(2000);
            return true;
        }
        process.destroyForcibly().waitFor();
        return false;
    }

    /** The exit status; a program that takes longer is killed and reported. */
    public int awaitExit(Duration limit) throws IOException, InterruptedException {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            close();
            throw new IOException(name + " did not end within " + limit.toSeconds() + " s; it said:\n" + output());
        }
        // Descendants may hold the pipe open: what the program itself said is there by then.
        reader.join(2000);
        return process.exitValue();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    /** All of the output so far. */
    public String output() {
        synchronized (lock) {
            return text.toString();
        }
    }

    /** Asks the program to end, and ends it if it does not. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void collect() {
        byte[] buffer = new byte[8192];
        try (InputStream in = process.getInputStream()) {
            int n = in.read(buffer);
            while (n >= 0) {
                synchronized (lock) {
                    text.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
                    lock.notifyAll();
                }
                n = in.read(buffer);
            }
        } catch (IOException e) {
            synchronized (lock) {
                text.append("\n(reading its output failed: ")
                        .append(e.getMessage())
                        .append(")\n");
            }
        } finally {
            synchronized (lock) {
                ended = true;
                lock.notifyAll();
            }
        }
    }
}
