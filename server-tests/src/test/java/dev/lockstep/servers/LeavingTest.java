package dev.lockstep.servers;

import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.fatalAlert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.Unanswered;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.ScriptedClient;
import dev.lockstep.testkit.client.Seen;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.wait.SuspensionKind;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that leave during every kind of wait, in every server: no operation is left pending. */
@Timeout(120)
class LeavingTest {

    /** How a client leaves. */
    private enum Leave {
        CLOSE,
        RESET,
        ALERT
    }

    /** Until then a thread that waits cannot learn that its client has left. */
    private static final Duration DEADLINE = Duration.ofSeconds(2);

    @TempDir
    Path directory;

    /** Where no thread waits, the server sees it immediately. */
    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"NETTY_HANDLER", "NETTY_DEFERRED", "JETTY_PARK", "VERTX_DEFERRED"})
    void itsOperationIsCancelledImmediately(Way way) throws Exception {
        for (SuspensionKind kind : SuspensionKind.values()) {
            Unanswered question = new Unanswered(kind);
            try (RunningServer server = way.start(config(question, Duration.ofMinutes(5)), directory)) {
                for (Leave leave : Leave.values()) {
                    leaves(server, question, leave);
                    question.awaitCancel();
                }
            }
            assertThat(question.pending()).as("operations of " + kind).isZero();
            assertThat(question.started()).isEqualTo(Leave.values().length);
        }
    }

    /** Where a thread waits, the handshake's deadline ends it. */
    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"NETTY_TASK_ON_THE_LOOP", "JETTY_TASK", "TOMCAT_TASK", "UNDERTOW_TASK", "KAFKA_TASK"})
    void itsOperationIsCancelledAtTheDeadline(Way way) throws Exception {
        List<Unanswered> questions = new ArrayList<>();
        List<RunningServer> servers = new ArrayList<>();
        try {
            for (SuspensionKind kind :
                    List.of(SuspensionKind.SIGN, SuspensionKind.SESSION_LOOKUP, SuspensionKind.CLIENT_CERTIFICATE)) {
                Unanswered question = new Unanswered(kind);
                questions.add(question);
                servers.add(way.start(config(question, DEADLINE), directory));
            }
            for (int i = 0; i < servers.size(); i++) {
                leaves(servers.get(i), questions.get(i), Leave.values()[i]);
            }
            for (Unanswered question : questions) {
                question.awaitCancel();
                assertThat(question.pending()).isZero();
            }
        } finally {
            servers.forEach(RunningServer::close);
        }
    }

    private static TlsServerConfig config(Unanswered question, Duration limit) {
        return question.configure(TestServers.live(question.credential()).toBuilder())
                .handshakeTimeout(limit)
                .keyOperationTimeout(limit)
                .build();
    }

    /** A client that comes as far as the question, and leaves. */
    private static void leaves(RunningServer server, Unanswered question, Leave leave) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(30_000);
            ScriptedClient client = new ScriptedClient(question.options());
            send(client.sends(clientHello()), socket);
            ClientMessage second = question.second();
            if (second != null) {
                byte[] some = new byte[20_000];
                while (!client.hasSeen(Seen.Kind.SERVER_HELLO_DONE)) {
                    int n = socket.getInputStream().read(some);
                    if (n < 0) {
                        throw new EOFException("before ServerHelloDone");
                    }
                    client.receives(Arrays.copyOf(some, n));
                }
                send(client.sends(second), socket);
            }
            question.awaitStart();
            switch (leave) {
                case ALERT -> send(client.sends(fatalAlert(AlertDescription.INTERNAL_ERROR)), socket);
                case RESET -> socket.setSoLinger(true, 0);
                case CLOSE -> {}
            }
        }
    }

    private static void send(ScriptedClient client, Socket socket) throws IOException {
        for (byte[] record : client.takeRecords()) {
            socket.getOutputStream().write(record);
        }
    }
}
