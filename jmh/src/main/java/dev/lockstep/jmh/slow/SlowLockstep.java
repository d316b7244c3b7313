package dev.lockstep.jmh.slow;

import dev.lockstep.jmh.engine.LockstepEngine;
import dev.lockstep.jmh.engine.Providers;
import dev.lockstep.jmh.engine.ServerIdentity;
import dev.lockstep.keys.BlockingKey;
import dev.lockstep.keys.DelayedKey;
import dev.lockstep.keys.Discard;
import dev.lockstep.keys.ExecutorAsk;
import dev.lockstep.keys.FutureKey;
import dev.lockstep.keys.InMemoryKey;
import dev.lockstep.keys.WorkerPools;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.KeyAgreementRequest;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.provider.CryptoProviders;
import dev.lockstep.tls.spec.NamedGroup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Lockstep: a suspended handshake is an object, and no thread knows of it. */
final class SlowLockstep implements SlowServer {
    private static final int MOST_AGREEMENTS = 1 << 14;

    private final List<ExecutorService> pools;
    private final TlsServerConfig config;

    private SlowLockstep(List<ExecutorService> pools, TlsServerConfig config) {
        this.pools = pools;
        this.config = config;
    }

    /** With a configuration whose key works elsewhere. */
    static SlowLockstep of(TlsServerConfig config) {
        return new SlowLockstep(List.of(), config);
    }

    static SlowLockstep of(SlowKind kind, ServerIdentity identity) {
        ScheduledExecutorService signers = WorkerPools.scheduler(SlowKind.SIGNERS);
        CryptoProviders providers = kind == SlowKind.LOCKSTEP_BOTH
                ? CryptoProviders.of(Providers.conscrypt(), Providers.accp())
                : CryptoProviders.NONE;
        BlockingKey key = new DistantKey(InMemoryKey.of(identity.key(), new SecureRandom(), providers));
        ExternalPrivateKey slow = kind == SlowKind.LOCKSTEP_IN_CONNECTION
                ? FutureKey.builder()
                        .signer(key.signatureSchemes(), request -> later(signers, key, request))
                        .build()
                : DelayedKey.of(key, Duration.ofMillis(SlowKind.KEY_MILLIS), signers);
        TlsServerConfigBuilder builder = LockstepEngine.builder(SlowKeyBenchmark.SCENARIO, providers)
                .credential(Credential.external(List.of(identity.certificate()), slow));
        if (kind != SlowKind.LOCKSTEP_POOL) {
            return new SlowLockstep(List.of(signers), builder.build());
        }
        ThreadPoolExecutor pool = WorkerPools.boundedPool(SlowKind.SIGNERS, MOST_AGREEMENTS);
        builder.keyAgreements(ExecutorAsk.of(KeyAgreementRequest::agree, Discard::bytes, pool), NamedGroup.X25519);
        return new SlowLockstep(List.of(signers, pool), builder.build());
    }

    private static CompletableFuture<byte[]> later(
            ScheduledExecutorService signers, BlockingKey key, SignRequest request) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        signers.schedule(
                () -> {
                    try {
                        answer.complete(key.sign(request));
                    } catch (Exception e) {
                        answer.completeExceptionally(e);
                    }
                },
                SlowKind.KEY_MILLIS,
                TimeUnit.MILLISECONDS);
        return answer;
    }

    @Override
    public Session accept(Runnable wake) {
        TlsServerConnection connection = TlsServerConnection.create(config, waiting -> wake.run());
        return (in, out) -> step(connection, in, out);
    }

    private static Turn step(TlsServerConnection connection, ByteBuffer in, ByteBuffer out) throws IOException {
        StepResult result;
        do {
            result = connection.step(in, out);
        } while (result == StepResult.PROGRESSED);
        if (result == StepResult.ASYNC_IN_PROGRESS) {
            return Turn.WAITS;
        }
        return connection.isEstablished() ? Turn.ESTABLISHED : Turn.MORE;
    }

    @Override
    public void close() {
        pools.forEach(ExecutorService::shutdownNow);
    }
}
