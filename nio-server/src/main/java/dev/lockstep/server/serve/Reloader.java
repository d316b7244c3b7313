package dev.lockstep.server.serve;

import dev.lockstep.server.Environment;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.pem.FileStamps;
import dev.lockstep.tls.config.TlsServerConfig;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Loads a server's configuration again when its files have changed, or when it is told to, and puts the new one in place
 * of the old when it is right in every part. Otherwise the old one stays. Connections keep the one that they began with.
 *
 * <p>Works on a thread of its own, since reading files and asking a token for keys takes time.
 */
final class Reloader implements AutoCloseable {

    /** How often the files are looked at. */
    private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Configuration configuration;
    private final Environment environment;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean asked;
    private boolean over;

    private volatile TlsServerConfig current;
    private FileStamps stamps;
    private int generation = 1;

    private Reloader(Configuration configuration, FileStamps stamps, TlsServerConfig first) {
        this.configuration = configuration;
        this.environment = configuration.environment();
        this.stamps = stamps;
        this.current = first;
        this.thread = new Thread(this::run, "lockstep-reload");
        this.thread.setDaemon(true);
    }

    /** Loads the configuration for the first time; what is wrong with it is thrown. */
    static Reloader load(Configuration configuration) throws UsageError {
        // Before the files are read: what changes meanwhile is seen as a change afterwards.
        FileStamps stamps = FileStamps.of(configuration.files());
        return new Reloader(configuration, stamps, configuration.load());
    }

    /** Begins to look at the files. */
    void start() {
        thread.start();
    }

    /** The last good configuration; any thread. */
    TlsServerConfig current() {
        return current;
    }

    /** Any thread: loads soon, whether files have changed or not. */
    void ask() {
        lock.lock();
        try {
            asked = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        while (true) {
            try {
                if (!waitForTurn()) {
                    return;
                }
                reload();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // the thread is asked to end
                return;
            } catch (RuntimeException | Error e) {
                survive(e);
            }
        }
    }

    /** The boundary of the thread: a defect, or memory that ran out, must not end all later reloads. */
    private void survive(Throwable fault) {
        try {
            refuse("DEFECT " + fault);
        } catch (RuntimeException | Error another) {
            // Not even that can be said now. The next turn is a quarter of a second away.
        }
    }

    /** Waits until there is something to load; false when it is over. */
    private boolean waitForTurn() throws InterruptedException {
        while (true) {
            lock.lock();
            try {
                long left = EVERY_NANOS;
                while (!asked && !over && left > 0) {
                    left = changed.awaitNanos(left);
                }
                if (over) {
                    return false;
                }
                if (asked) {
                    asked = false;
                    return true;
                }
            } finally {
                lock.unlock();
            }
            configuration.options().sessions().turn();
            if (!nowOnDisk().equals(stamps)) {
                return true;
            }
        }
    }

    private FileStamps nowOnDisk() {
        try {
            return FileStamps.of(configuration.files());
        } catch (UsageError e) {
            return stamps; // the options are as they were at the start, when they were right
        }
    }

    private void reload() {
        stamps = nowOnDisk();
        try {
            current = configuration.reload();
            generation++;
            environment.out().println("reloaded: configuration " + generation + " serves new connections");
            environment.out().flush();
        } catch (UsageError e) {
            refuse(e.getMessage());
        }
    }

    private void refuse(String why) {
        environment.err().println(UsageError.oneLine("not reloaded, configuration " + generation + " stays: " + why));
        environment.err().flush();
    }

    /** Ends it; a reload under way is waited for. */
    @Override
    public void close() {
        lock.lock();
        try {
            over = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
