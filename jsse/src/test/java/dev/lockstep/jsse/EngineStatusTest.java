package dev.lockstep.jsse;

import static javax.net.ssl.SSLEngineResult.HandshakeStatus.FINISHED;
import static javax.net.ssl.SSLEngineResult.HandshakeStatus.NEED_UNWRAP;
import static javax.net.ssl.SSLEngineResult.HandshakeStatus.NEED_WRAP;
import static javax.net.ssl.SSLEngineResult.HandshakeStatus.NOT_HANDSHAKING;
import static javax.net.ssl.SSLEngineResult.Status.BUFFER_OVERFLOW;
import static javax.net.ssl.SSLEngineResult.Status.BUFFER_UNDERFLOW;
import static javax.net.ssl.SSLEngineResult.Status.CLOSED;
import static javax.net.ssl.SSLEngineResult.Status.OK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.SecretHunt;
import dev.lockstep.tls.TlsException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLProtocolException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every status of every call, with a key that answers immediately. */
class EngineStatusTest {

    static void assertResult(SSLEngineResult result, Status status, HandshakeStatus next) {
        assertThat(result.getStatus()).as(result.toString()).isEqualTo(status);
        assertThat(result.getHandshakeStatus()).as(result.toString()).isEqualTo(next);
    }

    @Test
    void aHandshake() throws Exception {
        EngineServer server = Engines.local(Engines.ECDSA);
        LockstepEngine engine = server.engine;
        assertThat(engine.getHandshakeStatus()).isEqualTo(NOT_HANDSHAKING);
        engine.beginHandshake();
        assertThat(engine.getHandshakeStatus()).isEqualTo(NEED_UNWRAP);
        assertResult(server.wraps(), OK, NEED_UNWRAP);
        assertResult(server.unwraps(), OK, NEED_WRAP);
        SSLEngineResult nothingYet = server.unwraps();
        assertResult(nothingYet, OK, NEED_WRAP);
        assertThat(nothingYet.bytesConsumed()).isZero();
        SSLEngineResult flight = server.wraps();
        assertResult(flight, OK, NEED_UNWRAP);
        assertThat(flight.bytesProduced()).isPositive();
        assertThat(engine.getSession().getCipherSuite()).isEqualTo("SSL_NULL_WITH_NULL_NULL");
        assertResult(server.unwraps(), OK, NEED_WRAP);
        assertResult(server.wraps(), OK, FINISHED);
        assertThat(engine.getHandshakeStatus()).isEqualTo(NOT_HANDSHAKING);
        assertThat(server.client.isFinished()).isTrue();
        assertThat(engine.getSession().getCipherSuite()).isEqualTo(Engines.ECDSA);
        assertThat(engine.getSession().getProtocol()).isEqualTo("TLSv1.2");
        assertResult(server.unwraps(), BUFFER_UNDERFLOW, NOT_HANDSHAKING);
        server.echoes("hello");
    }

    @Test
    void aMessageOutOfOrder() throws Exception {
        LockstepEngine engine = Engines.local(Engines.ECDSA).engine;
        ByteBuffer serverHello = ByteBuffer.wrap(new byte[] {22, 3, 1, 0, 5, 2, 0, 0, 1, 0});
        assertThatThrownBy(() -> engine.unwrap(serverHello, ByteBuffer.allocate(1 << 14)))
                .isInstanceOf(SSLProtocolException.class)
                .hasCauseInstanceOf(TlsException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.ECDSA, Engines.ECDHE_RSA, Engines.STATIC_RSA, Engines.CBC})
    void suites(String suite) throws Exception {
        EngineServer server = Engines.local(suite).runs();
        assertThat(server.isDone()).isTrue();
        server.echoes("a".repeat(100_000));
        assertThat(server.engine.getSession().getCipherSuite()).isEqualTo(suite);
    }

    @Test
    void nothingFits() throws Exception {
        EngineServer server = Engines.local(Engines.ECDSA);
        server.unwraps();
        SSLEngineResult crowded = server.engine.wrap(ByteBuffer.allocate(0), ByteBuffer.allocate(20));
        assertResult(crowded, BUFFER_OVERFLOW, NEED_WRAP);
        assertThat(crowded.bytesProduced()).isZero();
        server.runs();
        ByteBuffer data = ByteBuffer.wrap(new byte[100]);
        assertResult(server.engine.wrap(data, ByteBuffer.allocate(10)), BUFFER_OVERFLOW, NOT_HANDSHAKING);
        assertThat(data.remaining()).isEqualTo(100);
        server.client.sends(new byte[100]);
        byte[] record = server.client.takeRecords().get(0);
        ByteBuffer in = ByteBuffer.wrap(record);
        assertResult(server.engine.unwrap(in, ByteBuffer.allocate(99)), BUFFER_OVERFLOW, NOT_HANDSHAKING);
        assertThat(in.position()).isZero();
        ByteBuffer[] parts = {ByteBuffer.allocate(1), ByteBuffer.allocate(0), ByteBuffer.allocate(98)};
        assertResult(server.engine.unwrap(in, parts), BUFFER_OVERFLOW, NOT_HANDSHAKING);
        ByteBuffer[] enough = {ByteBuffer.allocate(1), ByteBuffer.allocate(0), ByteBuffer.allocate(99)};
        SSLEngineResult read = server.engine.unwrap(in, enough);
        assertResult(read, OK, NOT_HANDSHAKING);
        assertThat(read.bytesProduced()).isEqualTo(100);
        assertThat(enough[2].remaining()).isZero();
    }

    @Test
    void manySourcesFillWhatFits() throws Exception {
        EngineServer server = Engines.local(Engines.ECDSA).runs();
        ByteBuffer[] sources = new ByteBuffer[200];
        for (int i = 0; i < sources.length; i++) {
            sources[i] = ByteBuffer.wrap(new byte[1000]);
        }
        ByteBuffer out = ByteBuffer.allocate(20_000);
        SSLEngineResult result = server.engine.wrap(sources, out);
        assertResult(result, OK, NOT_HANDSHAKING);
        assertThat(result.bytesConsumed()).isGreaterThanOrEqualTo(16_384);
        assertThat(out.position()).isEqualTo(result.bytesProduced());
    }

    /** More than an int can count. */
    @Test
    void threeGibibytesOfSources() throws Exception {
        EngineServer server = Engines.local(Engines.ECDSA).runs();
        Path file = Files.createTempFile("lockstep", ".sparse");
        long size = 1L << 30;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1), size - 1);
            ByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, size);
            ByteBuffer[] sources = {mapped.duplicate(), mapped.duplicate(), mapped.duplicate()};
            ByteBuffer out = ByteBuffer.allocate(20_000);
            SSLEngineResult result = server.engine.wrap(sources, out);
            assertResult(result, OK, NOT_HANDSHAKING);
            assertThat(sources[0].position()).isPositive();
            assertThat(result.bytesConsumed()).isEqualTo(sources[0].position());
            assertThat(result.bytesProduced()).isEqualTo(out.position());
        } finally {
            Files.delete(file);
        }
    }

    /** A range of none takes nothing, and what several take is in no buffer of the engine any more. */
    @Test
    void nothingThatWasReadStaysInTheEngine() throws Exception {
        EngineServer server = Engines.local(Engines.ECDSA).runs();
        byte[] secret = "only the application's".getBytes(StandardCharsets.UTF_8);
        for (int room : new int[] {5, secret.length}) {
            server.client.sends(secret);
            ByteBuffer in = ByteBuffer.wrap(server.client.takeRecords().get(0));
            assertResult(server.engine.unwrap(in, new ByteBuffer[0]), BUFFER_OVERFLOW, NOT_HANDSHAKING);
            ByteBuffer[] parts = {ByteBuffer.allocate(room), ByteBuffer.allocate(secret.length)};
            SSLEngineResult read = server.engine.unwrap(in, parts);
            assertResult(read, OK, NOT_HANDSHAKING);
            assertThat(read.bytesProduced()).isEqualTo(secret.length);
            assertThat(parts[1].position()).isEqualTo(secret.length - room);
            SecretHunt.assertNoneIn(server.engine, List.of(secret));
        }
    }

    @Test
    void theClientCloses() throws Exception {
        EngineServer server = Engines.local(Engines.ECDSA).runs();
        server.client.engine().closeOutbound();
        ByteBuffer alert = ByteBuffer.allocate(20_000);
        assertThat(server.client.engine().wrap(ByteBuffer.allocate(0), alert).bytesProduced())
                .isPositive();
        SSLEngineResult closed = server.engine.unwrap(alert.flip(), ByteBuffer.allocate(100));
        assertResult(closed, CLOSED, NEED_WRAP);
        assertThat(server.engine.isInboundDone()).isTrue();
        assertThat(server.engine.isOutboundDone()).isFalse();
        SSLEngineResult answer = server.wraps();
        assertResult(answer, CLOSED, NOT_HANDSHAKING);
        assertThat(answer.bytesProduced()).isPositive();
        assertThat(server.engine.isOutboundDone()).isTrue();
        assertResult(server.wraps(), CLOSED, NOT_HANDSHAKING);
        assertResult(server.unwraps(), CLOSED, NOT_HANDSHAKING);
        assertThat(server.client.engine().isInboundDone()).isTrue();
        server.engine.closeInbound();
    }

    @Test
    void theServerClosesAndStillReads() throws Exception {
        EngineServer server = Engines.local(Engines.ECDSA).runs();
        server.client.sends("last words".getBytes(StandardCharsets.UTF_8));
        server.engine.closeOutbound();
        assertThat(server.engine.getHandshakeStatus()).isEqualTo(NEED_WRAP);
        SSLEngineResult closed = server.wraps();
        assertResult(closed, CLOSED, NEED_UNWRAP);
        assertThat(closed.bytesProduced()).isPositive();
        assertResult(server.wraps(), CLOSED, NEED_UNWRAP);
        assertResult(server.unwraps(), OK, NEED_UNWRAP);
        assertThat(server.received.toString(StandardCharsets.UTF_8)).isEqualTo("last words");
        SSLEngineResult answer = server.unwraps();
        assertResult(answer, CLOSED, NOT_HANDSHAKING);
        assertThat(server.engine.isInboundDone()).isTrue();
        assertThat(server.engine.isOutboundDone()).isTrue();
    }

    @Test
    void theTransportEnds() throws Exception {
        EngineServer server = Engines.local(Engines.ECDSA).runs();
        assertThatThrownBy(server.engine::closeInbound)
                .isInstanceOf(SSLException.class)
                .hasMessage("closing inbound before receiving peer's close_notify");
        assertThat(server.engine.isInboundDone()).isTrue();
        assertResult(server.wraps(), CLOSED, NOT_HANDSHAKING);
        assertThat(server.engine.isOutboundDone()).isTrue();
        server.engine.closeInbound();
    }

    @Test
    void closedBeforeItBegan() throws Exception {
        LockstepEngine engine = Engines.local(Engines.ECDSA).engine;
        engine.closeOutbound();
        assertThat(engine.isOutboundDone()).isTrue();
        assertResult(engine.wrap(ByteBuffer.allocate(0), ByteBuffer.allocate(100)), CLOSED, NOT_HANDSHAKING);
        assertThatThrownBy(engine::beginHandshake).isInstanceOf(SSLException.class);
        LockstepEngine other = Engines.local(Engines.ECDSA).engine;
        other.closeInbound();
        assertThat(other.isInboundDone()).isTrue();
    }

    @Test
    void closedInAHandshake() throws Exception {
        EngineServer server = Engines.local(Engines.ECDSA);
        server.unwraps();
        server.engine.closeOutbound();
        assertThat(server.engine.getHandshakeStatus()).isEqualTo(NEED_WRAP);
        SSLEngineResult closed = server.wraps();
        assertResult(closed, CLOSED, NOT_HANDSHAKING);
        assertThat(closed.bytesProduced()).as("user_canceled and close_notify").isEqualTo(14);
    }

    @Test
    void whatTheClientDoesWrongIsThrownOnceAndItsAlertFollows() throws Exception {
        EngineServer server = Engines.local(Engines.ECDSA);
        ByteBuffer noTls = ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertThatThrownBy(() -> server.engine.unwrap(noTls, ByteBuffer.allocate(100)))
                .isInstanceOf(SSLException.class)
                .hasCauseInstanceOf(dev.lockstep.tls.TlsException.class);
        assertThat(server.engine.isInboundDone()).isTrue();
        assertThat(server.engine.getHandshakeStatus()).isEqualTo(NEED_WRAP);
        ByteBuffer out = ByteBuffer.allocate(100);
        assertResult(server.engine.wrap(ByteBuffer.allocate(0), out), CLOSED, NOT_HANDSHAKING);
        assertThat(out.get(0)).isEqualTo((byte) 21);
        assertThat(server.engine.isOutboundDone()).isTrue();
        assertResult(server.engine.unwrap(noTls, ByteBuffer.allocate(100)), CLOSED, NOT_HANDSHAKING);
    }

    @Test
    void theClientsFatalAlertEndsIt() throws Exception {
        EngineServer server = Engines.local(Engines.ECDSA);
        server.unwraps();
        server.wraps();
        ByteBuffer alert = ByteBuffer.wrap(new byte[] {21, 3, 3, 0, 2, 2, 40});
        assertThatThrownBy(() -> server.engine.unwrap(alert, ByteBuffer.allocate(100)))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("handshake_failure");
        assertThat(server.engine.getHandshakeStatus()).isEqualTo(NOT_HANDSHAKING);
        assertResult(server.wraps(), CLOSED, NOT_HANDSHAKING);
    }

    @Test
    void wrongArguments() throws Exception {
        LockstepEngine engine = Engines.local(Engines.ECDSA).engine;
        ByteBuffer some = ByteBuffer.allocate(100);
        assertThatThrownBy(() -> engine.wrap((ByteBuffer) null, some)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> engine.wrap(some, null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> engine.unwrap(null, some)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> engine.unwrap(some, new ByteBuffer[] {null}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> engine.unwrap(some, new ByteBuffer[] {some}, 1, 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> engine.wrap(some, some.asReadOnlyBuffer()))
                .isInstanceOf(ReadOnlyBufferException.class);
        assertThatThrownBy(() -> engine.unwrap(some, some.asReadOnlyBuffer()))
                .isInstanceOf(ReadOnlyBufferException.class);
        assertThatThrownBy(() -> engine.setUseClientMode(true)).isInstanceOf(IllegalArgumentException.class);
        engine.setUseClientMode(false);
        assertThat(engine.getUseClientMode()).isFalse();
    }
}
