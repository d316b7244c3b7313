package dev.lockstep.server.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The key server of a demo: a second process of this program, which ends with this one whatever ends this one. */
final class DemoKeyServer implements AutoCloseable {

    private static final int START_SECONDS = 60;
    private static final int END_SECONDS = 4;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Path directory;
    private final Process process;
    private final LogTail tail;
    private volatile boolean closing;

    private DemoKeyServer(Path directory, Process process, LogTail tail) {
        this.directory = directory;
        this.process = process;
        this.tail = tail;
    }

    /**
     * Starts it and waits until it listens.
     *
     * @param out for what it prints
     * @param lines for the lines of its log, on a thread of its own
     */
    static DemoKeyServer start(PrintWriter out, Consumer<String> lines, int delayMillis) throws IOException {
        Path directory = Files.createTempDirectory("lockstep-demo-"); // for its owner alone
        Path log = directory.resolve("key-use.log");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ChildMain.class.getName(),
                        "keyserver",
                        "--socket",
                        directory.resolve("keys.sock").toString(),
                        "--demo-keys",
                        directory.toString(),
                        "--demo-key-delay-ms",
                        Integer.toString(delayMillis),
                        "--log",
                        log.toString(),
                        "--log-fsync",
                        "never")
                .redirectErrorStream(true)
                .start();
        DemoKeyServer started = new DemoKeyServer(directory, process, LogTail.follow(log, lines));
        try {
            started.awaitListening(out);
            return started;
        } catch (IOException e) {
            started.close();
            throw e;
        }
    }

    private void awaitListening(PrintWriter out) throws IOException {
        CompletableFuture<Void> listening = new CompletableFuture<>();
        Thread reader = new Thread(
                () -> {
                    relay(process.inputReader(StandardCharsets.UTF_8), out, listening);
                    if (!listening.isCompletedExceptionally() && !closing) {
                        out.println("process " + process.pid()
                                + ", the key server, has ended: no handshake can be made any more");
                    }
                },
                "output of the key server");
        reader.setDaemon(true);
        reader.start();
        try {
            listening.get(START_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IOException("the key server did not start: " + e.getMessage(), e);
        } catch (TimeoutException e) {
            throw new IOException("the key server did not start within " + START_SECONDS + " seconds", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the key server started", e);
        }
    }

    /**
     * Passes on what it prints, to the end. The boundary of the thread: without it the pipe would fill, and the key server
     * would stop at it.
     *
     * @param listening completed when it listens; with its last line as the failure if it ends before
     */
    static void relay(BufferedReader printed, PrintWriter out, CompletableFuture<Void> listening) {
        String last = "it ended without a word";
        boolean isOver = false;
        while (!isOver) {
            try {
                String line = printed.readLine();
                isOver = line == null;
                if (line != null) {
                    last = line;
                    passOn(line, out, listening);
                }
            } catch (IOException | UncheckedIOException e) {
                last = String.valueOf(e.getMessage()); // this process closes the stream when it ends
                isOver = true;
            } catch (RuntimeException | Error e) {
                LockSupport.parkNanos(PAUSE_NANOS); // memory ran out: one line is lost
            }
        }
        boolean unused = listening.completeExceptionally(new IOException(last)); // no effect if it has listened
    }

    private static void passOn(String line, PrintWriter out, CompletableFuture<Void> listening) {
        if (line.startsWith("keyserver: listening on ")) {
            listening.complete(null);
        } else {
            out.println(line);
        }
    }

    long pid() {
        return process.pid();
    }

    Path directory() {
        return directory;
    }

    Path socket() {
        return directory.resolve("keys.sock");
    }

    Path log() {
        return directory.resolve("key-use.log");
    }

    /** Ends the process and removes what it left. */
    @Override
    public void close() throws IOException {
        closing = true;
        tail.close();
        process.destroy();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : List.copyOf(files.toList())) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(directory);
    }
}
