package dev.lockstep.server.keyserver;

import dev.lockstep.server.HelpSection;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.audit.CheckpointKey;
import dev.lockstep.server.audit.FsyncPolicy;
import dev.lockstep.server.audit.KeyUseLog;
import dev.lockstep.server.files.OutputFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
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

    /** Opens the log. Its options have been read by then. */
    interface Opener {

        /** Returns null when no log is asked for. */
        @Nullable
        KeyUseLog open() throws UsageError;
    }

    /**
     * Reads the options and looks at the files, and makes none: a command line that is refused leaves no trace.
     *
     * @throws UsageError when the log cannot be opened, as far as that can be known
     */
    Opener check(Clock clock) throws UsageError {
        Path file = log;
        if (file == null) {
            return () -> null;
        }
        KeyUseLog.Options options = options(clock);
        try {
            OutputFile.requirePossible("--log", file);
            checkCopy(file);
            CheckpointKey known = knownKey(file);
            return () -> open(file, options, known);
        } catch (IOException e) {
            throw new UsageError("--log", OutputFile.cause(e), "check the paths");
        }
    }

    private KeyUseLog.Options options(Clock clock) throws UsageError {
        if (!maxBytes.matches("-?[0-9]{1,18}")) {
            throw new UsageError("--log-max-bytes", "'" + maxBytes + "' is no number", "give bytes");
        }
        try {
            return new KeyUseLog.Options(Long.parseLong(maxBytes), FsyncPolicy.parse(fsync), clock);
        } catch (IllegalArgumentException e) {
            boolean size = String.valueOf(e.getMessage()).startsWith("maxFileBytes");
            throw UsageError.of(size ? "--log-max-bytes" : "--log-fsync", e);
        }
    }

    /** Each line would be in the file twice, and the log broken from the first one on. */
    private void checkCopy(Path file) throws UsageError {
        if (copy == null) {
            return;
        }
        OutputFile.requirePossible("--log-copy", copy);
        if (OutputFile.isSame(copy, file)) {
            throw new UsageError("--log-copy", copy + " is the file of --log", "give another one");
        }
        if (key != null && OutputFile.isSame(copy, key)) {
            throw new UsageError("--log-copy", copy + " is the file of --log-key", "give another one");
        }
    }

    /** The key of the log, if its file is there. */
    private @Nullable CheckpointKey knownKey(Path file) throws UsageError, IOException {
        if (key == null) {
            return null;
        }
        OutputFile.requirePossible("--log-key", key);
        if (LogPaths.shareDirectory(key, file)) {
            throw new UsageError(
                    "--log-key",
                    key + " is in the directory of the log",
                    "give a file in another directory, which those who can write the log cannot read");
        }
        if (Files.exists(key)) {
            return readOrMake(key);
        }
        if (KeyUseLog.hasCheckpoints(file)) {
            throw new UsageError(
                    "--log-key",
                    key + " does not exist, and " + file + " has checkpoints of another key",
                    "give that key's file");
        }
        return null;
    }

    private KeyUseLog open(Path file, KeyUseLog.Options options, @Nullable CheckpointKey known) throws UsageError {
        CheckpointKey checkpoints = known == null && key != null ? readOrMake(key) : known;
        try {
            return KeyUseLog.open(
                    file,
                    new KeyUseLog.Options(options.maxFileBytes(), options.fsync(), options.clock(), checkpoints, copy));
        } catch (IOException e) {
            throw new UsageError("--log", OutputFile.cause(e), "check the path, or begin another log");
        }
    }

    private static CheckpointKey readOrMake(Path file) throws UsageError {
        try {
            return CheckpointKey.readOrMake(file);
        } catch (IOException e) {
            throw new UsageError(
                    "--log-key", OutputFile.cause(e), "give a file of your own with mode 0600, or a new one");
        }
    }
}
