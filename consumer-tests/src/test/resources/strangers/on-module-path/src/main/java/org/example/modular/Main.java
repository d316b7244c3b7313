package org.example.modular;

import dev.lockstep.jsse.LockstepProvider;
import dev.lockstep.keys.FutureKey;
import dev.lockstep.keys.InMemoryKey;
import dev.lockstep.netty.LockstepHandler;
import dev.lockstep.nio.TlsChannel;
import dev.lockstep.testkit.JdkConversation;
import dev.lockstep.testkit.certificate.TestAuthority;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** A handshake in memory, with the JDK's client, from within a module. */
public final class Main {

    private Main() {}

    /** Prints the modules that served, and what became of the handshake. */
    public static void main(String[] args) throws Exception {
        KeyPair keys = TestAuthority.keyPair("EC", "secp256r1");
        X509Certificate certificate = TestAuthority.selfSignedServer(keys, Instant.now(), "localhost");
        InMemoryKey local = InMemoryKey.of(keys.getPrivate(), new SecureRandom());
        FutureKey elsewhere = FutureKey.builder()
                .signer(local.signatureSchemes(), request -> {
                    byte[] signature = local.sign(request);
                    return CompletableFuture.supplyAsync(() -> signature);
                })
                .build();
        TlsServerConfig config = TlsServerConfig.builder()
                .credential(Credential.external(List.of(certificate), elsewhere))
                .build();
        JdkConversation conversation =
                JdkConversation.of(config, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256").run();

        Stream.of(
                        TlsServerConfig.class,
                        FutureKey.class,
                        TlsChannel.class,
                        LockstepProvider.class,
                        LockstepHandler.class,
                        JdkConversation.class)
                .forEach(type -> System.out.println(type.getModule()));
        System.out.println("echoed: " + conversation.echoed());
    }
}
