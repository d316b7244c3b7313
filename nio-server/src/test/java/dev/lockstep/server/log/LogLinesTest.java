package dev.lockstep.server.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A line stays a line whatever a peer has sent, and too many lines are counted instead. */
class LogLinesTest {

    private static final String EVIL = "a\nb\"c\\d\u001b[2J\u00fc";

    @Test
    void whatAPeerSentIsEscaped() {
        Instant time = Instant.parse("2026-01-01T00:00:00Z");
        assertThat(LogFormat.TEXT.line(time, Level.INFO, "event", EVIL, Map.of("peer", EVIL)))
                .isEqualTo("2026-01-01T00:00:00Z INFO event: a\\u000ab\"c\\\\d\\u001b[2J\\u00fc"
                        + " peer=\"a\\u000ab\\\"c\\\\d\\u001b[2J\\u00fc\"");
        assertThat(LogFormat.JSON.line(time, Level.INFO, "event", EVIL, Map.of("n", 7)))
                .isEqualTo("{\"time\":\"2026-01-01T00:00:00Z\",\"level\":\"INFO\",\"event\":\"event\","
                        + "\"message\":\"a\\u000ab\\\"c\\\\d\\u001b[2J\\u00fc\",\"n\":7}");
    }

    @Test
    void linesBeyondTheLimitAreCounted() {
        StringWriter out = new StringWriter();
        try (EventLog log = EventLog.to(new PrintWriter(out, true), LogFormat.TEXT, Level.INFO, Clock.systemUTC())) {
            for (int i = 0; i < 100; i++) {
                log.log(EventType.HANDSHAKE_FAILED, "no " + i);
            }
            log.log(EventType.RELOADED, "another kind");
        }
        assertThat(out.toString().lines())
                .hasSize(LineLimit.LINES + 2)
                .anyMatch(line -> line.endsWith("suppressed: 80 lines about handshake-failed were left out"
                        + " of=handshake-failed ofLevel=INFO count=80"))
                .anyMatch(line -> line.contains("another kind"));
    }

    /** Strangers cause the former, and a fault of this server the latter. */
    @Test
    void linesOfOneLevelDoNotHideThoseOfAnother() {
        StringWriter out = new StringWriter();
        try (EventLog log = EventLog.to(new PrintWriter(out, true), LogFormat.TEXT, Level.INFO, Clock.systemUTC())) {
            for (int i = 0; i < 100; i++) {
                log.log(EventType.HANDSHAKE_FAILED, "noise");
            }
            log.log(LogEvent.of(EventType.HANDSHAKE_FAILED, "the key").at(Level.WARNING));
            log.log(LogEvent.of(EventType.HANDSHAKE_FAILED, "a fault").at(Level.ERROR));
        }
        assertThat(out.toString())
                .contains("WARNING handshake-failed: the key")
                .contains("ERROR handshake-failed: a fault");
    }

    @Test
    void anErrorCostsOneLineAndNotTheLog() {
        List<String> written = new CopyOnWriteArrayList<>();
        AsyncLines.Sink<String> sink = line -> {
            if (line.equals("first")) {
                throw new OutOfMemoryError("as if it had run out");
            }
            written.add(line);
        };
        try (AsyncLines<String> lines = new AsyncLines<>("log", sink, () -> {})) {
            lines.start();
            lines.add("first");
            lines.add("second");
            lines.flush();
            assertThat(written).containsExactly("second");
            assertThat(lines.lost()).isEqualTo(1);
        }
    }

    @Test
    void anErrorInWaitingForALineCostsNoLine() {
        AtomicInteger errors = new AtomicInteger();
        BlockingQueue<Runnable> queue = new ArrayBlockingQueue<>(10) {
            private static final long serialVersionUID = 1L;

            @Override
            public Runnable poll(long timeout, TimeUnit unit) throws InterruptedException {
                if (errors.getAndIncrement() == 0) {
                    throw new OutOfMemoryError("as if it had run out");
                }
                return super.poll(timeout, unit);
            }
        };
        List<String> written = new CopyOnWriteArrayList<>();
        try (AsyncLines<String> lines = new AsyncLines<>("log", written::add, () -> {}, queue)) {
            lines.add("first");
            lines.start();
            lines.add("second");
            lines.flush();
            assertThat(written).containsExactly("first", "second");
            assertThat(lines.lost()).isZero();
        }
        assertThat(errors).hasValueGreaterThan(1);
    }

    @Test
    void aCountThatCouldNotBeToldIsToldTheNextTime() {
        LineLimit limit = new LineLimit();
        LineLimit.Kind full = new LineLimit.Kind(EventType.FULL, Level.WARNING);
        for (int i = 0; i < LineLimit.LINES + 3; i++) {
            limit.admits(full, 0);
        }
        assertThatThrownBy(() -> limit.expire(0, true, (kind, left) -> {
                    throw new OutOfMemoryError("as if it had run out");
                }))
                .isInstanceOf(OutOfMemoryError.class);
        int[] told = new int[1];
        limit.expire(0, true, (kind, left) -> told[0] += left);
        limit.expire(0, true, (kind, left) -> told[0] += left);
        assertThat(told[0]).isEqualTo(3);
    }

    @Test
    void aSpanBeginsWithItsFirstLine() {
        LineLimit limit = new LineLimit();
        LineLimit.Kind full = new LineLimit.Kind(EventType.FULL, Level.WARNING);
        for (int i = 0; i < LineLimit.LINES; i++) {
            assertThat(limit.admits(full, 0)).isTrue();
        }
        assertThat(limit.admits(full, 1)).isFalse();
        long span = TimeUnit.SECONDS.toNanos(LineLimit.SPAN_SECONDS);
        limit.expire(span - 1, false, (type, left) -> {
            throw new AssertionError("too early");
        });
        int[] told = new int[1];
        limit.expire(span, false, (type, left) -> told[0] = left);
        assertThat(told[0]).isEqualTo(1);
        assertThat(limit.admits(full, span)).isTrue();
    }
}
