package dev.lockstep.server.audit;

import dev.lockstep.server.Environment;
import dev.lockstep.server.Main;
import dev.lockstep.server.UsageError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockstep audit verify}: whether a key-use log is as it was written. */
@Command(name = "audit", description = "Works on key-use logs.", mixinStandardHelpOptions = true)
public final class AuditCommand {

    private final Environment environment;

    public AuditCommand(Environment environment) {
        this.environment = environment;
    }

    @Command(
            name = "verify",
            description = "Finds the first altered, missing or reordered line. Exit code 0: none, 1: found, 2: usage.",
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
                    List<String> anchors)
            throws UsageError {
        LogVerifier verifier = verifier(after, anchors == null ? List.of() : anchors);
        LogVerifier.Verdict verdict;
        try {
            verdict = verifier.verify(after == null && files.size() == 1 ? LogVerifier.filesOf(files.get(0)) : files);
        } catch (IOException e) {
            throw unreadable(files);
        }
        if (verdict instanceof LogVerifier.Broken broken) {
            String line = broken.file() + " line " + broken.line() + ": " + broken.reason();
            environment.err().println(UsageError.oneLine(line));
            return Main.FAILED;
        }
        LogVerifier.Intact intact = (LogVerifier.Intact) verdict;
        environment
                .out()
                .println("intact: " + intact.lines() + " lines in " + intact.files() + " files, last chain value "
                        + intact.chain());
        return 0;
    }

    private static LogVerifier verifier(@Nullable String after, List<String> anchors) throws UsageError {
        String option = "--after";
        try {
            new LogVerifier(after, List.of());
            option = "--anchor";
            return new LogVerifier(after, anchors);
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
