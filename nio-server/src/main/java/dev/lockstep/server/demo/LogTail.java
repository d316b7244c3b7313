package dev.lockstep.server.demo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Passes on each line that is added to a file, soon after. */
final class LogTail implements AutoCloseable {

    private static final int EVERY_MILLIS = 20;
    private static final int AT_ONCE = 64 * 1024;

    private final Path file;
    private final Consumer<String> lines;
    private final ScheduledExecutorService timer;
    private long position;

    private LogTail(Path file, Consumer<String> lines) {
        this.file = file;
        this.lines = lines;
        this.timer = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "tail of " + file.getFileName());
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Begins with what is in the file already, if it is there.
     *
     * @param lines is called on a thread of its own and must not throw
     */
    static LogTail follow(Path file, Consumer<String> lines) {
        LogTail tail = new LogTail(file, lines);
        // It throws nothing that its future would keep.
        var unused = tail.timer.scheduleWithFixedDelay(tail::look, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
        return tail;
    }

    private void look() {
        if (!Files.exists(file)) {
            return;
        }
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            ByteBuffer bytes = ByteBuffer.allocate(AT_ONCE);
            channel.position(position).read(bytes);
            String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
            int end = text.lastIndexOf('\n');
            if (end >= 0) {
                text.substring(0, end).lines().forEach(lines);
                position += text.substring(0, end + 1).getBytes(StandardCharsets.UTF_8).length;
            }
        } catch (IOException e) {
            // It may be being moved or removed; the next look finds out.
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
