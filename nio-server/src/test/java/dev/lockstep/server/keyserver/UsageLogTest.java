package dev.lockstep.server.keyserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.audit.FaultyDisk;
import dev.lockstep.server.audit.KeyPeer;
import dev.lockstep.server.audit.KeyUse;
import dev.lockstep.server.audit.KeyUseLog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keys are out of use while their uses cannot be written down, and no longer. */
@Timeout(60)
class UsageLogTest {

    private static final KeyUse USE =
            KeyUse.of(KeyPeer.local(1), 1, "sign:test", "key", new byte[1], "ok", Duration.ofMillis(1));

    @TempDir
    Path directory;

    @Test
    void aFullDiskTakesTheKeysOutOfUseUntilThereIsRoomAgain() throws Exception {
        FaultyDisk disk = new FaultyDisk();
        AtomicLong now = new AtomicLong(1);
        List<String> said = new ArrayList<>();
        try (KeyUseLog log = disk.log(directory.resolve("keys.log"))) {
            UsageLog usage = UsageLog.to(log, said::add, now::get);
            assertThat(usage.write(() -> USE)).isTrue();
            disk.full = true;
            assertThat(usage.write(() -> USE)).isFalse();
            assertThat(usage.write(() -> USE)).as("that ran at the same time").isFalse();
            assertThat(usage.isWritable()).isFalse();
            now.addAndGet(1_000_000_000);
            assertThat(usage.isWritable()).isFalse();
            disk.full = false;
            assertThat(usage.isWritable()).as("tried a moment ago").isFalse();
            now.addAndGet(1_000_000_000);
            assertThat(usage.isWritable()).isTrue();
            assertThat(usage.write(() -> USE)).isTrue();
        }
        assertThat(said)
                .containsExactly(
                        "the key-use log cannot be written, so the keys are out of use: "
                                + directory.resolve("keys.log") + ": cannot be written: no space left",
                        "the key-use log still cannot be written: no space left",
                        "the key-use log is written again, so the keys are in use again");
    }

    @Test
    void aLineThatCannotBeMadeTakesTheKeysOutOfUseToo() throws Exception {
        AtomicLong now = new AtomicLong(1);
        List<String> said = new ArrayList<>();
        try (KeyUseLog log = new FaultyDisk().log(directory.resolve("keys.log"))) {
            UsageLog usage = UsageLog.to(log, said::add, now::get);
            for (Error fault : List.of(new OutOfMemoryError("of the test"), new StackOverflowError())) {
                assertThat(usage.write(() -> {
                            throw fault;
                        }))
                        .isFalse();
                assertThat(usage.isWritable()).isFalse();
                now.addAndGet(1_000_000_000);
                assertThat(usage.isWritable()).isTrue();
                assertThat(usage.write(() -> USE)).isTrue();
            }
        }
        assertThat(said)
                .containsExactly(
                        "the key-use log cannot be written, so the keys are out of use:"
                                + " java.lang.OutOfMemoryError: of the test",
                        "the key-use log is written again, so the keys are in use again",
                        "the key-use log cannot be written, so the keys are out of use: java.lang.StackOverflowError",
                        "the key-use log is written again, so the keys are in use again");
    }

    @Test
    void aLogThatIsClosedStaysClosed() throws Exception {
        AtomicLong now = new AtomicLong(1);
        KeyUseLog log = new FaultyDisk().log(directory.resolve("keys.log"));
        UsageLog usage = UsageLog.to(log, line -> {}, now::get);
        log.close();
        assertThat(usage.write(() -> USE)).isFalse();
        now.addAndGet(5_000_000_000L);
        assertThat(usage.isWritable()).isFalse();
    }
}
