package dev.lockstep.server.keyserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.log.EventLog;
import dev.lockstep.server.log.LogFormat;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Refusals are limited in number, and nothing else is left out because of them. */
class KeyserverNoticesTest {

    @Test
    void aFloodOfRefusalsHidesNeitherTheLogsStateNorDefects() {
        StringWriter out = new StringWriter();
        try (EventLog events = EventLog.to(new PrintWriter(out, true), LogFormat.TEXT, Level.INFO, Clock.systemUTC())) {
            KeyserverNotices notices = new KeyserverNotices(events);
            for (int i = 0; i < 500; i++) {
                notices.accept("refused a connection of the user 'mallory'");
                if (i % 20 == 0) {
                    notices.logDown("down " + i);
                    notices.logUp("up " + i);
                }
            }
            notices.accept("DEFECT in the connection of uid 7: an error");
        }
        List<String> lines = out.toString().lines().toList();
        assertThat(lines).filteredOn(line -> line.contains("mallory")).hasSize(20);
        assertThat(lines)
                .filteredOn(line -> line.contains(" ERROR key-use-log-down: down "))
                .hasSize(25);
        assertThat(lines)
                .filteredOn(line -> line.contains(" INFO key-use-log-up: up "))
                .hasSize(25);
        assertThat(lines).anyMatch(line -> line.contains(" ERROR defect: DEFECT in the connection of uid 7"));
        assertThat(lines).anyMatch(line -> line.contains("480 lines about client-refused were left out"));
    }

    @Test
    void refusalsHideNeitherARevocationNorAFailingListener() {
        StringWriter out = new StringWriter();
        try (EventLog events = EventLog.to(new PrintWriter(out, true), LogFormat.TEXT, Level.INFO, Clock.systemUTC())) {
            KeyserverNotices notices = new KeyserverNotices(events);
            for (int i = 0; i < 100; i++) {
                notices.accept("refused a connection of 10.0.0.7:" + i + ": no key is for it");
            }
            notices.accept("closed the connection of 10.0.0.5:4000: its certificate is not trusted any more: revoked");
            notices.accept("accept failed: Too many open files");
        }
        assertThat(out.toString().lines())
                .anyMatch(line -> line.contains(" WARNING key-server-notice: closed the connection of 10.0.0.5:4000: "))
                .anyMatch(line ->
                        line.contains(" ERROR accept-failed: ") && line.contains("reason=\"Too many open files\""));
    }
}
