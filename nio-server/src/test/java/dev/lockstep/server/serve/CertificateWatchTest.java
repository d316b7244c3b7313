package dev.lockstep.server.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.Running;
import dev.lockstep.server.TestFiles;
import dev.lockstep.server.demo.ThrowawayCa;
import dev.lockstep.server.log.EventLog;
import dev.lockstep.server.log.LogFormat;
import dev.lockstep.tls.credential.Credential;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A certificate that ends while it is served is told of before and after, and not too often. */
@Timeout(60)
class CertificateWatchTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final long DAY = TimeUnit.DAYS.toNanos(1);

    private static Credential credential() throws Exception {
        ThrowawayCa ca = new ThrowawayCa(START); // for seven days
        KeyPair keys = ca.ec();
        return Credential.local(List.of(ca.issueForLocalhost(keys)), keys.getPrivate());
    }

    @Test
    void aCertificateThatEndsIsToldOfOnceADay() throws Exception {
        List<Credential> served = List.of(credential());
        StringWriter out = new StringWriter();
        try (EventLog log = EventLog.to(new PrintWriter(out, true), LogFormat.TEXT, Level.INFO, Clock.systemUTC())) {
            CertificateWatch watch = new CertificateWatch(log);
            watch.look(served, START.plus(Duration.ofDays(4)), 0);
            log.flush();
            assertThat(out.toString()).isEmpty();

            Instant late = START.plus(Duration.ofDays(5));
            watch.look(served, late, 0);
            watch.look(served, late, DAY - 1);
            log.flush();
            assertThat(out.toString().lines()).hasSize(1);
            watch.look(served, late, DAY);
            log.flush();
            assertThat(out.toString().lines())
                    .hasSize(2)
                    .allMatch(line -> line.contains(
                                    " WARNING certificate-expiring: a certificate that is served expires soon certificate=CN=")
                            && line.endsWith("notAfter=2026-01-08T00:00:00Z"));

            watch.look(served, START.plus(Duration.ofDays(8)), DAY + 1);
            watch.look(List.of(credential()), START, DAY + 2);
        }
        assertThat(out.toString().lines()).hasSize(3);
        assertThat(out.toString()).contains(" ERROR certificate-expiring: a certificate that is served has expired");
    }

    @Test
    void theFirstEndIsThatOfAnyCertificate() throws Exception {
        assertThat(CertificateWatch.firstEnd(List.of(credential())))
                .hasValue(START.plus(Duration.ofDays(7)).getEpochSecond());
        assertThat(CertificateWatch.firstEnd(List.of())).isEmpty();
    }

    @Test
    void serveSaysSo(@TempDir Path directory) throws Exception {
        TestFiles files = new TestFiles(directory);
        Clock later = Clock.fixed(Instant.now().plus(Duration.ofDays(6)), ZoneOffset.UTC);
        try (Running server = Running.start(
                later, "serve", "--port", "0", "--cert", files.ecCert.toString(), "--key", files.ecKey.toString())) {
            assertThat(server.awaitError("certificate-expiring")).contains("expires soon");
        }
    }
}
