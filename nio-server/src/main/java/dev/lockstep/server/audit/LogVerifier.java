package dev.lockstep.server.audit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the files of a log and finds the first line that is not what was written there. */
public final class LogVerifier {

    /** What was found. */
    public sealed interface Verdict {}

    /**
     * Every line follows from the one before.
     *
     * @param files how many files were read
     * @param lines how many lines they have
     * @param chain the chain value of the last line, 64 hex digits
     * @param uncovered how many uses follow the last checkpoint; says nothing about a log without checkpoints
     */
    public record Intact(int files, long lines, String chain, long uncovered) implements Verdict {}

    /**
     * The first thing that is wrong.
     *
     * @param file the name of the file
     * @param line the line's number in it, from 1
     * @param reason what is wrong with it
     */
    public record Broken(String file, long line, String reason) implements Verdict {}

    /** A file, or what stands for one in a test. */
    record Source(String name, Reading reading) {

        /** Reads it as {@link FileCheck#read} does. */
        interface Reading {
            FileCheck read(ChainCheck check, Consumer<String> chains) throws IOException;
        }
    }

    private final @Nullable String after;
    private final List<String> anchors;
    private final @Nullable CheckpointKey key;

    /** As the other constructor, without a key. */
    public LogVerifier(@Nullable String after, List<String> anchors) {
        this(after, anchors, null);
    }

    /**
     * @param after the chain value that the first file has to follow; null when it has to be the first of its log
     * @param anchors chain values, noted earlier, that lines must have
     * @param key demands checkpoints where they are due, made with it; null to pass over them
     * @throws IllegalArgumentException when one of them is not 64 lower-case hex digits
     */
    public LogVerifier(@Nullable String after, List<String> anchors, @Nullable CheckpointKey key) {
        this.key = key;
        List<String> values = new ArrayList<>(anchors);
        if (after != null) {
            values.add(after);
        }
        for (String value : values) {
            if (!Chain.isHex(value, Chain.LENGTH)) {
                throw new IllegalArgumentException("chain value: '" + value
                        + "' is not 64 lower-case hex digits; give one as audit verify prints it");
            }
        }
        this.after = after;
        this.anchors = List.copyOf(anchors);
    }

    /**
     * The files of the log whose current file is {@code active}: the finished ones beside it first. {@link #verifyLog} is for
     * a log that may be written meanwhile.
     *
     * @throws IOException when the directory cannot be read
     */
    public static List<Path> filesOf(Path active) throws IOException {
        List<Path> all = new ArrayList<>(new LogFiles(active).finished());
        all.add(active);
        return all;
    }

    /**
     * Reads the current file {@code active} of a log and the finished ones beside it. A writer may have the log open: what is
     * read ends with a line that was written after the call began, or with the last one before.
     *
     * @throws IOException when a file cannot be read, which says nothing about its lines
     */
    public Verdict verifyLog(Path active) throws IOException {
        LogFiles files = new LogFiles(active);
        List<Path> before = files.finished();
        try (CurrentFile current = CurrentFile.open(files)) {
            long number = current.number();
            // A file that was finished before this one was opened has a lower number. If not, files were exchanged: all
            // of them are read then, and the order of their first lines shows it.
            boolean follows = before.stream().allMatch(file -> LogFiles.number(file) < number);
            // A file that has this number or a higher one now was finished since: the open file is the last to read.
            List<Path> finished = follows
                    ? files.finished().stream()
                            .filter(file -> LogFiles.number(file) < number)
                            .toList()
                    : before;
            return verify(finished, active, current);
        }
    }

    /**
     * Reads {@code files}: the numbered ones by their numbers, then the others as given. The last of these may be the current
     * file of a log that is open in a writer; a file that is finished after the call began is not missed, one that was
     * finished before is if it is not among {@code files}.
     *
     * @throws IOException when a file cannot be read, which says nothing about its lines
     */
    public Verdict verify(List<Path> files) throws IOException {
        List<Path> ordered = LogFiles.inOrder(files);
        Path last = ordered.get(ordered.size() - 1);
        try (CurrentFile current = CurrentFile.open(new LogFiles(last))) {
            return verify(ordered.subList(0, ordered.size() - 1), last, current);
        }
    }

    private Verdict verify(List<Path> finished, Path active, CurrentFile current) throws IOException {
        List<Source> sources = new ArrayList<>();
        for (Path file : finished) {
            sources.add(new Source(file.toString(), (check, chains) -> {
                try (InputStream in = Files.newInputStream(file)) {
                    return FileCheck.read(in, check, chains);
                }
            }));
        }
        sources.add(new Source(active.toString(), (check, chains) -> current.read(check, chains, CurrentFile.PATIENT)));
        return verifySources(sources);
    }

    /**
     * Returns the chain value of the last whole line of the log's current file, which may be open in a writer. The file is
     * checked; the finished ones are not.
     *
     * @throws KeyUseLogException when a line was altered or is missing
     * @throws IOException when it cannot be read
     */
    public static String lastChain(Path active) throws IOException {
        ChainCheck check = ChainCheck.ofOneFile(null);
        try (CurrentFile current = CurrentFile.open(new LogFiles(active))) {
            FileCheck read = current.read(check, chain -> {}, CurrentFile.IMPATIENT);
            if (read.wrong() != null && !(read.torn() && read.lines() > 0)) {
                throw new KeyUseLogException(active + " line " + (read.lines() + 1) + ": " + read.wrong());
            }
        }
        return check.chain();
    }

    Verdict verifySources(List<Source> sources) throws IOException {
        ChainCheck check = after == null ? ChainCheck.fromStart(key) : ChainCheck.after(after, key);
        Set<String> missing = new HashSet<>(anchors);
        missing.remove(after);
        long lines = 0;
        String lastName = "";
        long lastLines = 0;
        for (Source source : sources) {
            FileCheck read = source.reading().read(check, missing::remove);
            if (read.wrong() != null) {
                return new Broken(source.name(), read.lines() + 1, read.wrong());
            }
            lines += read.lines();
            lastName = source.name();
            lastLines = read.lines();
        }
        for (String anchor : anchors) {
            if (missing.contains(anchor)) {
                return new Broken(
                        lastName,
                        lastLines + 1,
                        "missing: no line has the chain value " + anchor + "; the end was cut");
            }
        }
        return new Intact(sources.size(), lines, check.chain(), check.uncovered());
    }
}
