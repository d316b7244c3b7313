package dev.lockstep.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.JdkConversation;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.spec.AlertDescription;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every bridge under whole handshakes, woken and not polled: keys that work, and keys that fail. */
@Timeout(60)
class BridgeHandshakeTest {

    private static final ThreadPoolExecutor POOL = WorkerPools.boundedPool(2, 16);
    private static final ScheduledExecutorService SCHEDULER = WorkerPools.scheduler(1);

    enum Bridge {
        INLINE(InlineKey::of),
        EXECUTOR(key -> ExecutorKey.of(key, POOL)),
        DELAYED(key -> DelayedKey.of(key, Duration.ofMillis(2), SCHEDULER)),
        FUTURE(Bridge::future);

        private final java.util.function.Function<BlockingKey, ExternalPrivateKey> bridge;

        Bridge(java.util.function.Function<BlockingKey, ExternalPrivateKey> bridge) {
            this.bridge = bridge;
        }

        private static FutureKey future(BlockingKey key) {
            FutureKey.Builder builder =
                    FutureKey.builder().signer(key.signatureSchemes(), request -> call(() -> key.sign(request)));
            if (key.canDecrypt()) {
                builder.decryptor(request -> call(() -> key.decrypt(request)));
            }
            return builder.build();
        }

        private static CompletableFuture<byte[]> call(Requests.Work work) {
            CompletableFuture<byte[]> answer = new CompletableFuture<>();
            ForkJoinPool.commonPool().execute(() -> {
                try {
                    answer.complete(work.run());
                } catch (Exception e) { // boundary: whatever the key throws is its answer
                    answer.completeExceptionally(e);
                }
            });
            return answer;
        }
    }

    @AfterAll
    static void stop() {
        POOL.shutdownNow();
        SCHEDULER.shutdownNow();
    }

    private static JdkConversation talk(
            Bridge bridge, TestIdentity identity, UnaryOperator<BlockingKey> change, String suite) throws Exception {
        ExternalPrivateKey key = bridge.bridge.apply(change.apply(Requests.local(identity)));
        return JdkConversation.of(Credential.external(identity.chain(), key), suite)
                .run();
    }

    @ParameterizedTest
    @EnumSource
    void signsAndDecrypts(Bridge bridge) throws Exception {
        UnaryOperator<BlockingKey> same = UnaryOperator.identity();
        for (JdkConversation talk : new JdkConversation[] {
            talk(bridge, TestIdentity.P256, same, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
            talk(bridge, TestIdentity.RSA_2048, same, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256"),
            talk(bridge, TestIdentity.RSA_2048, same, "TLS_RSA_WITH_AES_256_GCM_SHA384")
        }) {
            assertThat(talk.server().failure()).isNull();
            assertThat(talk.client().failure()).isNull();
            assertThat(talk.echoed()).isTrue();
            switch (bridge) {
                case INLINE -> assertThat(talk.server().suspensions()).isZero();
                case EXECUTOR, DELAYED ->
                    assertThat(talk.server().suspensions()).isPositive();
                case FUTURE -> {} // the call may be done when start looks, see FutureKeyTest
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFailedSignatureIsAnInternalErrorWithTheCauseForTheApplication(Bridge bridge) throws Exception {
        JdkConversation talk =
                talk(bridge, TestIdentity.P256, key -> failing(key), "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");

        assertThat(talk.server().failure().alert()).isEqualTo(AlertDescription.INTERNAL_ERROR);
        assertThat(talk.server().failure()).hasRootCauseMessage("token removed");
        assertThat(talk.client().failure()).hasMessageContaining("internal_error");
    }

    @ParameterizedTest
    @EnumSource
    void aFailedDecryptionIsMaskedUntilFinished(Bridge bridge) throws Exception {
        JdkConversation talk =
                talk(bridge, TestIdentity.RSA_2048, key -> failing(key), "TLS_RSA_WITH_AES_128_GCM_SHA256");

        assertThat(talk.server().failure().alert()).isEqualTo(AlertDescription.BAD_RECORD_MAC);
        assertThat(talk.client().failure()).hasMessageContaining("bad_record_mac");
    }

    private static BlockingKey failing(BlockingKey key) {
        return new BlockingKey() {
            @Override
            public java.util.Set<dev.lockstep.tls.spec.SignatureScheme> signatureSchemes() {
                return key.signatureSchemes();
            }

            @Override
            public boolean canDecrypt() {
                return key.canDecrypt();
            }

            @Override
            public byte[] sign(dev.lockstep.tls.key.SignRequest request) throws IOException {
                throw new IOException("token removed");
            }

            @Override
            public byte[] decrypt(dev.lockstep.tls.key.DecryptRequest request) throws IOException {
                throw new IOException("token removed");
            }
        };
    }
}
