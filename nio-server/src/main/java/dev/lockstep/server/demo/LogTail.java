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
     * @param lines is called on a thread of its own; a line for which it throws is lost
     */
    static LogTail follow(Path file, Consumer<String> lines) {
        LogTail tail = new LogTail(file, lines);
        // It throws nothing, which would end the timer and be kept by its future.
        var unused = tail.timer.scheduleWithFixedDelay(tail::look, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
        return tail;
    }

    private void look() {
        if (!Files.exists(file)) {
            return;
        }
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            byte[] bytes = new byte[AT_ONCE];
            int count = channel.position(position).read(ByteBuffer.wrap(bytes));
            pass(bytes, count);
        } catch (IOException e) {
            // It may be being moved or removed; the next look finds out.
        } catch (RuntimeException | Error e) {
            // Memory ran out, or a line could not be passed on: the next ones follow at the next look.
        }
    }

    /** Passes on the whole lines. What begins another one is read again, with the rest of it. */
    private void pass(byte[] bytes, int count) {
        int begin = 0;
        for (int i = 0; i < count; i++) {
            if (bytes[i] == '\n') {
                String line = new String(bytes, begin, i - begin, StandardCharsets.UTF_8);
                position += i + 1 - begin; // before it is passed on: it must not be the same one for ever that fails
                begin = i + 1;
                lines.accept(line);
            }
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
