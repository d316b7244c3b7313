package dev.lockstep.nio;

import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.SecretHunt;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordedOperation;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.client.Seen;
import dev.lockstep.testkit.util.FakeClock;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.config.Bounds;
import dev.lockstep.tls.config.ConnectionOptions;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.RenegotiationPolicy.LegacyClients;
import dev.lockstep.tls.config.TlsServerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One channel over a real socket. */
@Timeout(60)
class TlsChannelTest {

    private static String between(String text, String begin, String end) {
        int from = text.indexOf(begin) + begin.length();
        return text.substring(from, text.indexOf(end, from));
    }

    @Test
    void theTurnInTheJavadocIsTheOneThatRuns() throws Exception {
        String shown = between(
                Files.readString(Path.of("src/main/java/dev/lockstep/nio/TlsChannel.java")),
                "<pre>{@code\n",
                " * }</pre>");
        String runs = between(
                Files.readString(Path.of("src/test/java/dev/lockstep/nio/UsageLoop.java")),
                "// the Javadoc begins\n",
                "    // the Javadoc ends");

        assertThat(shown.replaceAll("(?m)^ \\* ?", "").strip())
                .isEqualTo(runs.stripTrailing().stripIndent().strip());
        assertThat(runs.lines()).hasSizeLessThanOrEqualTo(20);
    }

    @Test
    void theTurnInTheJavadocServesAClientWithASlowKey() throws Exception {
        byte[] much = new byte[1 << 20];
        new Random(1).nextBytes(much);
        RecordingKey key = Localhost.heldKey();
        TlsServerConfig config =
                TlsServerConfig.builder().credential(key.credential()).build();
        try (ServerSocketChannel listener =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            CompletableFuture<Object> server = ChannelPair.async(() -> {
                new UsageLoop().serve(listener.accept(), config);
                return true;
            });
            try (SSLSocket client = Localhost.client(listener.socket().getLocalPort())) {
                CompletableFuture<Object> writing = ChannelPair.async(() -> {
                    client.getOutputStream().write(much);
                    return true;
                });
                key.takePending().complete();
                assertThat(client.getInputStream().readNBytes(much.length)).isEqualTo(much);
                writing.get(30, TimeUnit.SECONDS);
            }
            server.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void aRecordCanBeReadInPieces() throws Exception {
        try (ChannelPair pair = new ChannelPair(Limits.DEFAULT, config -> config)) {
            SSLSocket client = pair.established();
            byte[] sent = new byte[10_000];
            new Random(2).nextBytes(sent);
            client.getOutputStream().write(sent);
            ByteBuffer received = ByteBuffer.allocate(sent.length);
            pair.drive(() -> {
                ByteBuffer piece = ByteBuffer.allocate(7);
                while (pair.tls.read(piece) > 0) { // the interest is told once there is nothing left
                    received.put(piece.flip());
                    piece.clear();
                }
                return !received.hasRemaining();
            });
            assertThat(received.array()).isEqualTo(sent);
            assertThat(pair.tls.read(ByteBuffer.allocate(0))).isZero();
        }
    }

    @Test
    void smallSourcesShareARecord() throws Exception {
        try (ChannelPair pair = new ChannelPair(Limits.DEFAULT, config -> config)) {
            SSLSocket client = pair.established();
            ByteBuffer[] srcs = new ByteBuffer[100];
            for (int i = 0; i < srcs.length; i++) {
                srcs[i] = ByteBuffer.wrap(new byte[] {(byte) i, 1, 2});
            }
            assertThat(pair.tls.write(srcs)).isEqualTo(300);

            byte[] into = new byte[1000];
            assertThat(client.getInputStream().read(into)).isEqualTo(300); // one read gives at most one record
            assertThat(into[3 * 99]).isEqualTo((byte) 99);
        }
    }

    @Test
    void aStreamThatEndsWithoutCloseNotifyIsTruncated() throws Exception {
        try (ChannelPair pair = new ChannelPair(Limits.DEFAULT, config -> config)) {
            pair.established().getOutputStream().write(5);
            pair.tcp.shutdownOutput();
            ByteBuffer data = ByteBuffer.allocate(10);

            pair.drive(() -> pair.tls.read(data) > 0);
            assertThatThrownBy(() -> pair.drive(() -> pair.tls.read(data) != 0)).isInstanceOf(TruncatedException.class);
            assertThat(data.position()).isEqualTo(1); // what came before is delivered
            assertThatThrownBy(() -> pair.tls.read(data)).isInstanceOf(TruncatedException.class);
            pair.drive(pair.tls::close);
            assertThat(pair.tls.state()).isEqualTo(ChannelState.CLOSED);
            assertThat(pair.tls.deadlineNanos()).isEmpty();
        }
    }

    /** The server closes with close_notify, but what it has read is not all that the client wants to send. */
    @Test
    void aKeyThatIsUsedUpIsAFailureAndNotTheEndOfTheStream() throws Exception {
        try (ChannelPair pair =
                new ChannelPair(Limits.DEFAULT, config -> config.bounds(Bounds.DEFAULT.withMaxRecordsPerKey(16)))) {
            SSLSocket client = pair.established();
            ChannelPair.async(() -> {
                client.getOutputStream().write(new byte[20 << 14]);
                return true;
            });
            ByteBuffer data = ByteBuffer.allocate(1 << 14);

            assertThatThrownBy(() -> pair.drive(() -> readsToTheEnd(pair.tls, data)))
                    .isInstanceOf(TlsException.class)
                    .hasMessageContaining("a key is used up");
            assertThatThrownBy(() -> pair.tls.read(data)).isInstanceOf(TlsException.class);
        }
    }

    private static boolean readsToTheEnd(TlsChannel tls, ByteBuffer data) throws IOException {
        int read;
        do {
            read = tls.read(data.clear());
        } while (read > 0);
        return read < 0;
    }

    @Test
    void closeNotifyEndsTheStreamAndEachSideItsOwn() throws Exception {
        try (ChannelPair pair = new ChannelPair(Limits.DEFAULT, config -> config)) {
            SSLSocket client = pair.established();
            pair.drive(pair.tls::shutdownOutput);
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            assertThat(pair.tls.state()).isEqualTo(ChannelState.HALF_CLOSED);
            assertThatThrownBy(() -> pair.tls.write(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);

            client.shutdownOutput();
            ByteBuffer data = ByteBuffer.allocate(10);
            pair.drive(() -> pair.tls.read(data) < 0);
            assertThat(pair.tls.state()).isEqualTo(ChannelState.ENDED);
            pair.tcp.close();
            pair.drive(pair.tls::close);
        }
    }

    @Test
    void theTimeForAClientHelloIsNotProlongedByPiecesOfIt() throws Exception {
        FakeClock clock = new FakeClock();
        try (ChannelPair pair =
                new ChannelPair(Limits.DEFAULT.withHello(Duration.ofSeconds(10)), config -> config.clock(clock))) {
            long deadline = pair.tls.deadlineNanos().orElseThrow();
            assertThat(deadline - clock.getAsLong())
                    .isEqualTo(Duration.ofSeconds(10).toNanos());
            clock.advance(Duration.ofSeconds(9));
            pair.tcp
                    .getOutputStream()
                    .write(new byte[] {22, 3, 1, 0, 4, 1, 0, 4, 0}); // a whole record, and not a whole hello
            assertThat(pair.tls.handshake()).isFalse();
            assertThat(pair.tls.deadlineNanos()).hasValue(deadline);

            clock.advance(Duration.ofSeconds(1));
            assertThatThrownBy(pair.tls::onDeadline)
                    .isInstanceOf(SocketTimeoutException.class)
                    .hasMessage("no complete ClientHello in time");
            assertThat(pair.tls.close()).isFalse();
            assertThat(pair.tcp.getInputStream().readAllBytes()).endsWith(1, 0); // close_notify, then the end
            clock.advance(Limits.DEFAULT.farewell());
            pair.tls.onDeadline();
            assertThat(pair.tls.isOpen()).isFalse();
        }
    }

    @Test
    void idleTimeRunsFromTheLastWholeRecord() throws Exception {
        FakeClock clock = new FakeClock();
        try (ChannelPair pair = new ChannelPair(Limits.DEFAULT, config -> config.clock(clock))) {
            SSLSocket client = pair.established();
            ByteBuffer data = ByteBuffer.allocate(10);
            clock.advance(Duration.ofMinutes(4));
            client.getOutputStream().write(1);
            pair.drive(() -> pair.tls.read(data) > 0);
            long deadline = pair.tls.deadlineNanos().orElseThrow();
            assertThat(deadline - clock.getAsLong())
                    .isEqualTo(Limits.DEFAULT.idle().toNanos());

            clock.advance(Duration.ofMinutes(4));
            pair.tcp.getOutputStream().write(new byte[] {23, 3, 3, 0, 50}); // the beginning of a record
            assertThat(pair.tls.read(data)).isZero();
            assertThat(pair.tls.deadlineNanos()).hasValue(deadline);
            clock.advance(Duration.ofMinutes(1));
            assertThatThrownBy(() -> pair.tls.read(data)).hasMessage("silent for too long"); // a read checks it too
        }
    }

    @Test
    void aDeadlineReachesAClientThatNeitherReadsNorContinuesItsHandshake() throws Exception {
        FakeClock clock = new FakeClock();
        RenegotiationPolicy allowed =
                new RenegotiationPolicy(true, false, LegacyClients.SERVE_ONCE, false, 10, Duration.ZERO);
        try (ChannelPair pair = new ChannelPair(
                Limits.DEFAULT,
                config -> config.clock(clock).renegotiation(allowed).handshakeTimeout(Duration.ofSeconds(20)))) {
            SSLSocket client = pair.established();
            ByteBuffer much = ByteBuffer.allocate(64 << 20);
            while (pair.tls.write(much) > 0) {
                // until the socket takes no more, and a record waits
            }
            assertThat(pair.tls.interest() & TlsChannel.WRITE).isNotZero();
            client.startHandshake(); // a ClientHello; the client reads nothing
            ByteBuffer data = ByteBuffer.allocate(10);
            pair.drive(() -> {
                pair.tls.read(data);
                return pair.tls.deadlineNanos().orElseThrow() - clock.getAsLong()
                        <= Duration.ofSeconds(20).toNanos();
            });
            clock.advance(Duration.ofSeconds(20));

            assertThatThrownBy(pair.tls::onDeadline).isInstanceOf(IOException.class);
            pair.tls.close();
            clock.advance(Limits.DEFAULT.farewell());
            assertThat(pair.tls.close()).isTrue();
        }
    }

    /** HelloRequest is sent although a part of the last record has not been read. */
    private static final Duration IDLE = Duration.ofSeconds(5);

    @Test
    void aClientThatWaitsForASlowKeyIsNotIdle() throws Exception {
        FakeClock clock = new FakeClock();
        try (ChannelPair pair = new ChannelPair(Limits.DEFAULT.withIdle(IDLE), config -> config.clock(clock)
                .renegotiation(RenegotiationPolicy.ALLOWED.withMinInterval(Duration.ZERO)))) {
            SSLSocket client = pair.established();
            pair.key.signs(KeyScript.manual());
            client.getSession().invalidate(); // a resumed one needs no key
            client.startHandshake(); // a ClientHello
            ByteBuffer data = ByteBuffer.allocate(10);
            pair.drive(() -> pair.tls.read(data) == 0 && pair.tls.suspension() != null);
            RecordedOperation signature = pair.key.takePending();
            clock.advance(IDLE);
            pair.tls.onDeadline();
            assertThat(pair.tls.state()).isEqualTo(ChannelState.OPEN);

            CompletableFuture<Object> reading =
                    ChannelPair.async(() -> client.getInputStream().read());
            pair.drive(() -> {
                assertThat(pair.tls.read(data)).isZero();
                if (pair.tls.suspension() != null) {
                    signature.complete();
                }
                return pair.tls.handshakes() == 2;
            });
            clock.advance(IDLE);
            assertThatThrownBy(pair.tls::onDeadline)
                    .isInstanceOf(SocketTimeoutException.class)
                    .hasMessage("silent for too long");
            pair.tls.close();
            assertThat(reading.get(30, TimeUnit.SECONDS)).isEqualTo(-1);
        }
    }

    @Test
    void aSlowKeyHasItsOwnLimitWhereIdleTimeIsShorter() throws Exception {
        FakeClock clock = new FakeClock();
        Duration forTheKey = IDLE.plusSeconds(3);
        try (ChannelPair pair = new ChannelPair(
                Limits.DEFAULT.withIdle(IDLE), config -> config.clock(clock).keyOperationTimeout(forTheKey))) {
            pair.key.signs(KeyScript.manual());
            SSLSocket client = pair.client();
            CompletableFuture<Object> handshake = ChannelPair.async(() -> {
                client.startHandshake();
                return true;
            });
            pair.drive(() -> !pair.tls.handshake() && pair.tls.suspension() != null);
            assertThat(pair.tls.deadlineNanos().orElseThrow() - clock.getAsLong())
                    .isEqualTo(forTheKey.toNanos());
            clock.advance(IDLE);
            pair.tls.onDeadline();
            clock.advance(forTheKey.minus(IDLE));
            assertThatThrownBy(pair.tls::onDeadline)
                    .isInstanceOf(TlsException.class)
                    .hasMessageContaining("SIGN failed");
            pair.tls.close();
            assertThatThrownBy(() -> handshake.get(30, TimeUnit.SECONDS)).hasMessageContaining("internal_error");
            clock.advance(Limits.DEFAULT.farewell());
            assertThat(pair.tls.close()).isTrue();
        }
    }

    @Test
    void aRequestForAnotherHandshakeDoesNotWaitForTheReader() throws Exception {
        try (ChannelPair pair = new ChannelPair(
                Limits.DEFAULT,
                config -> config.renegotiation(RenegotiationPolicy.ALLOWED.withMinInterval(Duration.ZERO)))) {
            SSLSocket client = pair.established();
            client.getOutputStream().write(new byte[1 << 14]);
            ByteBuffer half = ByteBuffer.allocate(1 << 13);
            pair.drive(() -> pair.tls.read(half) > 0);
            long sent = pair.tls.bytesSent();
            assertThat(pair.tls.renegotiate(ConnectionOptions.NONE)).isTrue();
            assertThat(pair.tls.flush()).isTrue();
            assertThat(pair.tls.bytesSent()).isGreaterThan(sent);
        }
    }

    /** No record follows an abort, so that no key is needed any more. */
    @Test
    void noSecretIsLeftAfterAnAbort() throws Exception {
        try (ChannelPair pair = new ChannelPair(Limits.DEFAULT, config -> config)) {
            ScriptedPeer peer = new ScriptedPeer(pair.tcp);
            peer.says(clientHello());
            pair.drive(() -> !pair.tls.handshake() && pair.tls.bytesSent() > 0);
            peer.hears(Seen.Kind.SERVER_HELLO_DONE);
            peer.says(clientKeyExchange(), changeCipherSpec(), finished());
            pair.drive(pair.tls::handshake);
            assertThatThrownBy(() -> SecretHunt.assertNoneIn(pair.tls, peer.client.secrets()))
                    .hasMessageContaining("a secret is left in");
            pair.tls.abort();
            SecretHunt.assertNoneIn(pair.tls, peer.client.secrets());
        }
    }

    private interface Call {
        void on(TlsChannel tls) throws IOException;
    }

    /** An application that does not read now may call these when it is woken. */
    @Test
    void theAnswerInARenegotiationIsFetchedWithoutARead() throws Exception {
        for (Call call : List.<Call>of(TlsChannel::flush, TlsChannel::onDeadline)) {
            try (ChannelPair pair = new ChannelPair(
                    Limits.DEFAULT,
                    config -> config.renegotiation(RenegotiationPolicy.ALLOWED.withMinInterval(Duration.ZERO)))) {
                SSLSocket client = pair.established();
                pair.key.signs(KeyScript.manual());
                client.getSession().invalidate();
                client.startHandshake(); // a ClientHello
                ByteBuffer data = ByteBuffer.allocate(10);
                pair.drive(() -> pair.tls.read(data) == 0 && pair.tls.suspension() != null);
                call.on(pair.tls);
                assertThat(pair.tls.suspension()).isNotNull();
                long sent = pair.tls.bytesSent();
                pair.key.takePending().complete();
                call.on(pair.tls);
                assertThat(pair.tls.suspension()).isNull();
                assertThat(pair.tls.bytesSent()).isGreaterThan(sent);
            }
        }
    }

    /** An application that has stopped reading would be called again and again. */
    @Test
    void anEarlyDeadlineAsksForNoMoreInput() throws Exception {
        try (ChannelPair pair = new ChannelPair(Limits.DEFAULT, config -> config)) {
            SSLSocket client = pair.established();
            client.getOutputStream().write(1);
            ByteBuffer data = ByteBuffer.allocate(10);
            pair.drive(() -> pair.tls.read(data) > 0);
            assertThat(pair.tls.interest()).isZero();
            pair.tls.onDeadline();
            assertThat(pair.tls.interest()).isZero();
            assertThat(pair.tls.read(data)).isZero();
            assertThat(pair.tls.interest()).isEqualTo(TlsChannel.READ);
            pair.tls.onDeadline();
            assertThat(pair.tls.interest()).isEqualTo(TlsChannel.READ);
        }
    }

    @Test
    void abortCancelsWhatIsPendingAndALateAnswerHasNoEffect() throws Exception {
        try (ChannelPair pair = new ChannelPair(Limits.DEFAULT, config -> config)) {
            pair.key.signs(KeyScript.manual());
            SSLSocket client = pair.client();
            CompletableFuture<Object> handshake = ChannelPair.async(() -> {
                client.startHandshake();
                return true;
            });
            pair.drive(() -> !pair.tls.handshake() && pair.tls.suspension() != null);
            assertThat(pair.tls.interest() & TlsChannel.WAKE).isNotZero();
            RecordedOperation signature = pair.key.takePending();
            pair.tls.abort();

            signature.awaitCancel();
            signature.complete();
            assertThat(pair.tls.interest()).isZero();
            assertThat(pair.tls.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            assertThatThrownBy(() -> handshake.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
        }
    }
}
