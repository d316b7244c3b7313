package dev.lockstep.server;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** {@code lockstep keyserver} as a process of its own. */
public final class KeyserverProcess implements AutoCloseable {

    private final Process process;
    private final Path errors;
    private final String ready;

    private KeyserverProcess(Process process, Path errors, String ready) {
        this.process = process;
        this.errors = errors;
        this.ready = ready;
    }

    /** Starts it and waits for the line that says that it listens. */
    public static KeyserverProcess start(Path directory, String... options) throws IOException {
        return start(directory, Map.of(), List.of(), options);
    }

    /**
     * Starts it behind another program.
     *
     * @param variables added to its environment
     * @param prefix the program in front of the command line
     */
    public static KeyserverProcess start(
            Path directory, Map<String, String> variables, List<String> prefix, String... options) throws IOException {
        Path errors = Files.createTempFile(directory, "keyserver-", ".err");
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(
                javaProgram(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1", // it lives for seconds
                "-cp",
                classPath(),
                "dev.lockstep.server.Main",
                "keyserver"));
        command.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
        builder.environment().putAll(variables);
        Process process = builder.start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        String line = out.readLine();
        if (line == null || !line.startsWith("keyserver: listening on ")) {
            process.destroyForcibly();
            throw new AssertionError("it did not start: " + line + Files.readString(errors));
        }
        return new KeyserverProcess(process, errors, line);
    }

    public static String javaProgram() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** All that this JVM runs with, whether it came as class path or as module path. */
    public static String classPath() {
        String modules = System.getProperty("jdk.module.path");
        String classes = System.getProperty("java.class.path");
        return modules == null ? classes : modules + File.pathSeparator + classes;
    }

    /** What it said when it was ready. */
    public String ready() {
        return ready;
    }

    public String errors() throws IOException {
        return Files.readString(errors);
    }

    /** Waits until {@code text} is among its errors, which it writes on a thread of its own, and answers all of them. */
    public String awaitErrors(String text) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        String all = errors();
        while (!all.contains(text)) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("no '" + text + "' in: " + all);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            all = errors();
        }
        return all;
    }

    public long pid() {
        return process.pid();
    }

    /** Ends it as a crash would. */
    public void kill() {
        process.destroyForcibly();
        await();
    }

    /** Ends it as an operator would; answers the exit code. */
    public int terminate() {
        process.destroy();
        return await();
    }

    private int await() {
        return process.onExit().orTimeout(30, TimeUnit.SECONDS).join().exitValue();
    }

    @Override
    public void close() {
        kill();
    }
}
