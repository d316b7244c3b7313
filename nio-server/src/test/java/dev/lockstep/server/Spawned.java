package dev.lockstep.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The program in a process of its own: what it prints (both streams), its exit code. Killed by {@link #close}. */
public final class Spawned implements AutoCloseable {

    private final Process process;
    private final StringBuilder printed = new StringBuilder();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private boolean ended;

    private Spawned(Process process) {
        this.process = process;
        Thread reader = new Thread(this::read, "output of process " + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    public static Spawned start(Map<String, String> variables, List<String> jvmOptions, String... args)
            throws IOException {
        // A test run in the background has SIGINT ignored, and a JVM keeps to what it inherits.
        List<String> command = new ArrayList<>(List.of(
                "env",
                "--default-signal=INT,HUP,TERM",
                System.getProperty("java.home") + "/bin/java",
                "-cp",
                System.getProperty("java.class.path"),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1")); // most of them live for a second or two
        command.addAll(jvmOptions);
        command.add(Main.class.getName());
        command.addAll(List.of(args));
        return start(variables, command);
    }

    /** Any program. */
    public static Spawned start(Map<String, String> variables, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(variables);
        return new Spawned(builder.start());
    }

    private void read() {
        try (InputStream in = process.getInputStream()) {
            byte[] bytes = new byte[8192];
            int count;
            while ((count = in.read(bytes)) > 0) {
                append(new String(bytes, 0, count, StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            append("[output lost: " + e.getMessage() + "]");
        } finally {
            lock.lock();
            try {
                ended = true;
                more.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private void append(String text) {
        lock.lock();
        try {
            printed.append(text);
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until something matches that has been printed, and answers the match. */
    public Matcher await(String regex) throws InterruptedException {
        Pattern pattern = Pattern.compile(regex);
        long left = TimeUnit.SECONDS.toNanos(60);
        lock.lock();
        try {
            while (true) {
                Matcher matcher = pattern.matcher(printed.toString());
                if (matcher.find()) {
                    return matcher;
                }
                if (ended || left <= 0) {
                    throw new AssertionError("no '" + regex + "' in: " + printed);
                }
                left = more.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    public int port() throws InterruptedException {
        return Integer.parseInt(await("listening on 127\\.0\\.0\\.1:(\\d+)").group(1));
    }

    public String printed() {
        lock.lock();
        try {
            return printed.toString();
        } finally {
            lock.unlock();
        }
    }

    public ProcessHandle handle() {
        return process.toHandle();
    }

    public long pid() {
        return process.pid();
    }

    /** SIGTERM, as Ctrl-C's SIGINT a request to end in good order. */
    public void terminate() {
        process.toHandle().destroy(); // Process.destroy would close the output as well
    }

    public int exitCode() throws InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("process " + process.pid() + " does not end: " + printed());
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
