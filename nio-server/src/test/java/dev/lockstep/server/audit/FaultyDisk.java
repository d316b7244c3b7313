package dev.lockstep.server.audit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** A disk that counts what is asked of it and fails when told to. */
public final class FaultyDisk implements LogOutput.Opener {

    int writes;
    int syncs;
    public volatile boolean full;
    boolean failsToSync;

    /** Throws an error after each line that it has written. */
    boolean runsOutOfMemory;

    /** A log on this disk. */
    public KeyUseLog log(Path file) throws IOException {
        return KeyUseLog.open(file, KeyUseLog.Options.DEFAULT, this);
    }

    @Override
    public LogOutput open(Path file) throws IOException {
        LogOutput out = LogOutput.ofFile(file);
        return new LogOutput() {
            @Override
            public void write(byte[] line) throws IOException {
                writes++;
                if (full) {
                    out.write(Arrays.copyOf(line, line.length / 2));
                    throw new IOException("no space left");
                }
                out.write(line);
                if (runsOutOfMemory) {
                    throw new OutOfMemoryError("as if it had run out");
                }
            }

            @Override
            public void sync() throws IOException {
                syncs++;
                if (failsToSync) {
                    throw new IOException("the disk is gone");
                }
                out.sync();
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
    }
}
