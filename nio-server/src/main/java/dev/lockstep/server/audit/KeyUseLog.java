package dev.lockstep.server.audit;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * Writes the key-use log. Safe for use by any number of threads; the order of the lines is the order of the calls. At
 * most one writer has a log open at a time, in this process or another.
 *
 * <p>A write that fails ends the log: every further {@link #append} throws as well, so that whoever uses keys can stop
 * using them. Opening it again cuts off what was half written and says so in a line of its own.
 */
public final class KeyUseLog implements Closeable {

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
     */
    public record Options(long maxFileBytes, FsyncPolicy fsync, Clock clock) {

        /** 64 MiB a file, forced to the disk after every 64 lines, the time of the system. */
        public static final Options DEFAULT = new Options(64L << 20, FsyncPolicy.every(64), Clock.systemUTC());

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
    private final LogOutput.Opener opener;
    private final FileChannel lock;
    private LogOutput out;
    private String chain;
    private long seq;
    private long file;
    private long size;
    private int unsynced;
    private boolean closed;
    private @Nullable IOException failure;

    private KeyUseLog(LogFiles files, Options options, LogOutput.Opener opener, FileChannel lock) throws IOException {
        this.files = files;
        this.options = options;
        this.opener = opener;
        this.lock = lock;
        ChainCheck end = new LogRecovery(files, options.clock()).recover();
        chain = end.chain();
        seq = end.seq();
        file = end.file();
        size = Files.size(files.active());
        out = opener.open(files.active());
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

    static KeyUseLog open(Path path, Options options, LogOutput.Opener opener) throws IOException {
        LogFiles files = new LogFiles(path);
        FileChannel lock = lock(files);
        KeyUseLog log = null;
        try {
            log = new KeyUseLog(files, options, opener, lock);
            return log;
        } finally {
            if (log == null) {
                lock.close();
            }
        }
    }

    /**
     * Adds a line, starting a new file when the current one is full, and waits for the disk where the policy says so.
     *
     * @throws IOException when the line may be lost; the log is of no further use then
     */
    public synchronized void append(KeyUse use) throws IOException {
        if (closed || failure != null) {
            throw new KeyUseLogException(
                    files.active() + ": " + (closed ? "is closed" : "could not be written before; open it again"));
        }
        try {
            write(use);
        } catch (IOException e) {
            failure = e;
            throw new KeyUseLogException(files.active() + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private void write(KeyUse use) throws IOException {
        LogLine line = new LogLine(seq + 1, options.clock().instant(), use);
        String text = line.text();
        String next = Chain.next(chain, text);
        byte[] bytes = bytes(text, next);
        if (size + bytes.length > options.maxFileBytes()) {
            rotate();
            text = new LogLine(seq + 1, line.time(), use).text();
            next = Chain.next(chain, text);
            bytes = bytes(text, next);
        }
        out.write(bytes);
        size += bytes.length;
        seq++;
        chain = next;
        unsynced++;
        if (options.fsync().isDue(unsynced)) {
            out.sync();
            unsynced = 0;
        }
    }

    /** Each step is on the disk before the next: {@link LogRecovery} knows what every prefix of them leaves. */
    private void rotate() throws IOException {
        out.sync();
        unsynced = 0;
        String text = new LogLine(seq + 1, options.clock().instant(), new Entry.Head(file + 1, chain)).text();
        String next = Chain.next(chain, text);
        byte[] bytes = bytes(text, next);
        files.writeNext(bytes);
        out.close();
        files.finishActive(file);
        files.promoteNext();
        out = opener.open(files.active());
        size = bytes.length;
        seq++;
        file++;
        chain = next;
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

    /** Forces everything to the disk and lets another writer have the log. Closing it again does nothing. */
    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (lock;
                LogOutput ending = out) {
            if (failure == null) {
                ending.sync();
            }
        }
    }

    private static FileChannel lock(LogFiles files) throws IOException {
        Path path = files.lock();
        if (!Files.exists(path)) {
            try {
                LogFiles.createPrivate(path);
            } catch (FileAlreadyExistsException e) {
                // another writer was faster; the lock itself decides
            }
        }
        FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE);
        FileLock held = null;
        try {
            held = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // held by this process: the same refusal
        } finally {
            if (held == null) {
                channel.close();
            }
        }
        if (held == null) {
            throw new KeyUseLogException(
                    files.active() + ": is open in another writer; stop it, or give each writer a log of its own");
        }
        return channel;
    }
}
