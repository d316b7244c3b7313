package dev.lockstep.server.audit;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A log's current file, open for reading while a writer may add lines, finish the file and begin the next: what was opened
 * stays this file, whatever its name becomes. For one thread.
 */
final class CurrentFile implements Closeable {

    /** How often the rest of an incomplete last line is looked for: for two seconds. */
    static final int PATIENT = 100;

    /** Does not wait for the rest of an incomplete last line. */
    static final int IMPATIENT = 0;

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** How often a whole line that does not follow is read again: it may have been half replaced. */
    private static final int LOOKS_AT_WHOLE_LINES = 3;

    /** Each attempt but the last was overtaken by a whole rotation. */
    private static final int ATTEMPTS = 10;

    private final FileChannel channel;
    private final Runnable pause;

    private CurrentFile(FileChannel channel, Runnable pause) {
        this.channel = channel;
        this.pause = pause;
    }

    /**
     * Opens the current file. In the middle of a rotation no file has that name: the next one, which has its first line by
     * then, is opened instead.
     *
     * @throws NoSuchFileException when it is not there
     * @throws IOException when it cannot be opened
     */
    static CurrentFile open(LogFiles files) throws IOException {
        return open(files, () -> LockSupport.parkNanos(PAUSE_NANOS));
    }

    /** @param pause lets a writer go on before what it writes is read again */
    static CurrentFile open(LogFiles files, Runnable pause) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return new CurrentFile(FileChannel.open(files.active(), StandardOpenOption.READ), pause);
            } catch (NoSuchFileException e) {
                if (attempt == ATTEMPTS || files.finished().isEmpty()) {
                    throw e;
                }
            }
            CurrentFile next = openNext(files, pause);
            if (next != null) {
                return next;
            }
        }
    }

    private static @Nullable CurrentFile openNext(LogFiles files, Runnable pause) throws IOException {
        FileChannel next;
        try {
            next = FileChannel.open(files.next(), StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            return null; // it has become the current file since, or there is none
        }
        if (Files.exists(files.active())) {
            next.close(); // it may be that of the next rotation, which has not finished the file before it yet
            return null;
        }
        return new CurrentFile(next, pause);
    }

    /** The number that its first line gives it; {@link Long#MAX_VALUE} when that line is not as it was written. */
    long number() throws IOException {
        channel.position(0);
        LineReader reader = new LineReader(Channels.newInputStream(channel));
        if (reader.next() == LineReader.Kind.LINE) {
            try {
                if (LogLine.parse(reader.line()).line().entry() instanceof Entry.Head head) {
                    return head.file();
                }
            } catch (MalformedLineException e) {
                return Long.MAX_VALUE; // found again, and told, when the file is read
            }
        }
        return Long.MAX_VALUE;
    }

    /**
     * Reads it to its end or to the first line that does not follow. A line that is being written, or being put in the place of
     * an incomplete one, is read again before it counts as wrong.
     *
     * @param chains is told the chain value of each line that follows
     * @param looks how often to look for the rest of an incomplete last line, with a pause before each: {@link #PATIENT} or
     *     {@link #IMPATIENT}
     */
    FileCheck read(ChainCheck check, Consumer<String> chains, int looks) throws IOException {
        check.beginFile();
        FileCheck read = FileCheck.NOTHING;
        int looked = 0;
        while (true) {
            channel.position(read.bytes());
            FileCheck more = read.continued(Channels.newInputStream(channel), check, chains);
            if (more.lines() > read.lines()) {
                looked = 0;
            }
            read = more;
            if (read.wrong() == null || looked >= (read.torn() ? looks : LOOKS_AT_WHOLE_LINES)) {
                return read;
            }
            looked++;
            pause.run();
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
