package dev.lockstep.server.audit;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the place where a log continues, whatever state the last writer left it in, or refuses to go on. */
final class LogRecovery {

    private final LogFiles files;
    private final Clock clock;
    private final @Nullable CheckpointKey key;

    /** The chain value of a line that has to be there; null for a writer that knows of none. */
    private @Nullable String known;

    private boolean isKnownFound;

    /** @param key checks the checkpoints of the current file; null to pass over them */
    LogRecovery(LogFiles files, Clock clock, @Nullable CheckpointKey key) {
        this.key = key;
        this.files = files;
        this.clock = clock;
    }

    /**
     * As {@link #recover}, for a writer that has written lines before and must not continue a log that was cut meanwhile: without
     * its last line nothing is changed.
     *
     * @param last the chain value of that line
     * @throws KeyUseLogException also when that line is missing
     */
    ChainCheck resume(String last) throws IOException {
        known = last;
        isKnownFound = false;
        return recover();
    }

    /** Leaves an active file of whole lines that follow from each other, and answers where it ends. */
    ChainCheck recover() throws IOException {
        if (!Files.exists(files.active())) {
            List<Path> finished = files.finished();
            if (finished.isEmpty()) {
                requireKnown();
                begin();
            } else {
                finishRotation(finished.get(finished.size() - 1));
            }
        }
        ChainCheck check = ChainCheck.ofOneFile(key);
        FileCheck read = read(files.active(), check);
        if (read.torn() && read.lines() > 0) {
            requireKnown();
            repair(check, read.bytes());
            check = ChainCheck.ofOneFile(key);
            read = read(files.active(), check);
        }
        requireIntact(files.active(), read);
        requireKnown();
        Files.deleteIfExists(files.next()); // of a rotation that had not begun to rename
        return check;
    }

    private void begin() throws IOException {
        LogLine head = new LogLine(1, clock.instant(), new Entry.Head(1, Chain.START));
        files.writeNext(bytes(head, Chain.START));
        files.promoteNext();
    }

    /** The active file has got its number, but the next one not yet its name; it is on the disk all the same. */
    private void finishRotation(Path last) throws IOException {
        ChainCheck check = ChainCheck.ofOneFile(key);
        requireIntact(last, read(last, check));
        String wrong = "is not there";
        if (Files.exists(files.next())) {
            wrong = read(files.next(), check).wrong();
        }
        if (wrong != null || check.file() != LogFiles.number(last) + 1) {
            throw new KeyUseLogException(files.active() + ": is missing, although " + last
                    + " was finished; put it back, or start a new log under another name");
        }
        requireKnown();
        files.promoteNext();
    }

    /** Takes the piece of a line out that a crash left behind {@code intact} bytes; a line in its place says so. */
    private void repair(ChainCheck check, long intact) throws IOException {
        long torn = Files.size(files.active()) - intact;
        LogLine line = new LogLine(check.seq() + 1, clock.instant(), new Entry.Repair(torn, digestFrom(intact)));
        byte[] bytes = bytes(line, check.chain());
        try (RandomAccessFile file = new RandomAccessFile(files.active().toFile(), "rw")) {
            // The line goes over the piece before the rest is cut off: at no moment is there no trace of it.
            file.seek(intact);
            file.write(bytes);
            file.setLength(intact + bytes.length);
            file.getFD().sync();
        }
    }

    private String digestFrom(long offset) throws IOException {
        MessageDigest digest = Chain.sha256();
        try (InputStream in = Files.newInputStream(files.active())) {
            in.skipNBytes(offset);
            byte[] part = new byte[8192];
            for (int n = in.read(part); n >= 0; n = in.read(part)) {
                digest.update(part, 0, n);
            }
        }
        return Chain.prefix(digest.digest());
    }

    private FileCheck read(Path file, ChainCheck check) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            FileCheck read = FileCheck.read(in, check, chain -> isKnownFound |= chain.equals(known));
            isKnownFound |= known != null && known.equals(check.first()); // it is the last of the file before
            return read;
        }
    }

    private void requireKnown() throws KeyUseLogException {
        if (known != null && !isKnownFound) {
            throw new KeyUseLogException(files.active()
                    + ": lines are missing that were written before (the last had the"
                    + " chain value " + known + "); put them back, or keep the files as evidence and start a new log"
                    + " under another name");
        }
    }

    private static void requireIntact(Path file, FileCheck read) throws KeyUseLogException {
        @Nullable String wrong = read.wrong();
        if (wrong != null) {
            throw new KeyUseLogException(file + " line " + (read.lines() + 1) + ": " + wrong
                    + "; keep the files as evidence and start a new log under another name");
        }
    }

    /** A line with its chain value and its line end, as it goes into the file. */
    static byte[] bytes(LogLine line, String previous) {
        String text = line.text();
        return (LogLine.chained(text, Chain.next(previous, text)) + "\n").getBytes(StandardCharsets.US_ASCII);
    }
}
