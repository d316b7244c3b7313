package dev.lockstep.server.keyserver;

import dev.lockstep.server.audit.KeyUse;
import dev.lockstep.server.audit.KeyUseLog;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where key uses are written before they are answered. When that fails, the keys are out of use. Thread-safe. */
public final class UsageLog {

    private final @Nullable KeyUseLog log;
    private final Consumer<String> warnings;
    private volatile boolean broken;

    private UsageLog(@Nullable KeyUseLog log, Consumer<String> warnings) {
        this.log = log;
        this.warnings = warnings;
    }

    /**
     * Writes to {@code log}.
     *
     * @param warnings is told when that is no longer possible, once for each operation that it concerns
     */
    public static UsageLog to(KeyUseLog log, Consumer<String> warnings) {
        return new UsageLog(log, warnings);
    }

    /** Writes nothing. */
    public static UsageLog none() {
        return new UsageLog(null, line -> {});
    }

    /** Whether keys may be used: not when nobody would know. */
    boolean isWritable() {
        return !broken;
    }

    /** Whether the line is written. Blocks for as long as the disk takes. */
    boolean write(KeyUse use) {
        if (log == null) {
            return true;
        }
        try {
            log.append(use);
            return true;
        } catch (IOException e) {
            broken = true;
            warnings.accept("the key-use log cannot be written, so the keys are out of use: " + e.getMessage());
            return false;
        }
    }
}
