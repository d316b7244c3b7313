package dev.lockstep.server.keyserver;

import dev.lockstep.server.HelpSection;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.audit.CheckpointKey;
import dev.lockstep.server.audit.FsyncPolicy;
import dev.lockstep.server.audit.KeyUseLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of the key-use log. */
@HelpSection("Key-use log")
final class KeyUseLogOptions {

    @Option(names = "--log", paramLabel = "FILE", description = "Key-use log; 'lockstep audit verify' checks it.")
    private @Nullable Path log;

    @Option(
            names = "--log-fsync",
            paramLabel = "WHEN",
            description = "When it is forced to the disk: never, each (after each line) or a number of lines;"
                    + " ${DEFAULT-VALUE} by default.")
    private String fsync = "64";

    @Option(
            names = "--log-max-bytes",
            paramLabel = "N",
            description = "Bytes, 2048 to 1 GiB, at which it continues in a new file; ${DEFAULT-VALUE} by default.")
    private String maxBytes = Long.toString(KeyUseLog.Options.DEFAULT.maxFileBytes());

    @Option(
            names = "--log-key",
            paramLabel = "FILE",
            description = "Key for checkpoints in the log, made if it is not there: lines before a checkpoint cannot be"
                    + " rewritten without it. Not in the log's directory.")
    private @Nullable Path key;

    @Option(
            names = "--log-copy",
            paramLabel = "FILE",
            description = "Write every line there too: a file, a named pipe, or /dev/fd/N for an open descriptor.")
    private @Nullable Path copy;

    /** Opens the log. Returns null when none is asked for, after a warning. */
    @Nullable
    KeyUseLog open(Clock clock, Consumer<String> notices) throws UsageError {
        if (log == null) {
            if (key != null || copy != null) {
                String option = key != null ? "--log-key" : "--log-copy";
                throw new UsageError(option, "there is no log", "give --log FILE too");
            }
            notices.accept("no --log was given, so uses of the keys are not written down");
            return null;
        }
        CheckpointKey checkpoints = checkpointKey();
        try {
            long most = Long.parseLong(maxBytes);
            return KeyUseLog.open(log, new KeyUseLog.Options(most, FsyncPolicy.parse(fsync), clock, checkpoints, copy));
        } catch (NumberFormatException e) {
            throw new UsageError("--log-max-bytes", "'" + maxBytes + "' is no number", "give bytes");
        } catch (IllegalArgumentException e) {
            boolean size = String.valueOf(e.getMessage()).startsWith("maxFileBytes");
            throw UsageError.of(size ? "--log-max-bytes" : "--log-fsync", e);
        } catch (IOException e) {
            throw new UsageError("--log", String.valueOf(e.getMessage()), "check the path, or begin another log");
        }
    }

    private @Nullable CheckpointKey checkpointKey() throws UsageError {
        if (key == null) {
            return null;
        }
        try {
            return CheckpointKey.readOrMake(key);
        } catch (IOException e) {
            throw new UsageError(
                    "--log-key",
                    String.valueOf(e.getMessage()),
                    "give a file of your own with mode 0600, or a new one");
        }
    }
}
