package dev.lockstep.server;

import java.io.IOException;
import java.io.InputStream;

/**
 * The program as somebody's child: it ends when its standard input does. The kernel closes that pipe whatever ends the
 * parent, a SIGKILL included.
 */
final class TiedMain {

    private TiedMain() {}

    public static void main(String[] args) {
        Thread watch = new Thread(TiedMain::awaitEnd, "watch over the parent");
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
