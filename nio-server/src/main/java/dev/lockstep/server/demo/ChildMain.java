package dev.lockstep.server.demo;

import dev.lockstep.server.Main;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The program as a child process: it ends when its standard input does. The kernel closes that pipe whatever ends the
 * parent, a SIGKILL included.
 */
final class ChildMain {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private ChildMain() {}

    public static void main(String[] args) {
        Thread watch = new Thread(() -> watch(System.in), "watch over the parent");
        watch.setDaemon(true);
        watch.start();
        Main.main(args);
    }

    private static void watch(InputStream in) {
        awaitEnd(in);
        System.exit(0);
    }

    /** Reads to the end. The boundary of the thread: memory that ran out is no end, and the watch must not end with it. */
    static void awaitEnd(InputStream in) {
        while (true) {
            try {
                if (in.read() < 0) {
                    return; // nothing is said here; only the end counts
                }
            } catch (IOException e) {
                return; // an input that cannot be read has ended too
            } catch (RuntimeException | Error e) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }
}
