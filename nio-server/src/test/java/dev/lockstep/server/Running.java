package dev.lockstep.server;

import dev.lockstep.nio.TlsLoops;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The program in this process: its command line, what it prints, its port, its exit code. */
public final class Running implements AutoCloseable {

    private static final Pattern LISTENING = Pattern.compile("listening on 127\\.0\\.0\\.1:(\\d+)");

    private final Lines out = new Lines();
    private final Lines err = new Lines();
    private final CompletableFuture<TlsLoops> loop = new CompletableFuture<>();
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();
    private final Thread thread;

    private Running(Map<String, String> variables, Clock clock, String... args) {
        Environment environment = new Environment(
                new PrintWriter(out, true), new PrintWriter(err, true), variables::get, clock, loop::complete);
        thread = new Thread(() -> exit.complete(Main.run(args, environment)), "server under test");
        thread.setDaemon(true);
    }

    /** Starts the program and waits until it listens; fails with its errors when it does not. */
    public static Running start(String... args) throws Exception {
        return start(Map.of(), args);
    }

    /** As {@link #start(String...)}, with environment variables. */
    public static Running start(Map<String, String> variables, String... args) throws Exception {
        return start(variables, Clock.systemUTC(), args);
    }

    /** As {@link #start(String...)}, with a time of day. */
    public static Running start(Clock clock, String... args) throws Exception {
        return start(Map.of(), clock, args);
    }

    private static Running start(Map<String, String> variables, Clock clock, String... args) throws Exception {
        Running running = new Running(variables, clock, args);
        running.thread.start();
        CompletableFuture.anyOf(running.loop, running.exit).get(30, TimeUnit.SECONDS);
        if (!running.loop.isDone()) {
            throw new AssertionError("exit " + running.exit.join() + ": " + running.err());
        }
        return running;
    }

    /** Starts the program and waits for nothing. */
    public static Running begun(String... args) {
        Running running = new Running(Map.of(), Clock.systemUTC(), args);
        running.thread.start();
        return running;
    }

    /** Waits until it listens, after {@link #begun}. */
    public void awaitStart() throws Exception {
        loop.get(30, TimeUnit.SECONDS);
    }

    /** Runs the program to its end. */
    public static Running finished(Map<String, String> variables, String... args) throws Exception {
        Running running = new Running(variables, Clock.systemUTC(), args);
        running.thread.start();
        CompletableFuture.anyOf(running.loop, running.exit).get(30, TimeUnit.SECONDS);
        if (running.loop.isDone()) {
            running.close();
            throw new AssertionError("it listens, although it should have refused: " + running.out());
        }
        return running;
    }

    public int port() {
        Matcher matcher = LISTENING.matcher(out());
        if (!matcher.find()) {
            throw new AssertionError("no port in: " + out());
        }
        return Integer.parseInt(matcher.group(1));
    }

    public int exitCode() {
        return exit.join();
    }

    public String out() {
        return out.text();
    }

    public String err() {
        return err.text();
    }

    /** Waits for an error that contains {@code text} and answers all of them so far. */
    public String awaitError(String text) throws InterruptedException {
        return err.await(text);
    }

    /** Waits for a line that contains {@code text} and answers everything printed so far. */
    public String awaitLine(String text) throws InterruptedException {
        return out.await(text);
    }

    @Override
    public void close() {
        if (loop.isDone()) {
            loop.join().close();
            exit.orTimeout(30, TimeUnit.SECONDS).join();
        }
    }

    /** Output that can be waited for. */
    private static final class Lines extends StringWriter {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition more = lock.newCondition();

        @Override
        public void flush() {
            lock.lock();
            try {
                more.signalAll();
            } finally {
                lock.unlock();
            }
        }

        String text() {
            lock.lock();
            try {
                return toString();
            } finally {
                lock.unlock();
            }
        }

        String await(String text) throws InterruptedException {
            long left = TimeUnit.SECONDS.toNanos(30);
            lock.lock();
            try {
                while (!toString().contains(text)) {
                    if (left <= 0) {
                        throw new AssertionError("no '" + text + "' in: " + this);
                    }
                    left = more.awaitNanos(left);
                }
                return toString();
            } finally {
                lock.unlock();
            }
        }
    }
}
