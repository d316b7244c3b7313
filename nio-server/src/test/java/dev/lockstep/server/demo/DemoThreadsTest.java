package dev.lockstep.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Memory that runs out once ends no thread of the demo that is needed later. */
@Timeout(60)
class DemoThreadsTest {

    @TempDir
    private Path directory;

    private static OutOfMemoryError once(AtomicBoolean isOut) {
        isOut.set(false);
        return new OutOfMemoryError("as if it had run out");
    }

    @Test
    void theLogIsFollowedAfterALineThatCouldNotBePassedOn() throws Exception {
        AtomicBoolean isOut = new AtomicBoolean(true);
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        Path log = Files.writeString(directory.resolve("key-use.log"), "first\nsecond\nthi");
        try (LogTail tail = LogTail.follow(log, line -> {
            if (isOut.get()) {
                throw once(isOut);
            }
            lines.add(line);
        })) {
            assertThat(lines.poll(20, TimeUnit.SECONDS)).isEqualTo("second");
            Files.writeString(log, "rd \u00fc\n", StandardOpenOption.APPEND);
            assertThat(lines.poll(20, TimeUnit.SECONDS)).isEqualTo("third \u00fc");
            assertThat(tail).isNotNull();
        }
    }

    @Test
    void whatTheKeyServerPrintsIsReadToItsEnd() {
        AtomicBoolean isOut = new AtomicBoolean(true);
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text) {
            @Override
            public void println(String line) {
                if (isOut.get()) {
                    throw once(isOut);
                }
                super.println(line);
            }
        };
        CompletableFuture<Void> listening = new CompletableFuture<>();
        String printed = "one\ntwo\nkeyserver: listening on x\nthree\n";
        DemoKeyServer.relay(new BufferedReader(new StringReader(printed)), out, listening);
        assertThat(text.toString().lines()).containsExactly("two", "three");
        assertThat(listening).isCompleted();

        CompletableFuture<Void> never = new CompletableFuture<>();
        DemoKeyServer.relay(new BufferedReader(new StringReader("one\nwhy\n")), out, never);
        assertThat(never)
                .isCompletedExceptionally()
                .failsWithin(1, TimeUnit.SECONDS)
                .withThrowableThat()
                .withMessageContaining("why");
    }

    @Test
    void theKeyServerWaitsForTheEndOfItsParent() throws Exception {
        AtomicBoolean isOut = new AtomicBoolean(true);
        AtomicLong left = new AtomicLong(3);
        try (InputStream in = new InputStream() {
            @Override
            public int read() {
                if (isOut.get()) {
                    throw once(isOut);
                }
                return left.decrementAndGet() > 0 ? 'x' : -1;
            }
        }) {
            ChildMain.awaitEnd(in);
        }
        assertThat(left).hasValue(0);
    }

    @Test
    void theNextBurstDoesNotWaitForOneThatCouldNotBegin() {
        AtomicBoolean isOut = new AtomicBoolean(true);
        AtomicLong nanos = new AtomicLong();
        DemoBurst.Meter meter = new DemoBurst.Meter() {
            @Override
            public long waitedNanos() {
                if (isOut.get()) {
                    throw once(isOut);
                }
                return 0;
            }

            @Override
            public long workedNanos() {
                return -1;
            }
        };
        try (DemoBurst burst = new DemoBurst(new DemoEvents(nanos::get), number -> {}, meter, nanos::get)) {
            try {
                burst.begin();
            } catch (OutOfMemoryError e) {
                assertThat(isOut).isFalse();
            }
            nanos.addAndGet(DemoBurst.PAUSE.toNanos());
            assertThat(burst.begin()).isTrue();
        }
    }
}
