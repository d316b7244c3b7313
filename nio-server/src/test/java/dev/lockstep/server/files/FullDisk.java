package dev.lockstep.server.files;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** The end of a file on a disk that has room for so many bytes. Thread-safe. */
public final class FullDisk extends OutputStream {

    private final OutputStream file;
    private int room = Integer.MAX_VALUE;

    public FullDisk(OutputStream file) {
        this.file = file;
    }

    /** Sets for how many bytes there is room from now on. */
    public synchronized FullDisk room(int bytes) {
        room = bytes;
        return this;
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        int taken = Math.min(length, room);
        file.write(bytes, offset, taken);
        room -= taken;
        if (taken < length) {
            throw new IOException("No space left on device");
        }
    }

    /** Returns what has reached the disk, if it is in memory. */
    @Override
    public synchronized String toString() {
        return file instanceof java.io.ByteArrayOutputStream memory
                ? memory.toString(StandardCharsets.UTF_8)
                : super.toString();
    }
}
