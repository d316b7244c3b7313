package dev.lockstep.servers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.JdkClient;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.session.MemorySessionStore;
import dev.lockstep.tls.session.TicketKeyRing;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The JDK's client resumes its session through every HTTP server, by its id and by ticket: the key works once. */
@Timeout(60)
class ResumptionTest {

    private static final int CONNECTIONS = 3;

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {
                "NETTY_HANDLER",
                "NETTY_DEFERRED",
                "JETTY_PARK",
                "JETTY_TASK",
                "TOMCAT_TASK",
                "JDK_TASK",
                "UNDERTOW_TASK",
                "VERTX_DEFERRED"
            })
    void byIdAndByTicket(Way way) throws Exception {
        for (boolean ticket : new boolean[] {false, true}) {
            RecordingKey key = new RecordingKey(TestIdentity.P256).withoutConnection();
            TlsServerConfigBuilder builder = TlsServerConfig.builder()
                    .credential(key.credential())
                    .applicationProtocols(List.of("h2", "http/1.1"));
            if (ticket) {
                builder.tickets(TicketKeyRing.rotating(Duration.ofHours(1), Duration.ofHours(2)));
            } else {
                builder.sessionStore(new MemorySessionStore(100, Duration.ofHours(1)));
            }
            SSLContext client = JdkClient.contextThatTrusts(TestIdentity.CA.certificate());
            try (RunningServer server = way.start(builder.build(), directory)) {
                for (int i = 0; i < CONNECTIONS; i++) {
                    assertThat(Http1.get(new Socket(InetAddress.getLoopbackAddress(), server.port()), client))
                            .contains(RunningServer.PAGE);
                }
            }
            assertThat(key.starts()).as(ticket ? "by ticket" : "by id").isEqualTo(1);
        }
    }
}
