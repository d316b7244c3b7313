package dev.lockstep.server;

import dev.lockstep.testkit.util.Ports;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A redis-server of its own on the loopback, without files, bounded in memory, that a test stops and starts. */
public final class RedisServer implements AutoCloseable {

    private static final String EVERYTHING = "EVAL \"local all={} for _,k in ipairs(redis.call('keys','*'))"
            + " do all[#all+1]=k..redis.call('get',k) end return table.concat(all)\" 0";

    private final Path directory;
    private final int port;
    private Process process;

    public RedisServer(Path directory) throws IOException {
        this.directory = directory;
        port = Ports.free();
    }

    public RedisURI uri() {
        return RedisURI.create("127.0.0.1", port);
    }

    public void start() throws Exception {
        process = new ProcessBuilder(
                        "redis-server",
                        "--port",
                        Integer.toString(port),
                        "--bind",
                        "127.0.0.1",
                        "--save",
                        "",
                        "--appendonly",
                        "no",
                        "--maxmemory",
                        "32mb",
                        "--dir",
                        directory.toString(),
                        "--logfile",
                        directory.resolve("redis.log").toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("redis.out").toFile())
                .start();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!answersPing()) {
            if (!process.isAlive() || System.nanoTime() - end > 0) {
                throw new AssertionError("redis-server does not answer");
            }
            process.waitFor(20, TimeUnit.MILLISECONDS); // a pause that ends early when the process does
        }
    }

    public void stop() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                throw new AssertionError("redis-server does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Makes it stand still with its connections open, as a machine under a hung disk does. */
    public void pause() throws Exception {
        signal("-STOP");
    }

    public void goOn() throws Exception {
        signal("-CONT");
    }

    private void signal(String signal) throws Exception {
        Process kill = new ProcessBuilder("kill", signal, Long.toString(process.pid())).start();
        if (!kill.waitFor(20, TimeUnit.SECONDS) || kill.exitValue() != 0) {
            throw new AssertionError("kill " + signal + " failed");
        }
    }

    private boolean answersPing() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            socket.setSoTimeout(1000);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII).equals("+PONG");
        } catch (IOException e) {
            return false;
        }
    }

    /** Every key in it with its value, as one text: to see that no secret lies there in the clear. */
    public byte[] everything() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(5000);
            socket.getOutputStream().write((EVERYTHING + "\r\nQUIT\r\n").getBytes(StandardCharsets.US_ASCII));
            return socket.getInputStream().readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (process != null && process.isAlive()) {
            stop();
        }
    }
}
