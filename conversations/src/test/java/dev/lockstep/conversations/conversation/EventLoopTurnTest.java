package dev.lockstep.conversations.conversation;

import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ScriptedClient;
import dev.lockstep.testkit.client.Seen;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The loop that the Javadoc of {@link TlsServerConnection} gives, compiled and run as it stands there. */
class EventLoopTurnTest {

    private final ByteBuffer netIn =
            ByteBuffer.allocate(TlsServerConnection.NETWORK_BUFFER_SIZE).flip();
    private final ByteBuffer netOut = ByteBuffer.allocate(TlsServerConnection.NETWORK_BUFFER_SIZE);
    private final ByteBuffer appIn = ByteBuffer.allocate(100).flip();
    private final ByteBuffer appOut = ByteBuffer.allocate(TlsServerConnection.APPLICATION_BUFFER_SIZE);
    private final List<TlsServerConnection> woken = new ArrayList<>();

    // @formatter:off
    StepResult turn(TlsServerConnection tls) throws TlsException {
        StepResult result;
        do {
            result = StepResult.ESTABLISHED;
            if (!tls.isEstablished() || tls.wantsOutput()) {
                result = tls.step(netIn, netOut);
            }
            if (result == StepResult.ESTABLISHED && appIn.hasRemaining()) {
                result = tls.write(appIn, netOut);
            }
            if (tls.isEstablished() && (result == StepResult.ESTABLISHED || result == StepResult.NEED_INPUT)) {
                result = tls.read(netIn, appOut);
            }
        } while (result == StepResult.PROGRESSED
                || (tls.wantsOutput() && result != StepResult.NEED_OUTPUT && result != StepResult.CLOSED));
        return result;
    }
    // @formatter:on

    @Test
    void theJavadocHasThisLoop() throws IOException {
        Path javadoc = Path.of("../tls-core/src/main/java/dev/lockstep/tls/TlsServerConnection.java");
        Path self = Path.of("src/test/java/dev/lockstep/conversations/conversation/EventLoopTurnTest.java");
        List<String> code = Files.readAllLines(self).stream()
                .dropWhile(line -> !line.contains("StepResult turn("))
                .takeWhile(line -> !line.contains("@formatter:on"))
                .toList();
        assertThat(code).hasSizeBetween(10, 20);
        String printed = code.stream().map(line -> " * " + line.substring(4)).collect(Collectors.joining("\n"));
        assertThat(Files.readString(javadoc)).contains(printed);
    }

    /** The key answers between two turns, and every turn gets what the client has sent so far. */
    @Test
    void itServesAHandshakeWithASlowKeyAndItsData() throws TlsException {
        RecordingKey key = new RecordingKey(TestIdentity.P256).signs(KeyScript.manual());
        TlsServerConnection tls = TlsServerConnection.create(TestServers.config(key.credential()), woken::add);
        ScriptedClient client = new ScriptedClient(ClientOptions.defaults());

        assertThat(tls.wantsInput()).isTrue();
        assertThat(turn(tls, client.sends(clientHello()))).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        assertThat(turn(tls, client)).as("called early").isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        key.operation().complete();
        assertThat(woken).containsExactly(tls);
        assertThat(turn(tls, client)).isEqualTo(StepResult.NEED_INPUT);
        assertThat(turn(tls, client.sends(clientKeyExchange(), changeCipherSpec(), finished())))
                .isEqualTo(StepResult.NEED_INPUT);
        assertThat(tls.isEstablished()).isTrue();
        assertThat(tls.wantsOutput()).isFalse();

        appIn.clear().put("answer".getBytes(StandardCharsets.US_ASCII)).flip();
        client.takeSeen();
        assertThat(turn(tls, client.sends(applicationData("question"))))
                .isIn(StepResult.PROGRESSED, StepResult.NEED_INPUT);
        assertThat(appIn.hasRemaining()).isFalse();
        assertThat(new String(appOut.array(), 0, appOut.position(), StandardCharsets.US_ASCII))
                .isEqualTo("question");
        assertThat(client.takeSeen()).extracting(Seen::kind).containsExactly(Seen.Kind.APPLICATION_DATA);
    }

    /** What one selection round does: bytes in, a turn, bytes out. */
    private StepResult turn(TlsServerConnection tls, ScriptedClient client) throws TlsException {
        netIn.compact();
        client.takeRecords().forEach(netIn::put);
        netIn.flip();
        StepResult result = turn(tls);
        client.receives(Arrays.copyOf(netOut.array(), netOut.position()));
        netOut.clear();
        return result;
    }
}
