package dev.lockstep.examples;

import dev.lockstep.keys.FutureKey;
import dev.lockstep.keys.InMemoryKey;
import dev.lockstep.nio.Session;
import dev.lockstep.nio.TlsLoop;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** An echo server on one thread whose key takes its time, as a key in a cloud or in a token does. */
public final class EchoServer {

    private EchoServer() {}

    /** Serves on a port of this machine: {@code EchoServer PORT KEYSTORE.p12 PASSWORD ALIAS MILLISECONDS}. */
    public static void main(String[] args) throws Exception {
        char[] password = args[2].toCharArray();
        KeyStore store = KeyStore.getInstance(new File(args[1]), password);
        List<X509Certificate> chain = Arrays.stream(store.getCertificateChain(args[3]))
                .map(X509Certificate.class::cast)
                .toList();
        PrivateKey key = (PrivateKey) store.getKey(args[3], password);
        ServerSocketChannel listener =
                ServerSocketChannel.open().bind(new InetSocketAddress("localhost", Integer.parseInt(args[0])));
        try (TlsLoop loop = loop(listener, chain, slow(key, Long.parseLong(args[4])))) {
            loop.run();
        }
    }

    /** Returns a server that is not running yet. Each record is sent back as it came. */
    static TlsLoop loop(ServerSocketChannel listener, List<X509Certificate> chain, FutureKey key) throws IOException {
        TlsServerConfig config = TlsServerConfig.builder()
                .credential(Credential.external(chain, key))
                .build();
        return TlsLoop.builder(listener, () -> config, () -> Session::send).build();
    }

    /** Returns a key that answers after a delay, on another thread. The signature stands for the answer of a service. */
    static FutureKey slow(PrivateKey key, long millis) {
        InMemoryKey local = InMemoryKey.of(key, new SecureRandom());
        Executor later = CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS);
        return FutureKey.builder()
                .signer(local.signatureSchemes(), request -> {
                    byte[] signature = local.sign(request);
                    return CompletableFuture.supplyAsync(() -> signature, later);
                })
                .build();
    }
}
