package dev.lockstep.keys.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.util.Needed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The programs around a token, in a directory of their own. What is started here is ended by its process id by
 * {@link #endAll}, the last one first.
 */
final class TokenHost {

    final Path directory;
    private final Map<String, String> environment = new HashMap<>();
    private final List<Process> started = new ArrayList<>();
    private final List<String[]> last = new ArrayList<>();
    private List<String> prefix = List.of();

    TokenHost(Path directory) {
        this.directory = directory;
    }

    /** Sets a variable for every program that is run or started from now on. */
    TokenHost set(String variable, Object value) {
        environment.put(variable, value.toString());
        return this;
    }

    /** Puts this before every command from now on. */
    void within(String... command) {
        prefix = List.of(command);
    }

    private ProcessBuilder builder(String... command) {
        ProcessBuilder builder = new ProcessBuilder(Stream.concat(
                        Stream.concat(
                                prefix.stream(),
                                Stream.of(Needed.find(command[0])
                                        .map(Path::toString)
                                        .orElse(command[0]))),
                        Stream.of(command).skip(1))
                .toList());
        builder.environment().putAll(environment);
        return builder;
    }

    /** Runs a program to its end and returns what it wrote to its standard output. */
    String run(String... command) throws Exception {
        if (attempt(command)) {
            return Files.readString(output());
        }
        throw new IOException(String.join(" ", command) + ": " + Files.readString(output()));
    }

    /** Runs a program to its end and tells whether it succeeded. */
    boolean attempt(String... command) throws Exception {
        Process process = builder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output().toFile())
                .start();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(command[0] + " does not end");
        }
        return process.exitValue() == 0;
    }

    private Path output() {
        return directory.resolve("tool.out");
    }

    /** Starts a service that writes into a file of its name; {@code ready} is asked until it says yes. */
    Process start(Readiness ready, String... command) throws Exception {
        Path log = directory.resolve(Path.of(command[0]).getFileName() + ".log");
        Process process = builder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        started.add(process);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!ready.now()) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IOException(String.join(" ", command) + " does not start: " + Files.readString(log));
            }
            Thread.onSpinWait();
        }
        return process;
    }

    /** Starts a program that talks with the test. */
    Process converse(String... command) throws IOException {
        Process process = builder(command)
                .redirectError(directory.resolve("error.log").toFile())
                .start();
        started.add(process);
        return process;
    }

    /** Ends a program and those that it started, without a farewell. */
    static void end(Process process) throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        assertThat(process.destroyForcibly().waitFor(5, TimeUnit.SECONDS)).isTrue();
    }

    /** Runs a program when all others have ended. */
    void atEnd(String... command) {
        last.add(command);
    }

    void endAll() throws Exception {
        Collections.reverse(started);
        for (Process process : started) {
            end(process);
        }
        for (String[] command : last) {
            run(command);
        }
    }

    /** Whether a service can be used now. */
    @FunctionalInterface
    interface Readiness {
        boolean now() throws Exception;
    }

    /** Ready when this file, such as a socket, is there. */
    static Readiness exists(Path file) {
        return () -> Files.exists(file);
    }

    /** A PKCS#11 library, in the places where systems keep them. */
    static Optional<Path> library(String file) {
        return Stream.of("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib")
                .flatMap(place -> Stream.of(
                        Path.of(place, file), Path.of(place, "pkcs11", file), Path.of(place, "softhsm", file)))
                .filter(Files::exists)
                .findFirst();
    }

    /** Skips the test loudly when one of these is missing; in CI the test fails. */
    static void require(String packages, List<String> programs, String... libraries) {
        List<String> missing = Stream.concat(
                        programs.stream().filter(name -> Needed.find(name).isEmpty()),
                        Stream.of(libraries).filter(file -> library(file).isEmpty()))
                .toList();
        if (!missing.isEmpty()) {
            throw Needed.absent("not installed: " + String.join(", ", missing) + " (apt-get install " + packages + ")");
        }
    }
}
