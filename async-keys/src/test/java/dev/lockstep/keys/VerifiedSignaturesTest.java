package dev.lockstep.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.keys.compose.ObservedKey;
import dev.lockstep.testkit.JdkConversation;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.key.SignatureCheck;
import dev.lockstep.tls.key.SignatureVerification;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.Progress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Where the bridges have signatures verified, and that wrong ones end there or at the connection. */
@Timeout(60)
class VerifiedSignaturesTest {

    private static final ThreadPoolExecutor POOL = WorkerPools.boundedPool(2, 16);
    private static final ScheduledExecutorService SCHEDULER = WorkerPools.scheduler(1);

    enum Bridge {
        INLINE(InlineKey::of, false),
        EXECUTOR(key -> ExecutorKey.of(key, POOL), true),
        DELAYED(key -> DelayedKey.of(key, Duration.ofMillis(1), SCHEDULER), true),
        OBSERVED(key -> ObservedKey.onPool(key, POOL, operation -> {}, System::nanoTime), true),
        FUTURE(Bridge::future, false);

        private final Function<BlockingKey, ExternalPrivateKey> bridge;
        private final boolean verifies;

        Bridge(Function<BlockingKey, ExternalPrivateKey> bridge, boolean verifies) {
            this.bridge = bridge;
            this.verifies = verifies;
        }

        private static ExternalPrivateKey future(BlockingKey key) {
            return FutureKey.builder()
                    .signer(
                            key.signatureSchemes(),
                            request -> CompletableFuture.supplyAsync(() -> {
                                try {
                                    return key.sign(request);
                                } catch (Exception e) { // boundary: a supplier throws nothing checked
                                    throw new IllegalStateException(e);
                                }
                            }))
                    .build();
        }
    }

    /** A key whose signatures have one bit changed, as by a fault. */
    private record Faulty(BlockingKey key) implements BlockingKey {

        @Override
        public Set<SignatureScheme> signatureSchemes() {
            return key.signatureSchemes();
        }

        @Override
        public boolean canDecrypt() {
            return false;
        }

        @Override
        public byte[] sign(SignRequest request) throws Exception {
            byte[] signature = key.sign(request);
            signature[signature.length - 1] ^= 1;
            return signature;
        }

        @Override
        public byte[] decrypt(DecryptRequest request) {
            throw new UnsupportedOperationException();
        }
    }

    @AfterAll
    static void stop() {
        POOL.shutdownNow();
        SCHEDULER.shutdownNow();
    }

    private static JdkConversation talk(TestIdentity identity, ExternalPrivateKey key, SignatureVerification how)
            throws Exception {
        TlsServerConfig config = TestServers.live(Credential.external(identity.chain(), key)).toBuilder()
                .signatureVerification(how)
                .build();
        String suite =
                identity.isRsa() ? "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" : "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
        return JdkConversation.of(config, suite).run();
    }

    static Stream<Arguments> everyBridge() {
        List<Arguments> all = new ArrayList<>();
        for (Bridge bridge : Bridge.values()) {
            for (TestIdentity identity : List.of(TestIdentity.RSA_2048, TestIdentity.P256)) {
                for (SignatureVerification how : List.of(
                        SignatureVerification.unlessVerified(),
                        SignatureVerification.unlessVerified().on(POOL),
                        SignatureVerification.always(),
                        SignatureVerification.always().on(POOL))) {
                    all.add(Arguments.of(bridge, identity, how));
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("everyBridge")
    void aFaultySignatureNeverReachesTheWire(Bridge bridge, TestIdentity identity, SignatureVerification how)
            throws Exception {
        JdkConversation talk = talk(identity, bridge.bridge.apply(new Faulty(Requests.local(identity))), how);
        assertThat(talk.server().failure().alert()).isEqualTo(AlertDescription.INTERNAL_ERROR);
        assertThat(talk.server().failure())
                .hasRootCauseInstanceOf(OperationException.class)
                .hasStackTraceContaining("does not verify");
        assertThat(talk.client().failure()).hasMessageContaining("internal_error");
    }

    @ParameterizedTest
    @MethodSource("everyBridge")
    void aKeyInMemoryForAnotherCertificateSignsNothing(Bridge bridge, TestIdentity identity, SignatureVerification how)
            throws Exception {
        TestIdentity other = identity.isRsa() ? TestIdentity.RSA_2048_OTHER : TestIdentity.P256_OTHER;
        JdkConversation talk = talk(identity, bridge.bridge.apply(Requests.local(other)), how);
        assertThat(talk.server().failure().alert()).isEqualTo(AlertDescription.INTERNAL_ERROR);
        assertThat(talk.server().failure()).hasStackTraceContaining("the certificate is for another key");
    }

    @ParameterizedTest
    @MethodSource("everyBridge")
    void aGoodSignatureIsSent(Bridge bridge, TestIdentity identity, SignatureVerification how) throws Exception {
        JdkConversation talk = talk(identity, bridge.bridge.apply(Requests.local(identity)), how);
        assertThat(talk.server().failure()).isNull();
        assertThat(talk.echoed()).isTrue();
    }

    /** A key whose maker is not known is verified by the threads that it works on, and by none that drives connections. */
    @ParameterizedTest
    @EnumSource
    void theThreadThatSignsVerifiesIfItIsNotTheConnections(Bridge bridge) throws Exception {
        List<Thread> verifying = new ArrayList<>();
        SignatureCheck check = (scheme, message, signature) -> {
            verifying.add(Thread.currentThread());
            return true;
        };
        Signal signal = new Signal();
        BlockingKey unknown = new Faulty(Requests.key(() -> new byte[] {1}));
        var start = bridge.bridge.apply(unknown).startSign(request(check), signal::wake);
        var operation = start instanceof dev.lockstep.tls.wait.Start.Ready<byte[]> ready
                ? ready.operation()
                : Operations.inProgress(start);
        Progress<byte[]> progress = operation.resume();
        while (progress instanceof Progress.InProgress<byte[]>) {
            signal.await();
            progress = operation.resume();
        }
        assertThat(((Progress.Done<byte[]>) progress).verified()).isEqualTo(bridge.verifies);
        assertThat(verifying).hasSize(bridge.verifies ? 1 : 0).doesNotContain(Thread.currentThread());
    }

    /** 80 us each: the key is tried with the first signature for a certificate, and does not change. */
    @Test
    void aKeyInMemoryVerifiesTheFirstSignatureForACertificate() throws Exception {
        AtomicInteger checks = new AtomicInteger();
        SignatureCheck real = SignatureCheck.of(TestIdentity.P256.certificate().getPublicKey());
        SignatureCheck counting = (scheme, message, signature) -> {
            checks.incrementAndGet();
            return real.verifies(scheme, message, signature);
        };
        InMemoryKey key = InMemoryKey.of(TestIdentity.P256.privateKey(), new SecureRandom());
        for (int i = 0; i < 3; i++) {
            byte[] signature = key.sign(request(counting));
            assertThat(real.verifies(SignatureScheme.ECDSA_SECP256R1_SHA256, new byte[100], signature))
                    .isTrue();
        }
        assertThat(checks).hasValue(1);
        SignRequest foreign = new SignRequest(
                SignatureScheme.ECDSA_SECP256R1_SHA256,
                new byte[100],
                TestIdentity.P256_OTHER.chain(),
                null,
                OptionalLong.empty());
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> key.sign(foreign))
                    .isInstanceOfSatisfying(OperationException.class, e -> assertThat(e.reason())
                            .isEqualTo(Reason.INVALID_OUTPUT));
        }
    }

    private static SignRequest request(SignatureCheck check) {
        return new SignRequest(
                SignatureScheme.ECDSA_SECP256R1_SHA256,
                new byte[100],
                TestIdentity.P256.chain(),
                null,
                OptionalLong.empty(),
                null,
                check);
    }
}
