package dev.lockstep.server.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A key-use log on a disk that may fail, and what is in its files. */
public final class SimulatedLog {

    private static final Clock TIME = Clock.fixed(Instant.ofEpochSecond(1_800_000_000L), ZoneOffset.UTC);

    /** What becomes of the lines. */
    public interface Disk {

        /** Where bytes get into the file. */
        interface File {
            void write(byte[] bytes) throws IOException;
        }

        /** Writes a line, or a piece of it. */
        void write(byte[] line, File file) throws IOException;

        /** Waits until what was written is safe, or fails. */
        void sync() throws IOException;
    }

    private SimulatedLog() {}

    /** Opens a log, or begins it. */
    public static KeyUseLog open(Path file, long maxFileBytes, FsyncPolicy fsync, CheckpointKey key, Disk disk)
            throws IOException {
        KeyUseLog.Options options = new KeyUseLog.Options(maxFileBytes, fsync, TIME, key, null);
        return KeyUseLog.open(file, options, path -> {
            LogOutput out = LogOutput.ofFile(path);
            return new LogOutput() {
                @Override
                public void write(byte[] line) throws IOException {
                    disk.write(line, out::write);
                }

                @Override
                public void sync() throws IOException {
                    disk.sync();
                }

                @Override
                public void rewrite(long from) throws IOException {
                    out.rewrite(from);
                }

                @Override
                public void close() throws IOException {
                    out.close();
                }
            };
        });
    }

    /** Reads what the files of a log say about uses of keys. */
    public static List<KeyUse> uses(Path file) throws IOException {
        List<KeyUse> uses = new ArrayList<>();
        for (Path each : LogVerifier.filesOf(file)) {
            for (String line : Files.readAllLines(each, StandardCharsets.US_ASCII)) {
                KeyUse use = use(line);
                if (use != null) {
                    uses.add(use);
                }
            }
        }
        return uses;
    }

    /** Returns what a line says about the use of a key; null when it says something else. */
    public static @Nullable KeyUse use(String line) {
        try {
            return LogLine.parse(line).line().entry() instanceof KeyUse use ? use : null;
        } catch (MalformedLineException e) {
            throw new AssertionError("a line of the log " + e.getMessage() + ": " + line, e);
        }
    }
}
