package org.example.echo;

import dev.lockstep.keys.FutureKey;
import dev.lockstep.keys.InMemoryKey;
import dev.lockstep.nio.Session;
import dev.lockstep.nio.TlsLoop;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** An echo server whose key answers on another thread. */
public final class Echo {

    private Echo() {}

    /** Returns a server that is not running yet. */
    public static TlsLoop on(ServerSocketChannel listener, X509Certificate certificate, PrivateKey key)
            throws IOException {
        InMemoryKey local = InMemoryKey.of(key, new SecureRandom());
        FutureKey elsewhere = FutureKey.builder()
                .signer(local.signatureSchemes(), request -> {
                    byte[] signature = local.sign(request);
                    return CompletableFuture.supplyAsync(() -> signature);
                })
                .build();
        TlsServerConfig config = TlsServerConfig.builder()
                .credential(Credential.external(List.of(certificate), elsewhere))
                .build();
        return TlsLoop.builder(listener, () -> config, () -> Session::send).build();
    }
}
