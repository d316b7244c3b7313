package dev.lockstep.server.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A disk under an operating system that takes pages for clean when it could not write them, as Linux does: the next fsync then
 * says that all is well. For logs of one file.
 */
final class ForgetfulDisk implements LogOutput.Opener {

    private final Path file;

    /** How often the next calls of fsync fail. */
    int failures;

    private long written;
    private long dirtyFrom;
    private long lostFrom = Long.MAX_VALUE;

    ForgetfulDisk(Path file) {
        this.file = file;
    }

    /** Returns whether the file is on the disk to its end, which a power failure would show. */
    boolean hasAll() throws IOException {
        return lostFrom == Long.MAX_VALUE && dirtyFrom == written && written == Files.size(file);
    }

    private void sync() throws IOException {
        if (failures > 0) {
            failures--;
            lostFrom = Math.min(lostFrom, dirtyFrom);
            dirtyFrom = written;
            throw new IOException("Input/output error");
        }
        dirtyFrom = written;
    }

    @Override
    public LogOutput open(Path opened) throws IOException {
        LogOutput out = LogOutput.ofFile(opened);
        written = Files.size(opened);
        return new LogOutput() {
            @Override
            public void write(byte[] line) throws IOException {
                out.write(line);
                written += line.length;
            }

            @Override
            public void sync() throws IOException {
                ForgetfulDisk.this.sync();
            }

            @Override
            public void rewrite(long from) throws IOException {
                out.rewrite(from);
                dirtyFrom = Math.min(dirtyFrom, from);
                if (from <= lostFrom) {
                    lostFrom = Long.MAX_VALUE;
                }
            }

            @Override
            public void close() throws IOException {
                out.close();
            }
        };
    }
}
