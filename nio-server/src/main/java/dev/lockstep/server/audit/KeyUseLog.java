package dev.lockstep.server.audit;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * Writes the key-use log. Safe for use by any number of threads; the order of the lines is the order of the calls. At
 * most one writer has a log open at a time, in this process or another.
 *
 * <p>After a write that fails every further {@link #append} throws as well, so that the caller can take its keys out of use.
 * {@link #recover}, or opening the log again, cuts off what was half written and says so in a line of its own.
 */
public final class KeyUseLog implements Closeable {

    /** With a key, no more uses than this follow each other without a checkpoint. */
    static final int CHECKPOINT_INTERVAL = 64;

    /** The least {@link Options#maxFileBytes}: a first line and a line of any length always fit. */
    public static final long MIN_FILE_BYTES = 2L * LogLine.MAX_BYTES;

    /** The largest {@link Options#maxFileBytes}, 1 GiB: opening reads the whole current file. */
    public static final long MAX_FILE_BYTES = 1L << 30;

    /**
     * How a log is kept.
     *
     * @param maxFileBytes no file gets longer; {@link #MIN_FILE_BYTES} to {@link #MAX_FILE_BYTES}
     * @param fsync when lines are forced to the disk
     * @param clock gives the time that a line says
     * @param key makes checkpoints; null for a log without
     * @param copy gets every line too; null for no copy. A file, a named pipe, or {@code
     *     /dev/fd/N}
     */
    public record Options(
            long maxFileBytes,
            FsyncPolicy fsync,
            Clock clock,
            @Nullable CheckpointKey key,
            @Nullable Path copy) {

        /** 64 MiB a file, forced to the disk after every 64 lines, the time of the system. */
        public static final Options DEFAULT = new Options(64L << 20, FsyncPolicy.every(64), Clock.systemUTC());

        /** A log without checkpoints and without a copy. */
        public Options(long maxFileBytes, FsyncPolicy fsync, Clock clock) {
            this(maxFileBytes, fsync, clock, null, null);
        }

        /** @throws IllegalArgumentException when {@code maxFileBytes} is out of range */
        public Options {
            if (maxFileBytes < MIN_FILE_BYTES || maxFileBytes > MAX_FILE_BYTES) {
                throw new IllegalArgumentException("maxFileBytes: " + maxFileBytes + " is out of range; give "
                        + MIN_FILE_BYTES + " to " + MAX_FILE_BYTES);
            }
        }
    }

    private final LogFiles files;
    private final Options options;
    private final FileChannel lock;
    private final @Nullable LogCopy copy;
    private final ActiveFile active;
    private String chain;
    private long seq;
    private long file;
    private long uncovered;
    private boolean closed;
    private boolean failed;

    private KeyUseLog(
            LogFiles files, Options options, LogOutput.Opener opener, FileChannel lock, @Nullable LogCopy copy)
            throws IOException {
        this.files = files;
        this.options = options;
        this.lock = lock;
        this.copy = copy;
        ChainCheck end = new LogRecovery(files, options.clock(), options.key()).recover();
        chain = end.chain();
        seq = end.seq();
        file = end.file();
        active = ActiveFile.open(files.active(), opener);
        LogLine.Chained last = end.read();
        try {
            if (copy != null && last != null) {
                copy.write(bytes(last.text(), last.chain())); // where this run begins
            }
            checkpoint();
        } catch (IOException e) {
            active.close();
            throw e;
        }
    }

    /**
     * Opens the log whose current file is {@code path}, or begins it. The current file is read and checked; the
     * finished ones are not.
     *
     * @throws KeyUseLogException when a line was altered or is missing, or when another writer has the log open
     * @throws IOException when a file cannot be read or written
     */
    public static KeyUseLog open(Path path, Options options) throws IOException {
        return open(path, options, LogOutput::ofFile);
    }

    /**
     * Returns whether the log whose current file is {@code path} was written with a {@link CheckpointKey}.
     *
     * @throws IOException when a file cannot be read
     */
    public static boolean hasCheckpoints(Path path) throws IOException {
        return new LogFiles(path).hasCheckpoints();
    }

    static KeyUseLog open(Path path, Options options, LogOutput.Opener opener) throws IOException {
        LogFiles files = new LogFiles(path);
        FileChannel lock = LogLock.acquire(files);
        KeyUseLog log = null;
        LogCopy copy = null;
        try {
            CheckpointKey key = options.key();
            if (key != null) {
                key.replaceEmptyFile(files);
            }
            copy = options.copy() == null ? null : LogCopy.open(options.copy());
            log = new KeyUseLog(files, options, opener, lock, copy);
            return log;
        } finally {
            if (log == null) {
                closeAll(lock, copy);
            }
        }
    }

    private static void closeAll(FileChannel lock, @Nullable LogCopy copy) throws IOException {
        try (lock) {
            if (copy != null) {
                copy.close();
            }
        }
    }

    /**
     * Adds a line, starting a new file when the current one is full, and waits for the disk where the policy says so. A log
     * whose current file was renamed, replaced, cut or written to by another program cannot be written.
     *
     * @throws IOException when the line may be lost; {@link #recover} may help then, also after an unchecked exception or error
     */
    public synchronized void append(KeyUse use) throws IOException {
        if (closed || failed) {
            throw new KeyUseLogException(
                    files.active() + ": " + (closed ? "is closed" : "could not be written before"));
        }
        try {
            write(use);
        } catch (RuntimeException | Error e) {
            // Memory ran out: the line may be in the file and not counted, and then the next would have its number.
            failed = true;
            throw e;
        } catch (IOException e) {
            failed = true;
            throw unwritten(e);
        }
    }

    private KeyUseLogException unwritten(IOException cause) {
        return new KeyUseLogException(files.active() + ": cannot be written: " + cause.getMessage(), cause);
    }

    private void write(KeyUse use) throws IOException {
        active.requireInPlace();
        add(use);
        uncovered++;
        if (uncovered >= CHECKPOINT_INTERVAL) {
            checkpoint();
        }
        if (active.isSyncDue(options.fsync())) {
            active.sync();
        }
    }

    /** Covers the lines so far, where there is a key. */
    private void checkpoint() throws IOException {
        CheckpointKey key = options.key();
        if (key != null) {
            // Sized as any other: its content depends on the line before, which may be the head of a new file.
            makeRoom(LogLine.MAX_BYTES);
            add(new Entry.Checkpoint(key.checkpoint(seq + 1, chain)));
            uncovered = 0;
        }
    }

    /**
     * Takes the log up again after a failure, as opening it again does: what was half written is cut off, and a line says
     * so. Does nothing when there was no failure. Refuses a log without the last line that was written before the failure: only
     * the writer that is still running can know that it was cut.
     *
     * @return whether the log can be written; false after {@link #close}
     * @throws IOException when it still cannot be written, or was altered in between; another try may succeed
     */
    public synchronized boolean recover() throws IOException {
        if (closed || !failed) {
            return !closed;
        }
        active.closeQuietly();
        ChainCheck end = new LogRecovery(files, options.clock(), options.key()).resume(chain);
        if (copy != null) {
            copy.retry();
        }
        LogLine.Chained last = end.seq() > seq ? end.read() : null;
        boolean isSameFile = end.file() == file;
        chain = end.chain();
        seq = end.seq();
        file = end.file();
        if (last != null) { // what stands for a piece of a line, or the first line of a file, is not in the copy yet
            copy(bytes(last.text(), last.chain()));
        }
        active.resume(isSameFile);
        // Proves that there is room, and leaves a trace of the failure where no piece of a line did.
        makeRoom(LogLine.MAX_BYTES);
        add(new Entry.Repair(0, KeyUse.digest(new byte[0])));
        checkpoint();
        active.sync();
        files.syncNames(); // a rotation may have failed at that
        failed = false;
        return true;
    }

    private void makeRoom(int bytes) throws IOException {
        if (active.size() + bytes > options.maxFileBytes()) {
            rotate();
        }
    }

    private void add(Entry entry) throws IOException {
        LogLine line = new LogLine(seq + 1, options.clock().instant(), entry);
        String text = line.text();
        String next = Chain.next(chain, text);
        byte[] bytes = bytes(text, next);
        if (active.size() + bytes.length > options.maxFileBytes()) {
            rotate();
            text = new LogLine(seq + 1, line.time(), entry).text();
            next = Chain.next(chain, text);
            bytes = bytes(text, next);
        }
        active.write(bytes);
        seq++;
        chain = next;
        copy(bytes);
    }

    private void copy(byte[] line) throws IOException {
        if (copy != null) {
            copy.write(line);
        }
    }

    /** Each step is on the disk before the next: {@link LogRecovery} knows what every prefix of them leaves. */
    private void rotate() throws IOException {
        active.requireInPlace(); // no other file must become one of the finished ones
        active.sync();
        String text = new LogLine(seq + 1, options.clock().instant(), new Entry.Head(file + 1, chain)).text();
        String next = Chain.next(chain, text);
        byte[] bytes = bytes(text, next);
        files.writeNext(bytes);
        active.close();
        files.finishActive(file);
        files.promoteNext();
        active.openNext(bytes.length);
        seq++;
        file++;
        chain = next;
        copy(bytes);
    }

    private static byte[] bytes(String text, String chain) {
        return (LogLine.chained(text, chain) + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** The chain value of the last line: note it elsewhere, and {@code audit verify --anchor} shows later cuts. */
    public synchronized String lastChain() {
        return chain;
    }

    /** The number of the last line. */
    public synchronized long lastSeq() {
        return seq;
    }

    /**
     * Covers the last lines, forces everything to the disk and releases the log. Closing it again does nothing.
     *
     * @throws IOException when that fails, or when the current file was renamed, replaced or cut; the log is released all the same
     */
    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (!failed) {
                active.requireInPlace();
                if (uncovered > 0) {
                    checkpoint();
                }
                active.sync();
            }
        } catch (IOException e) {
            throw unwritten(e);
        } finally {
            try (lock) {
                active.close();
            } finally {
                if (copy != null) {
                    copy.close();
                }
            }
        }
    }
}
