package org.example.echo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lockstep.nio.TlsLoop;
import dev.lockstep.testkit.JdkClient;
import dev.lockstep.testkit.certificate.TestAuthority;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

class EchoTest {

    @Test
    void theServerSendsBackWhatItReceives() throws Exception {
        KeyPair keys = TestAuthority.keyPair("EC", "secp256r1");
        X509Certificate certificate = TestAuthority.selfSignedServer(keys, Instant.now(), "localhost");
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        ServerSocketChannel listener = ServerSocketChannel.open().bind(address);
        TlsLoop loop = Echo.on(listener, certificate, keys.getPrivate());
        ExecutorService thread = Executors.newSingleThreadExecutor();
        Future<?> ended = thread.submit(() -> {
            loop.run();
            return null;
        });

        SSLContext trusting = JdkClient.contextThatTrusts(certificate);
        try (SSLSocket client = (SSLSocket) trusting.getSocketFactory()
                .createSocket(address.getAddress(), listener.socket().getLocalPort())) {
            client.setSoTimeout(30_000);
            client.setEnabledProtocols(new String[] {"TLSv1.2"});
            byte[] word = {1, 2, 3};
            client.getOutputStream().write(word);
            assertArrayEquals(word, client.getInputStream().readNBytes(word.length));
        }
        loop.close();
        ended.get(30, TimeUnit.SECONDS);
        thread.shutdown();
    }
}
