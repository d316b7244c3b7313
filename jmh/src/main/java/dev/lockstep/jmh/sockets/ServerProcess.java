package dev.lockstep.jmh.sockets;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server that this program has started and ends, with the processes that it has started itself. For one thread. */
final class ServerProcess implements AutoCloseable {
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long LOOK_MILLIS = 2;
    private static final int MOST_TOLD = 600;
    private static final Duration TO_END = Duration.ofSeconds(10);

    private final String name;
    private final Process process;
    private final Path output;

    private ServerProcess(String name, Process process, Path output) {
        this.name = name;
        this.process = process;
        this.output = output;
    }

    /**
     * Starts a server and waits until its port is open.
     *
     * @param directory in which it works; its output goes there too
     * @throws IOException when it ends before, or takes more than a minute
     */
    static ServerProcess start(String name, List<String> command, Path directory, int port)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile(directory, "output", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        ServerProcess server = new ServerProcess(name, process, output);
        boolean open = false;
        try {
            server.awaitOpen(port);
            open = true;
            return server;
        } finally {
            if (!open) {
                server.close();
            }
        }
    }

    /** A port of the loopback address that is free now. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(Site.HOST))) {
            return socket.getLocalPort();
        }
    }

    String name() {
        return name;
    }

    private void awaitOpen(int port) throws IOException, InterruptedException {
        long end = System.nanoTime() + START_NANOS;
        while (!isOpen(port)) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IOException(name + (process.isAlive() ? " opens no port" : " has ended") + told());
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    private static boolean isOpen(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(Site.HOST, port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** The end of what it has printed, for a message. */
    private String told() throws IOException {
        String all = Files.readString(output, StandardCharsets.ISO_8859_1).strip();
        return all.isEmpty() ? "" : ": " + all.substring(Math.max(0, all.length() - MOST_TOLD));
    }

    /**
     * The processor time of the server's processes, user and system, all threads: what {@code /proc/PID/stat} counts, in
     * hundredths of seconds.
     *
     * @throws IOException when the server has ended
     */
    Duration processorTime() throws IOException {
        if (!process.isAlive()) {
            throw new IOException(name + " has ended" + told());
        }
        return all().map(ServerProcess::processorTime).reduce(Duration.ZERO, Duration::plus);
    }

    /** The same of this process. */
    static Duration processorTimeOfThis() {
        return processorTime(ProcessHandle.current());
    }

    private static Duration processorTime(ProcessHandle handle) {
        return handle.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private Stream<ProcessHandle> all() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants());
    }

    /** Ends it: gently, and after ten seconds with force. */
    @Override
    public void close() throws InterruptedIOException {
        List<ProcessHandle> workers = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(TO_END.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while " + name + " ends");
        } finally {
            workers.forEach(ProcessHandle::destroyForcibly);
        }
    }
}
