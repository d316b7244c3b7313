package dev.lockstep.keys.keyserver;

/**
 * What an observer is told of a connection: that there is one, and that it is lost, in turn. A connection that takes the
 * place of another one with the client's consent is the same to it. For one thread.
 */
final class LinkReports {

    private final KeyServerObserver observer;
    private boolean connected;

    LinkReports(KeyServerObserver observer) {
        this.observer = observer;
    }

    /** The welcome has come. */
    void up() {
        if (!connected) {
            connected = true;
            report(observer::onConnected);
        }
    }

    /** The connection is lost, or an attempt to make one has failed. */
    void down(Exception cause) {
        boolean wasConnected = connected;
        connected = false;
        report(() -> observer.onDisconnected(wasConnected, cause));
    }

    private static void report(Runnable event) {
        try {
            event.run();
        } catch (RuntimeException | Error e) {
            // An observer's own faults are no reason to lose the keys.
        }
    }
}
