package dev.lockstep.server.ops;

import dev.lockstep.keys.compose.KeyObserver;
import dev.lockstep.keys.compose.KeyOperation;
import dev.lockstep.keys.compose.ObservedOperation.Outcome;
import dev.lockstep.keys.keyserver.KeyServerObserver;
import dev.lockstep.server.jfr.FlightRecorderObserver;
import dev.lockstep.server.log.EventLog;
import dev.lockstep.server.log.EventType;
import dev.lockstep.server.log.LogEvent;
import dev.lockstep.server.metrics.Metrics;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.wait.OperationException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Whether the private keys work: logs when their key server goes and comes back, and when signatures begin and cease to
 * fail, each once, with what happened in between. Thread-safe.
 */
public final class KeyHealth implements KeyObserver {

    /** Signatures by a key that failed since the last one that did not. */
    private static final class Failing {
        private final String name;
        private long since;
        private long failed;

        private Failing(String name) {
            this.name = name;
        }
    }

    /** A key server, which several loops are connected to. */
    private static final class Server {
        private int links;
        private int connected;
        private boolean told;
        private boolean down;
        private long since;
        private long failedBefore;
    }

    private final KeyObserver flightRecorder = FlightRecorderObserver.keys();
    private final EventLog log;
    private final Metrics metrics;
    private final Map<PublicKey, Failing> failing = new ConcurrentHashMap<>();
    private final Map<String, Server> servers = new ConcurrentHashMap<>();
    private final AtomicLong failedHandshakes = new AtomicLong();

    /** The keys of the configuration in force; null while all count. */
    private @Nullable Set<PublicKey> served;

    KeyHealth(EventLog log, Metrics metrics) {
        this.log = log;
        this.metrics = metrics;
    }

    /** A first handshake has failed, whatever the reason. */
    void handshakeFailed() {
        failedHandshakes.incrementAndGet();
    }

    /**
     * A configuration serves from now on. The keys that it does not have are of no matter any more, whatever was wrong with
     * them; connections that began before may still use them.
     */
    public synchronized void serves(List<Credential> credentials) {
        Set<PublicKey> keys = new HashSet<>();
        credentials.forEach(each -> keys.add(each.certificate().getPublicKey()));
        served = keys;
        failing.keySet().retainAll(keys);
    }

    /** Returns whether every key server is connected and no key's last signature has failed. */
    boolean isWorking() {
        synchronized (this) {
            return failing.isEmpty() && servers.values().stream().allMatch(server -> server.connected == server.links);
        }
    }

    /**
     * The outcome of a decryption depends on what a client has sent, so it is counted and never logged: a client could fill
     * the log with it, and learn from the time that takes.
     */
    @Override
    public void onOperation(KeyOperation operation) {
        flightRecorder.onOperation(operation);
        String kind = operation.kind().name().toLowerCase(Locale.ROOT);
        metrics.keyOperations.increment(kind, operation.outcome().name().toLowerCase(Locale.ROOT));
        metrics.keyDurations.observe(operation.serviceNanos(), kind);
        if (operation.kind() == KeyOperation.Kind.SIGN) {
            if (operation.outcome() == Outcome.FAILED) {
                if (!isRefusal(operation.failure())) {
                    failed(operation);
                }
            } else if (operation.outcome() == Outcome.DONE && !failing.isEmpty()) {
                signed(operation);
            }
        }
    }

    /** A policy, a rate limit or a full queue has refused it, of which strangers can be the reason: the key works. */
    private static boolean isRefusal(@Nullable Throwable failure) {
        return failure instanceof OperationException known && known.reason() == OperationException.Reason.REJECTED;
    }

    private synchronized void failed(KeyOperation operation) {
        PublicKey key = operation.certificate().getPublicKey();
        if (served != null && !served.contains(key)) {
            return;
        }
        Throwable failure = operation.failure();
        fails(operation.certificate(), failure == null ? "no reason is known" : String.valueOf(failure.getMessage()))
                .failed++;
    }

    /** Something that only fails serves in place of a key, whose token or agent has not answered yet. */
    public synchronized void away(X509Certificate certificate) {
        Failing unused = fails(certificate, "the key's holder has not answered yet");
    }

    private Failing fails(X509Certificate certificate, String why) {
        Failing known = failing.get(certificate.getPublicKey());
        if (known == null) {
            known = new Failing(certificate.getSubjectX500Principal().getName());
            known.since = System.nanoTime();
            failing.put(certificate.getPublicKey(), known);
            log.log(LogEvent.of(EventType.KEY_FAILING, "signatures fail: " + why)
                    .with("certificate", known.name));
        }
        return known;
    }

    /** Returns the keys whose last signature has failed. */
    public Set<PublicKey> failing() {
        return Set.copyOf(failing.keySet());
    }

    /** An answer that was under way when another connection to the key server broke says nothing about what works since. */
    private synchronized void signed(KeyOperation operation) {
        PublicKey key = operation.certificate().getPublicKey();
        Failing known = failing.get(key);
        long begun = System.nanoTime() - operation.serviceNanos();
        if (known != null && begun - known.since > 0) {
            works(key);
        }
    }

    /** A key has signed on trial. */
    public synchronized void works(PublicKey key) {
        Failing ended = failing.remove(key);
        if (ended != null) {
            log.log(LogEvent.of(EventType.KEY_WORKING, "signatures succeed again")
                    .with("certificate", ended.name)
                    .with("failedSignatures", ended.failed)
                    .with("afterMillis", millisSince(ended.since)));
        }
    }

    private static long millisSince(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
    }

    /** Returns the observer of one more connection to the key server at {@code place}. */
    public synchronized KeyServerObserver link(String place) {
        Server server = servers.computeIfAbsent(place, any -> new Server());
        server.links++;
        return new KeyServerObserver() {
            @Override
            public void onConnected() {
                connected(place, server);
            }

            @Override
            public void onDisconnected(boolean wasConnected, Exception cause) {
                disconnected(place, server, wasConnected, cause);
            }
        };
    }

    private synchronized void connected(String place, Server server) {
        server.connected++;
        if (server.connected < server.links || (server.told && !server.down)) {
            return;
        }
        LogEvent event = LogEvent.of(EventType.KEY_SERVER_UP, "the key server is connected")
                .with("keyServer", place);
        if (server.down) {
            event.with("afterMillis", millisSince(server.since))
                    .with("failedHandshakes", failedHandshakes.get() - server.failedBefore);
        }
        server.told = true;
        server.down = false;
        log.log(event);
    }

    private synchronized void disconnected(String place, Server server, boolean wasConnected, Exception cause) {
        server.connected -= wasConnected ? 1 : 0;
        if (server.down) {
            return;
        }
        server.told = true;
        server.down = true;
        server.since = System.nanoTime();
        server.failedBefore = failedHandshakes.get();
        log.log(LogEvent.of(
                        EventType.KEY_SERVER_DOWN,
                        "the key server is away, handshakes that need it fail: " + cause.getMessage())
                .with("keyServer", place));
    }
}
