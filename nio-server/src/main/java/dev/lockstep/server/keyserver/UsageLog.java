package dev.lockstep.server.keyserver;

import dev.lockstep.server.audit.KeyUse;
import dev.lockstep.server.audit.KeyUseLog;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where key uses are written before they are answered. When that fails, the keys are out of use until writing works again,
 * which a request tries at most once a second. Thread-safe.
 */
public final class UsageLog {

    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final @Nullable KeyUseLog log;
    private final Consumer<String> failures;
    private final Consumer<String> recoveries;
    private final LongSupplier nanoTime;
    private volatile boolean broken;
    private long triedAt;

    private UsageLog(
            @Nullable KeyUseLog log, Consumer<String> failures, Consumer<String> recoveries, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.log = log;
        this.failures = failures;
        this.recoveries = recoveries;
    }

    /**
     * Writes to {@code log}.
     *
     * @param failures is told when that is no longer possible, and once a second at most that it still is not
     * @param recoveries is told when it is possible again
     */
    public static UsageLog to(KeyUseLog log, Consumer<String> failures, Consumer<String> recoveries) {
        return new UsageLog(log, failures, recoveries, System::nanoTime);
    }

    /** Writes to {@code log}, and tells {@code warnings} of failures and recoveries. */
    public static UsageLog to(KeyUseLog log, Consumer<String> warnings) {
        return to(log, warnings, warnings);
    }

    static UsageLog to(KeyUseLog log, Consumer<String> warnings, LongSupplier nanoTime) {
        return new UsageLog(log, warnings, warnings, nanoTime);
    }

    /** Writes nothing. */
    public static UsageLog none() {
        return new UsageLog(null, line -> {}, line -> {}, System::nanoTime);
    }

    /** Whether keys may be used: not when the use could not be written down. After a failure, may block for the disk. */
    boolean isWritable() {
        return !broken || recovers();
    }

    /** A full disk may have room again. Finding out reads the current file, so it is not done for every request. */
    private synchronized boolean recovers() {
        if (log == null || !broken) {
            return true;
        }
        long now = nanoTime.getAsLong();
        if (now - triedAt < RETRY_NANOS) {
            return false;
        }
        triedAt = now;
        try {
            if (!log.recover()) {
                return false; // it is closed: the process is ending
            }
        } catch (IOException | RuntimeException | Error e) {
            failures.accept("the key-use log still cannot be written: " + reason(e));
            return false;
        }
        broken = false;
        recoveries.accept("the key-use log is written again, so the keys are in use again");
        return true;
    }

    /** Returns whether the log could be written until now: operations that run at the same time fail together. */
    private synchronized boolean fail() {
        boolean first = !broken;
        triedAt = nanoTime.getAsLong();
        broken = true;
        return first;
    }

    /**
     * Makes and writes a line. Blocks for as long as the disk takes.
     *
     * @param use makes the line of a key that was used already: if it cannot be made, that is a failure of the log too
     * @return whether the line is written
     */
    boolean write(Supplier<KeyUse> use) {
        if (log == null) {
            return true;
        }
        try {
            log.append(use.get());
            return true;
        } catch (IOException | RuntimeException | Error e) { // boundary: whatever it is, the line may be lost
            if (fail()) {
                failures.accept("the key-use log cannot be written, so the keys are out of use: " + reason(e));
            }
            return false;
        }
    }

    private static String reason(Throwable cause) {
        return cause instanceof IOException ? String.valueOf(cause.getMessage()) : cause.toString();
    }
}
