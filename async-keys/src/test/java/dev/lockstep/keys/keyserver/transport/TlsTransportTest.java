package dev.lockstep.keys.keyserver.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a peer can have a transport do in one call, and how often. */
@Timeout(60)
class TlsTransportTest {

    private static final int MOST_AT_ONCE = 16;
    private static final int MOST_IN_HANDSHAKE = 256;
    private static final int MOST_AFTER_CONTENT = 32;

    @TempDir
    Path directory;

    private ServerSocketChannel listener;
    private SocketChannel peer;
    private ScriptedEngine engine;
    private TlsTransport transport;

    @BeforeEach
    void connect() throws Exception {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("s"));
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
        peer = SocketChannel.open(address);
        peer.configureBlocking(false);
        use(HandshakeStatus.NOT_HANDSHAKING);
    }

    private void use(HandshakeStatus status) throws Exception {
        SSLSession sizes = SSLContext.getDefault().createSSLEngine().getSession();
        engine = new ScriptedEngine(sizes, status);
        SocketChannel channel = listener.accept();
        channel.configureBlocking(false);
        transport = new TlsTransport(channel, engine);
    }

    @AfterEach
    void close() throws IOException {
        close(transport, peer);
        listener.close();
    }

    private static void close(TlsTransport transport, SocketChannel peer) throws IOException {
        transport.close();
        peer.close();
    }

    /** Sends so many records, or as many as the socket takes; with content or without. */
    private void send(int records, boolean content) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(records * ScriptedEngine.RECORD);
        for (int i = 0; i < records; i++) {
            bytes.put(i * ScriptedEngine.RECORD, (byte) (content ? 1 : 0));
        }
        int sent = 1;
        while (bytes.hasRemaining() && sent > 0) {
            sent = peer.write(bytes);
        }
    }

    private int read() throws IOException {
        return transport.read(ByteBuffer.allocate(100));
    }

    @ParameterizedTest
    @EnumSource(names = {"NOT_HANDSHAKING", "NEED_UNWRAP"})
    void aCallOpensFewRecordsWithoutContentAndSaysThatThereAreMore(HandshakeStatus status) throws Exception {
        close(transport, peer);
        peer = SocketChannel.open(listener.getLocalAddress());
        peer.configureBlocking(false);
        use(status);
        send(20_000, false);
        for (int calls = 1; calls <= 3; calls++) {
            assertThat(read()).isZero();
            assertThat(engine.records).isBetween(calls, calls * MOST_AT_ONCE);
            assertThat(transport.holdsInput()).isTrue();
        }
        int before = engine.records;
        assertThat(transport.write(ByteBuffer.allocate(0))).isZero();
        assertThat(engine.records - before).isLessThanOrEqualTo(MOST_AT_ONCE);
    }

    @Test
    void aRecordInPiecesIsOpenedWhenItIsWhole() throws Exception {
        peer.write(ByteBuffer.allocate(ScriptedEngine.RECORD - 1));
        assertThat(read()).isZero();
        assertThat(engine.records).isZero();
        assertThat(transport.holdsInput())
                .as("the selector tells of the rest of the record")
                .isFalse();
        peer.write(ByteBuffer.allocate(1));
        assertThat(read()).isZero();
        assertThat(engine.records).isOne();
        assertThat(transport.holdsInput()).isFalse();
    }

    private void readUntilNothingIsHeld() throws IOException {
        do {
            assertThat(read()).isNotNegative();
        } while (transport.holdsInput());
    }

    @Test
    void aHandshakeHasABoundedNumberOfRecords() throws Exception {
        send(MOST_IN_HANDSHAKE, false);
        readUntilNothingIsHeld();
        assertThat(engine.records).isEqualTo(MOST_IN_HANDSHAKE);
        send(1, false);
        assertThatThrownBy(this::read)
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("more than 256 TLS records in a row without content");
    }

    @Test
    void recordsWithoutContentBetweenOthersAreBorneAndTooManyInARowAreNot() throws Exception {
        for (int i = 0; i < 20; i++) {
            send(1, true);
            send(MOST_AFTER_CONTENT, false);
            readUntilNothingIsHeld();
        }
        assertThat(engine.records).isEqualTo(20 * (1 + MOST_AFTER_CONTENT));
        send(20_000, false);
        assertThatThrownBy(this::readUntilNothingIsHeld)
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("more than 32 TLS records in a row without content");
        assertThat(engine.records).isEqualTo(20 * (1 + MOST_AFTER_CONTENT) + 1);
    }

    @Test
    void contentIsDeliveredInOrderAndTheEndIsSeen() throws Exception {
        send(40, true);
        peer.shutdownOutput();
        ByteBuffer all = ByteBuffer.allocate(100);
        int read;
        do {
            read = transport.read(all);
        } while (read >= 0);
        assertThat(all.position()).isEqualTo(40);
    }
}
