package dev.lockstep.server.demo;

import dev.lockstep.server.Main;
import java.io.IOException;
import java.io.InputStream;

/**
 * The program as a child process: it ends when its standard input does. The kernel closes that pipe whatever ends the
 * parent, a SIGKILL included.
 */
final class ChildMain {

    private ChildMain() {}

    public static void main(String[] args) {
        Thread watch = new Thread(ChildMain::awaitEnd, "watch over the parent");
        watch.setDaemon(true);
        watch.start();
        Main.main(args);
    }

    private static void awaitEnd() {
        try (InputStream in = System.in) {
            while (in.read() >= 0) {
                // Nothing is said here; only the end counts.
            }
        } catch (IOException e) {
            // An input that cannot be read has ended too.
        }
        System.exit(0);
    }
}
