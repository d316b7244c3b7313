package dev.lockstep.server.serve;

import dev.lockstep.server.Environment;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.credential.Findings;
import dev.lockstep.server.files.FileStamps;
import dev.lockstep.server.log.EventType;
import dev.lockstep.server.log.LogEvent;
import dev.lockstep.server.ops.KeyHealth;
import dev.lockstep.server.ops.Operations;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import java.security.PublicKey;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Loads a server's configuration again when its files have changed, or when it is told to, and puts the new one in place
 * of the old when it is right in every part. Otherwise the old one stays, and the new one is tried again: when the fault
 * is known to be gone, when a file changes in any way, and from time to time. Connections keep the one that they began with.
 *
 * <p>Works on a thread of its own, since reading files and asking a token for keys takes time.
 */
final class Reloader implements AutoCloseable {

    /** How often the files are looked at. */
    private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** How often a key whose last signature has failed is tried. */
    private static final long TRIALS_NANOS = TimeUnit.SECONDS.toNanos(3);

    /** How often the dates of certificates are looked at. */
    private static final long DATES_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final long PATIENCE_MILLIS = 2000;

    private final Configuration configuration;
    private final Environment environment;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean asked;
    private boolean over;

    private volatile TlsServerConfig current;
    private final RetryTimer retry = new RetryTimer();
    private final CertificateWatch dates;
    private long datesDue = System.nanoTime();
    private FileStamps stamps;
    private int generation = 1;
    private String lastRefusal = "";
    private Set<PublicKey> awaited;
    private long triedAt = System.nanoTime();

    private Reloader(Configuration configuration, FileStamps stamps, TlsServerConfig first, Set<PublicKey> awaited) {
        this.configuration = configuration;
        this.environment = configuration.environment();
        this.stamps = stamps;
        this.current = first;
        this.awaited = awaited;
        this.dates = new CertificateWatch(configuration.operations().log());
        if (!awaited.isEmpty()) {
            retry.awaiting(System.nanoTime());
        }
        this.thread = new Thread(this::run, "lockstep-reload");
        this.thread.setDaemon(true);
    }

    /**
     * Loads the configuration for the first time; what is wrong with it is thrown. Keys whose holder is away are tried
     * again until they answer.
     *
     * @param requireKeys whether that is refused instead
     */
    static Reloader load(Configuration configuration, boolean requireKeys) throws UsageError {
        // Before the files are read: what changes meanwhile is seen as a change afterwards.
        FileStamps stamps = FileStamps.of(configuration.files());
        Findings findings = Findings.failing();
        TlsServerConfig config = configuration.load(findings, requireKeys);
        configuration.log(findings);
        configuration.operations().keys().serves(config.credentials().all());
        Reloader reloader = new Reloader(
                configuration, stamps, config, tell(configuration.operations().keys(), config, findings));
        reloader.taken(findings);
        return reloader;
    }

    /** Says which keys of a configuration work, as they were tried when it was loaded; returns those that are awaited. */
    private static Set<PublicKey> tell(KeyHealth keys, TlsServerConfig config, Findings findings) {
        Set<PublicKey> awaited = keysOf(findings);
        for (Credential each : config.credentials().all()) {
            PublicKey key = each.certificate().getPublicKey();
            if (!awaited.contains(key)) {
                keys.works(key);
            }
        }
        for (Findings.Awaited each : findings.awaited()) {
            if (each.standIn()) {
                keys.away(each.certificate());
            }
        }
        return awaited;
    }

    private static Set<PublicKey> keysOf(Findings findings) {
        return findings.awaited().stream()
                .map(each -> each.certificate().getPublicKey())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Begins to look at the files. */
    void start() {
        if (CertificateWatch.firstEnd(current.credentials().all()).isPresent()) {
            configuration
                    .operations()
                    .metrics()
                    .gauge(
                            "lockstep_certificate_expiry_timestamp_seconds",
                            "When the first certificate that is served expires, in seconds since 1970.",
                            () -> CertificateWatch.firstEnd(
                                            current.credentials().all())
                                    .orElse(0));
        }
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

    /** Why a configuration is loaded. */
    private enum Cause {
        ASKED,
        CHANGED,
        RETRIED,
        OVER
    }

    private void run() {
        while (true) {
            try {
                Cause cause = waitForTurn();
                if (cause == Cause.OVER) {
                    return;
                }
                if (cause != Cause.RETRIED) {
                    retry.restart();
                    lastRefusal = "";
                }
                reload(cause);
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
            refuse("DEFECT " + fault, null);
        } catch (RuntimeException | Error another) {
            // Not even that can be said now. The next turn is a quarter of a second away.
        }
    }

    /** Waits until there is something to load, or it is over. */
    private Cause waitForTurn() throws InterruptedException {
        while (true) {
            lock.lock();
            try {
                long left = EVERY_NANOS;
                while (!asked && !over && left > 0) {
                    left = changed.awaitNanos(left);
                }
                if (over) {
                    return Cause.OVER;
                }
                if (asked) {
                    asked = false;
                    return Cause.ASKED;
                }
            } finally {
                lock.unlock();
            }
            configuration.options().sessions().turn();
            lookAtDates();
            boolean isBack = tryFailingKeys();
            if (!nowOnDisk().equals(stamps)) {
                return Cause.CHANGED;
            }
            if (isBack || retry.isDue(System.nanoTime())) {
                return Cause.RETRIED;
            }
        }
    }

    /**
     * A server that is not ready gets no clients from a load balancer, so that no handshake shows that a key signs again.
     *
     * @return whether a key that was awaited does: it serves after the next reload
     */
    private boolean tryFailingKeys() {
        KeyHealth keys = configuration.operations().keys();
        Set<PublicKey> failing = keys.failing();
        if (failing.isEmpty() || System.nanoTime() - triedAt < TRIALS_NANOS) {
            return false;
        }
        boolean isBack = false;
        for (Credential each : current.credentials().all()) {
            PublicKey key = each.certificate().getPublicKey();
            if (failing.contains(key) && configuration.remote().signs(each)) {
                if (awaited.contains(key)) {
                    isBack = true;
                } else {
                    keys.works(key);
                }
            }
        }
        triedAt = System.nanoTime();
        return isBack;
    }

    private void taken(Findings findings) {
        configuration.options().clients().taken();
        dates.known(findings.warnings(), System.nanoTime());
    }

    private void lookAtDates() {
        long nanos = System.nanoTime();
        if (nanos - datesDue >= 0) {
            datesDue = nanos + DATES_NANOS;
            try {
                Instant now = environment.clock().instant();
                dates.look(current.credentials().all(), now, nanos);
                dates.look(configuration.options().clients().outOfDate(now), nanos);
            } catch (RuntimeException | Error e) {
                // Memory ran out: no configuration is refused for that, and the next look tells what this one has not.
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

    private void reload(Cause cause) {
        stamps = nowOnDisk();
        Findings findings = Findings.failing();
        try {
            TlsServerConfig config = configuration.reload(findings);
            Set<PublicKey> stillAwaited = keysOf(findings);
            boolean waits = !stillAwaited.isEmpty();
            if (waits && cause == Cause.RETRIED && lastRefusal.isEmpty() && stillAwaited.equals(awaited)) {
                retry.awaiting(System.nanoTime()); // nothing is new: what serves stays
                return;
            }
            current = config;
            taken(findings);
            lastRefusal = "";
            generation++;
            Operations operations = configuration.operations();
            operations.keys().serves(config.credentials().all());
            awaited = tell(operations.keys(), config, findings);
            operations.metrics().reloads.increment("ok");
            operations.log().log(
                    LogEvent.of(EventType.RELOADED, "configuration " + generation + " serves new connections")
                            .with("configuration", generation));
            configuration.log(findings);
            if (waits) {
                retry.awaiting(System.nanoTime());
            } else {
                retry.stop();
            }
        } catch (UsageError e) {
            refuse(e.getMessage(), e.goneAt());
        }
    }

    /** Says why, once: the same fault at the next attempt is not news. */
    private void refuse(String why, @Nullable Instant goneAt) {
        retry.refused(goneAt, environment.clock().instant(), System.nanoTime());
        if (!why.equals(lastRefusal)) {
            Operations operations = configuration.operations();
            operations.metrics().reloads.increment("refused");
            operations.log().log(
                    EventType.RELOAD_REFUSED, "not reloaded, configuration " + generation + " stays: " + why);
        }
        lastRefusal = why;
    }

    /** Ends it. A reload under way is waited for, but not for long: a file of a dead network mount may block it for ever. */
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
            thread.join(PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
