package dev.lockstep.server.serve;

import dev.lockstep.server.log.EventLog;
import dev.lockstep.server.log.EventType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Tells that a start waits for the reader of a pipe: the kernel opens one for writing only when it is opened for reading. */
final class PipeNotice {

    private static final int PATIENCE_SECONDS = 1;

    private final CountDownLatch opened = new CountDownLatch(1);

    private PipeNotice() {}

    /** Begins before the file is opened. */
    static PipeNotice before(String option, Path file, EventLog events) {
        PipeNotice notice = new PipeNotice();
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            Thread thread = new Thread(() -> notice.await(option, file, events), "lockstep-pipe-notice");
            thread.setDaemon(true);
            thread.start();
        }
        return notice;
    }

    private void await(String option, Path file, EventLog events) {
        try {
            if (!opened.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                events.log(
                        EventType.CONFIGURATION,
                        option + ": the start waits until " + file + " is opened for reading; start its reader");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The file is open, or will not be. */
    void over() {
        opened.countDown();
    }
}
