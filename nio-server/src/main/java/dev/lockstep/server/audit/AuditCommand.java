package dev.lockstep.server.audit;

import dev.lockstep.server.Environment;
import dev.lockstep.server.Main;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockstep audit}: whether a key-use log is as it was written, and the chain value that it ends with. */
@Command(
        name = "audit",
        description = "Works on key-use logs.",
        versionProvider = Version.class,
        mixinStandardHelpOptions = true)
public final class AuditCommand {

    private final Environment environment;

    public AuditCommand(Environment environment) {
        this.environment = environment;
    }

    @Command(
            name = "verify",
            description = "Finds the first altered, missing or reordered line. Exit code 0: none, 1: found, 2: usage."
                    + " The server may be running.",
            mixinStandardHelpOptions = true)
    int verify(
            @Parameters(
                            paramLabel = "FILE",
                            arity = "1..*",
                            description = "The log's current file, which brings its numbered ones, or all files.")
                    List<Path> files,
            @Option(
                            names = "--after",
                            paramLabel = "CHAIN",
                            description = "The chain value that the first FILE follows, when earlier files are gone.")
                    @Nullable
                    String after,
            @Option(
                            names = "--anchor",
                            paramLabel = "CHAIN",
                            description = "A chain value noted earlier; a line must have it. May be repeated.")
                    @Nullable
                    List<String> anchors,
            @Option(
                            names = "--log-key",
                            paramLabel = "FILE",
                            description = "The key of 'keyserver --log-key'; demands the checkpoints made with it.")
                    @Nullable
                    Path logKey)
            throws UsageError {
        LogVerifier verifier = verifier(after, anchors == null ? List.of() : anchors, key(logKey));
        LogVerifier.Verdict verdict;
        try {
            boolean wholeLog = after == null && files.size() == 1;
            verdict = wholeLog ? verifier.verifyLog(files.get(0)) : verifier.verify(files);
        } catch (IOException e) {
            throw unreadable(files);
        }
        if (verdict instanceof LogVerifier.Broken broken) {
            String line = broken.file() + " line " + broken.line() + ": " + broken.reason();
            environment.err().println(UsageError.oneLine(line));
            return Main.FAILED;
        }
        LogVerifier.Intact intact = (LogVerifier.Intact) verdict;
        print("intact: " + intact.lines() + " lines in " + intact.files() + " files, last chain value "
                + intact.chain());
        if (logKey != null) {
            print("not covered by a checkpoint: the last " + intact.uncovered() + " uses");
        }
        return 0;
    }

    @Command(
            name = "head",
            description = "Prints the chain value of the last line, for 'audit verify --anchor' on a later day. Keep it"
                    + " where the log's writers cannot write. The server may be running. Checks FILE alone.",
            mixinStandardHelpOptions = true)
    int head(
            @Parameters(paramLabel = "FILE", description = "The log's current file, or its last finished one.")
                    Path file)
            throws UsageError {
        try {
            print(LogVerifier.lastChain(file));
            return 0;
        } catch (KeyUseLogException e) {
            environment.err().println(UsageError.oneLine(e.getMessage()));
            return Main.FAILED;
        } catch (IOException e) {
            throw unreadable(List.of(file));
        }
    }

    /** Who keeps the chain value in a file has to know when the file did not get it. */
    private void print(String line) throws UsageError {
        environment.out().println(line);
        if (environment.out().checkError()) {
            throw new UsageError("standard output", "it cannot be written", "make room, or write elsewhere");
        }
    }

    private static @Nullable CheckpointKey key(@Nullable Path file) throws UsageError {
        try {
            return file == null ? null : CheckpointKey.read(file);
        } catch (KeyUseLogException e) {
            throw new UsageError("--log-key", e.getMessage(), "give the file of 'keyserver --log-key'");
        } catch (IOException e) {
            throw new UsageError("--log-key", file + " cannot be read", "give the file of 'keyserver --log-key'");
        }
    }

    private static LogVerifier verifier(@Nullable String after, List<String> anchors, @Nullable CheckpointKey key)
            throws UsageError {
        String option = "--after";
        try {
            new LogVerifier(after, List.of());
            option = "--anchor";
            return new LogVerifier(after, anchors, key);
        } catch (IllegalArgumentException e) {
            throw UsageError.of(option, e);
        }
    }

    private static UsageError unreadable(List<Path> files) {
        for (Path file : files) {
            if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
                return new UsageError("FILE", file + " cannot be read", "name the files of one key-use log");
            }
        }
        return new UsageError("FILE", "the log cannot be read", "see that every file of it is readable");
    }
}
