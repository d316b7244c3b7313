package dev.lockstep.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lines that a full disk does not take are counted once and told once, and the logs work again when there is room. */
@Timeout(60)
@Tag("one-jdk")
class FullDiskLogTest {

    private static final Path FILE = Path.of("access.log");

    /** An output on a disk that may be full; each try of a line releases a permit. */
    private static final class Disk implements LineOutput {
        private final List<String> lines = new CopyOnWriteArrayList<>();
        private final Semaphore tries = new Semaphore(0);
        private final Semaphore closed = new Semaphore(0);
        private volatile boolean full;

        @Override
        public void write(String line) throws IOException {
            try {
                if (full) {
                    throw new IOException("No space left on device");
                }
                lines.add(line);
            } finally {
                tries.release();
            }
        }

        @Override
        public void close() {
            closed.release();
        }

        void awaitTries(int count) throws InterruptedException {
            assertThat(tries.tryAcquire(count, 20, TimeUnit.SECONDS)).isTrue();
        }
    }

    private final StringWriter events = new StringWriter();
    private final EventLog log =
            EventLog.to(new PrintWriter(events, true), LogFormat.TEXT, Level.INFO, Clock.systemUTC());

    private List<String> eventsOf(AccessLog access) {
        access.close();
        log.close();
        return events.toString().lines().toList();
    }

    @Test
    void theEventLogCountsEveryLostLineOnce() throws Exception {
        Disk disk = new Disk();
        disk.full = true;
        try (EventLog full = EventLog.to(disk, LogFormat.TEXT, Level.INFO, Clock.systemUTC())) {
            full.log(EventType.RELOADED, "1");
            full.log(EventType.RELOADED, "2");
            disk.awaitTries(2 + 2); // it has tried twice to tell of them
            assertThat(full.lost()).isEqualTo(2);
            disk.full = false;
            full.log(EventType.RELOADED, "3");
            disk.awaitTries(2);
            assertThat(full.lost()).isEqualTo(2);
        }
        assertThat(disk.lines).hasSize(2);
        assertThat(disk.lines.get(0)).endsWith("reloaded: 3");
        assertThat(disk.lines.get(1))
                .endsWith("ERROR lines-lost: 2 lines were lost: they could not be written count=2"
                        + " reason=\"No space left on device\"");
    }

    @Test
    void theEventLogTellsOfLossesAtItsEnd() throws Exception {
        Disk disk = new Disk();
        disk.full = true;
        try (EventLog full = EventLog.to(disk, LogFormat.TEXT, Level.INFO, Clock.systemUTC())) {
            full.log(EventType.RELOADED, "1");
            full.flush();
            disk.full = false;
        }
        assertThat(disk.lines).singleElement().asString().contains("lines-lost", "count=1");
    }

    @Test
    void aStreamThatFailsLosesLinesToo() {
        PrintWriter broken = new PrintWriter(new java.io.OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                throw new IOException("No space left on device");
            }
        });
        try (EventLog full = EventLog.to(broken, LogFormat.TEXT, Level.INFO, Clock.systemUTC())) {
            full.log(EventType.RELOADED, "1");
            full.flush();
            assertThat(full.lost()).isEqualTo(1);
        }
    }

    @Test
    void aFullAccessLogIsToldOnceAndItsLinesAreCounted() throws Exception {
        Disk disk = new Disk();
        AccessLog access = AccessLog.appendTo(() -> disk, FILE, LogFormat.TEXT, Clock.systemUTC(), log);
        disk.full = true;
        for (int i = 0; i < 3; i++) {
            access.log(Map.of("n", i));
        }
        disk.awaitTries(3);
        disk.full = false;
        access.log(Map.of("n", 3));
        access.log(Map.of("n", 4));
        disk.awaitTries(2);
        assertThat(access.lost()).isEqualTo(3);
        List<String> told = eventsOf(access);
        assertThat(disk.lines).hasSize(2);
        assertThat(told).hasSize(2);
        assertThat(told.get(0))
                .contains("ERROR log-failing: ")
                .endsWith("log=access-log file=access.log reason=\"No space left on device\"");
        assertThat(told.get(1)).contains("INFO log-working: ").endsWith("log=access-log file=access.log lostLines=3");
    }

    @Test
    void anAccessLogThatCannotBeOpenedAgainIsTriedAgain() throws Exception {
        Disk before = new Disk();
        Disk after = new Disk();
        AtomicInteger opened = new AtomicInteger();
        AccessLog access = AccessLog.appendTo(
                () -> {
                    int attempt = opened.incrementAndGet();
                    if (attempt == 2 || attempt == 3) {
                        throw new IOException("Permission denied");
                    }
                    return attempt == 1 ? before : after;
                },
                FILE,
                LogFormat.TEXT,
                Clock.systemUTC(),
                log);
        access.reopen();
        access.log(Map.of("n", 0));
        before.awaitTries(1); // the file that was open has the line
        assertThat(before.closed.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        access.log(Map.of("n", 1));
        after.awaitTries(1);
        List<String> told = eventsOf(access);
        assertThat(access.lost()).isZero();
        assertThat(told).hasSize(2);
        assertThat(told.get(0))
                .contains("ERROR log-failing: ", "cannot be opened again")
                .endsWith("log=access-log file=access.log reason=\"Permission denied\"");
        assertThat(told.get(1)).contains("INFO log-working: ").endsWith("lostLines=0");
    }

    @Test
    void anErrorInOpeningAgainCostsNoLineAndIsTriedAgain() throws Exception {
        Disk before = new Disk();
        Disk after = new Disk();
        AtomicInteger opened = new AtomicInteger();
        AccessLog access = AccessLog.appendTo(
                () -> switch (opened.incrementAndGet()) {
                    case 1 -> before;
                    case 2 -> throw new OutOfMemoryError("as if it had run out");
                    default -> after;
                },
                FILE,
                LogFormat.TEXT,
                Clock.systemUTC(),
                log);
        access.reopen();
        access.log(Map.of("n", 0));
        before.awaitTries(1);
        assertThat(before.closed.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        access.log(Map.of("n", 1));
        after.awaitTries(1);
        List<String> told = eventsOf(access);
        assertThat(access.lost()).isZero();
        assertThat(told).hasSize(2);
        assertThat(told.get(0)).contains("ERROR log-failing: ", "cannot be opened again");
        assertThat(told.get(1)).contains("INFO log-working: ").endsWith("lostLines=0");
    }

    /** The time, for which there is no memory now and then. */
    private static Clock clock(AtomicBoolean isOut) {
        InstantSource source = () -> {
            if (isOut.get()) {
                throw new InternalError("as if memory had run out");
            }
            return Instant.EPOCH;
        };
        return source.withZone(ZoneOffset.UTC);
    }

    @Test
    void whatCannotBeToldForLackOfMemoryIsToldTheNextTime() {
        AtomicBoolean isOut = new AtomicBoolean();
        try (EventLog told = EventLog.to(new PrintWriter(events, true), LogFormat.TEXT, Level.INFO, clock(isOut))) {
            LogHealth health = new LogHealth(told, "key-log", "keys");
            for (boolean out : new boolean[] {true, false, false}) {
                isOut.set(out);
                health.lost(new IOException("No space left on device"));
            }
            for (boolean out : new boolean[] {true, false, false}) {
                isOut.set(out);
                health.working();
            }
        }
        assertThat(events.toString().lines())
                .hasSize(2)
                .anyMatch(line -> line.contains("log-failing"))
                .anyMatch(line -> line.endsWith("lostLines=3"));
    }

    @Test
    void linesThatWereLostBeforeAnythingCouldBeToldAreCounted() {
        AtomicBoolean isOut = new AtomicBoolean(true);
        try (EventLog told = EventLog.to(new PrintWriter(events, true), LogFormat.TEXT, Level.INFO, clock(isOut))) {
            LogHealth health = new LogHealth(told, "key-log", "keys");
            health.lost(new IOException("No space left on device"));
            isOut.set(false);
            health.working();
            health.working();
        }
        assertThat(events.toString().lines()).singleElement().asString().endsWith("lostLines=1");
    }

    @Test
    void linesThatAnAccessLogHasNoTimeForAreTold() throws Exception {
        Semaphore goes = new Semaphore(0);
        AccessLog access = AccessLog.appendTo(
                () -> new LineOutput() {
                    @Override
                    public void write(String line) {
                        goes.acquireUninterruptibly();
                        goes.release();
                    }

                    @Override
                    public void close() {
                        goes.release();
                    }
                },
                FILE,
                LogFormat.TEXT,
                Clock.systemUTC(),
                log);
        while (access.lost() < 5) {
            access.log(Map.of());
        }
        goes.release();
        assertThat(eventsOf(access))
                .singleElement()
                .asString()
                .endsWith("lines-lost: 5 lines were lost: their reader is too slow count=5 log=access-log");
    }

    /** An output that takes no line until it is released, as a pipe that is not read. */
    private static final class Stuck implements LineOutput {
        private final Semaphore begun = new Semaphore(0);
        private final Semaphore goes = new Semaphore(0);

        @Override
        public void write(String line) {
            begun.release();
            goes.acquireUninterruptibly();
            goes.release();
        }

        @Override
        public void close() {
            goes.release();
        }
    }

    /** The thread that would tell it waits in the output. */
    @Test
    void linesAreToldToBeLostWhileTheOutputTakesNone() throws Exception {
        Stuck pipe = new Stuck();
        AccessLog access = AccessLog.appendTo(() -> pipe, FILE, LogFormat.TEXT, Clock.systemUTC(), log);
        access.log(Map.of());
        pipe.begun.acquire();
        while (!events.toString().contains("lines-lost")) {
            access.log(Map.of()); // as connections do that end
            log.flush();
        }
        assertThat(events.toString()).contains("lines were lost: their reader is too slow", "log=access-log");
        pipe.goes.release();
        long told = eventsOf(access).stream()
                .mapToLong(line -> Long.parseLong(line.replaceAll(".* count=(\\d+).*", "$1")))
                .sum();
        assertThat(told).as("each once").isEqualTo(access.lost());
    }

    @Test
    void linesThatAreLeftAtTheEndAreToldToBeLost() throws Exception {
        Stuck pipe = new Stuck();
        AccessLog access = AccessLog.appendTo(() -> pipe, FILE, LogFormat.TEXT, Clock.systemUTC(), log);
        access.log(Map.of());
        pipe.begun.acquire();
        for (int i = 0; i < 7; i++) {
            access.log(Map.of());
        }
        assertThat(eventsOf(access)).singleElement().asString().contains("lines-lost: 7 lines were lost", "count=7");
        assertThat(access.lost()).isEqualTo(7);
        pipe.goes.release();
    }
}
