package dev.lockstep.server.demo;

import dev.lockstep.nio.LoopObserver;
import dev.lockstep.nio.Session;
import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.wait.Suspension;
import dev.lockstep.tls.wait.SuspensionKind;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** Turns what happens in the demo's one loop into events. Its figures are for all threads. */
final class DemoWatch implements ConnectionObserver, LoopObserver, DemoBurst.Meter {

    private final DemoEvents events;
    private final IntPredicate isOfBurst;
    private final Set<Long> ofBurst = new HashSet<>();
    private final AtomicLong waitedNanos = new AtomicLong();
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private volatile long thread;
    private long current;

    /** @param isOfBurst whether a client at this port belongs to a burst */
    DemoWatch(DemoEvents events, IntPredicate isOfBurst) {
        this.events = events;
        this.isOfBurst = isOfBurst;
    }

    /** Returns how long connections of bursts were suspended so far, in nanoseconds. */
    @Override
    public long waitedNanos() {
        return waitedNanos.get();
    }

    /** Returns how long the loop's thread has computed so far, in nanoseconds; -1 where the JVM cannot tell. */
    @Override
    public long workedNanos() {
        return thread == 0 || !threads.isThreadCpuTimeSupported() ? -1 : threads.getThreadCpuTime(thread);
    }

    @Override
    public void onTurn(long connection) {
        current = connection;
    }

    @Override
    @SuppressWarnings("deprecation") // threadId() is of JDK 19
    public void onAccepted(Session session) {
        thread = Thread.currentThread().getId();
        boolean burst = session.remoteAddress() instanceof InetSocketAddress client && isOfBurst.test(client.getPort());
        if (burst) {
            ofBurst.add(session.id());
        }
        publish("open", session.id(), "who", burst ? "burst" : "visitor");
    }

    @Override
    public void onEstablished(Session session) {
        events.publish(events.event("established")
                .with("c", session.id())
                .with("suite", session.info().cipherSuite().name())
                .with("resumed", session.info().resumed() ? 1 : 0));
    }

    @Override
    public void onFailure(Session session, IOException cause) {
        publish("failed", session.id(), "why", String.valueOf(cause.getMessage()));
    }

    @Override
    public void onClosed(Session session, @Nullable Throwable cause) {
        ofBurst.remove(session.id());
        events.publish(events.event("closed").with("c", session.id()));
    }

    @Override
    public void onTransition(String from, String event, String to) {
        events.publish(events.event("state")
                .with("c", current)
                .with("from", from)
                .with("on", event)
                .with("to", to));
    }

    @Override
    public void onSuspend(Suspension suspension) {
        publish("suspend", current, "for", suspension.kind().name());
    }

    @Override
    public void onResume(SuspensionKind kind, long nanos) {
        if (ofBurst.contains(current)) {
            waitedNanos.addAndGet(nanos);
        }
        events.publish(events.event("resume")
                .with("c", current)
                .with("for", kind.name())
                .with("waited", nanos / 1e6));
    }

    private void publish(String kind, long connection, String name, String value) {
        events.publish(events.event(kind).with("c", connection).with(name, value));
    }
}
