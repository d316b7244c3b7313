package dev.lockstep.keys.keyserver.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.SecretHunt;
import dev.lockstep.testkit.certificate.TestIdentity;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a transport leaves behind when what it carried was read, and when it ends early. */
@Timeout(60)
class TlsTransportEndsTest {

    @TempDir
    Path directory;

    private static SSLContext context() throws Exception {
        TestIdentity own = TestIdentity.P256;
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", own.privateKey(), new char[0], new X509Certificate[] {own.certificate()});
        store.setCertificateEntry("ca", TestIdentity.CA.certificate());
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static TlsTransport over(SocketChannel channel, SSLContext context, boolean client) throws IOException {
        channel.configureBlocking(false);
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(client);
        return new TlsTransport(channel, engine);
    }

    /** The JDK decrypts a record in the buffer that has it. */
    @Test
    void whatWasReadIsNotInItsBuffersAnyMore() throws Exception {
        byte[] secret = new byte[48];
        new SecureRandom().nextBytes(secret);
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("s"));
        SSLContext context = context();
        try (ServerSocketChannel listener =
                ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address)) {
            TlsTransport client = over(SocketChannel.open(address), context, true);
            TlsTransport server = over(listener.accept(), context, false);
            ByteBuffer sent = ByteBuffer.wrap(secret.clone());
            ByteBuffer read = ByteBuffer.allocate(secret.length);
            while (read.hasRemaining()) {
                assertThat(server.read(ByteBuffer.allocate(10))).isZero();
                assertThat(server.write(sent)).isNotNegative();
                assertThat(client.read(read)).isNotNegative();
                assertThat(client.write(ByteBuffer.allocate(0))).isZero();
            }
            assertThat(read.array()).isEqualTo(secret);
            SecretHunt.assertNoneIn(client, List.of(secret));
            client.close();
            server.close();
        }
    }

    /** As after the time that a connection may take; a channel that is not connected does not even throw an IOException. */
    @Test
    void oneThatIsNotConnectedYetCloses() throws Exception {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        TlsTransport transport = over(channel, context(), true);
        transport.close();
        assertThat(channel.isOpen()).isFalse();
    }
}
