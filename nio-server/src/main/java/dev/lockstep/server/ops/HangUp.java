package dev.lockstep.server.ops;

/**
 * SIGHUP as a request, from the start of the command on: by default the signal would end the process, also while it is
 * loading its files. A request that comes before it can be served is remembered. Thread-safe.
 */
public final class HangUp implements AutoCloseable {

    private final Signals signals;
    private Runnable action = () -> {};
    private boolean ready;
    private boolean asked;

    private HangUp() {
        signals = Signals.handle("HUP", this::onSignal);
    }

    /** Begins to take the signal. */
    public static HangUp handled() {
        return new HangUp();
    }

    private synchronized void onSignal() {
        asked = true;
        serve();
    }

    /** Sets what the signal does, without blocking; does it here if the signal has come before. */
    public synchronized void runs(Runnable task) {
        action = task;
        ready = true;
        serve();
    }

    private void serve() {
        if (ready && asked) {
            asked = false;
            action.run();
        }
    }

    /** The signal has no effect from now on: what it would act on is closing. */
    public synchronized void ignore() {
        ready = false;
    }

    @Override
    public void close() {
        signals.close();
    }
}
