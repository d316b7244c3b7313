package dev.lockstep.tls.internal.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.RsaBlocks;
import dev.lockstep.testkit.util.TimingComparison;
import dev.lockstep.testkit.util.TimingComparison.Subject;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.internal.handshake.phase.Agreement;
import dev.lockstep.tls.internal.handshake.phase.Handshake;
import dev.lockstep.tls.internal.handshake.phase.HandshakeOutput;
import dev.lockstep.tls.internal.handshake.phase.History;
import dev.lockstep.tls.internal.message.HelloRandom;
import dev.lockstep.tls.internal.secrets.MasterSecret;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the library does with the answer of a key takes as long for a bad one as for a good one: a block that is padded wrongly,
 * or the failure of a key that removes the padding itself. It is measured from the key's answer to the master secret, as
 * nothing that a client sees comes before.
 */
class UnpaddingTimingTest {

    private static final int SAMPLES = 4_000;
    private static final OperationException BAD_PADDING = new OperationException(Reason.REJECTED, "bad padding");
    private static final byte[] RANDOM = new byte[32];
    private static final byte[] CIPHERTEXT = new byte[256];

    private static final HandshakeOutput OUTPUT = (HandshakeOutput) Proxy.newProxyInstance(
            HandshakeOutput.class.getClassLoader(), new Class<?>[] {HandshakeOutput.class}, (proxy, method, args) -> {
                throw new AssertionError(method);
            });

    private static final Row ANSWER =
            Objects.requireNonNull(ServerHandshake.TABLE.row(State.AWAIT_DECRYPTION, Event.ANSWER));

    /**
     * A key whose answers cost the same: the first class is a premaster secret, the second a failure. Each sample is a
     * handshake of its own, as far as the key's answer.
     */
    private static class IdealKey implements ExternalPrivateKey, Subject {

        private final Random random = new Random(5246);
        private final TlsServerConfig config;
        private final Agreement agreement;
        Progress<byte[]> answer = Progress.inProgress();
        private @Nullable Handshake handshake;
        private @Nullable Wait<byte[]> wait;

        IdealKey() {
            Credential credential = Credential.external(TestIdentity.RSA_2048.chain(), this);
            config = TestServers.builder(credential).build();
            HelloRandom zeros = new HelloRandom(RANDOM);
            Agreement.Builder chosen = new Agreement.Builder(CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256, zeros, zeros);
            chosen.credential = credential;
            agreement = chosen.build();
        }

        @Override
        public boolean canDecrypt() {
            return true;
        }

        @Override
        public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) {
            return Start.ready(this::resume);
        }

        Progress<byte[]> resume() {
            return answer;
        }

        @Override
        public void prepare(boolean second) {
            byte[] premaster = new byte[48];
            random.nextBytes(premaster);
            premaster[0] = 3;
            premaster[1] = 3;
            Progress<byte[]> good = Progress.done(premaster);
            Progress<byte[]> bad = Progress.failed(BAD_PADDING);
            answer = Arrays.asList(good, bad).get(second ? 1 : 0); // a branch would leave its trace in the measurement
            Handshake next = new Handshake(config, OUTPUT, new History(config));
            next.clientVersion.set(0x0303);
            next.agreement.set(agreement);
            next.keys.ciphertext.set(CIPHERTEXT);
            handshake = next;
            wait = new Wait<>(Waits.DECRYPTION, next, () -> {});
            wait.start();
        }

        @Override
        public void run() {
            Handshake current = Objects.requireNonNull(handshake);
            Wait<byte[]> pending = Objects.requireNonNull(wait);
            pending.poll();
            ANSWER.run(current, pending.settle());
            MasterSecret.derive(HashAlgorithm.SHA256, current.keys.takePremaster(agreement), RANDOM, RANDOM)
                    .wipe();
        }
    }

    @Test
    void aFailureTakesAsLongAsAPremasterSecret() throws Exception {
        double t = TimingComparison.compare("self-unpadding key, failures", SAMPLES, new IdealKey());
        assertThat(t).isLessThan(10);
    }

    /** The control: a key that throws an exception with a stack trace and makes a block where the padding is wrong. */
    @Test
    void theComparisonFindsAKeyThatThrows() throws Exception {
        double t = TimingComparison.control("control, self-unpadding key that throws", SAMPLES, new IdealKey() {
            @Override
            Progress<byte[]> resume() {
                return answer instanceof Progress.Failed<byte[]>
                        ? Progress.failed(new OperationException(Reason.REJECTED, "bad padding"))
                        : answer;
            }
        });
        assertThat(t).isGreaterThan(10);
    }

    /** What is wrong with a block. */
    private enum Defect {
        FIRST_BYTE,
        BLOCK_TYPE,
        EARLY_SEPARATOR,
        NO_SEPARATOR,
        VERSION;

        void in(byte[] block) {
            int separator = block.length - 49;
            switch (this) {
                case FIRST_BYTE -> block[0] = 1;
                case BLOCK_TYPE -> block[1] = 1;
                case EARLY_SEPARATOR -> block[20] = 0;
                case NO_SEPARATOR -> block[separator] = 1;
                case VERSION -> block[separator + 1] = 2;
            }
        }
    }

    /** A key that answers the raw block, always in an array of its own, as any key does. */
    private static class RawKey extends IdealKey {

        private final SecureRandom filler = new SecureRandom();
        private final Defect defect;
        byte[] block = {};

        RawKey(Defect defect) {
            this.defect = defect;
        }

        @Override
        public void prepare(boolean second) {
            super.prepare(second);
            byte[] premaster = new byte[48];
            filler.nextBytes(premaster);
            premaster[0] = 3;
            premaster[1] = 3;
            byte[] good = RsaBlocks.padded(premaster, CIPHERTEXT.length, filler);
            byte[] bad = good.clone();
            defect.in(bad);
            block = new byte[CIPHERTEXT.length];
            System.arraycopy(new byte[][] {good, bad}[second ? 1 : 0], 0, block, 0, block.length);
        }

        @Override
        Progress<byte[]> resume() {
            return Progress.done(block);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBadBlockTakesAsLongAsAGoodOne(Defect defect) throws Exception {
        TimingComparison.Difference found =
                TimingComparison.measure("raw RSA block, " + defect, SAMPLES, new RawKey(defect));
        // A million samples tell a difference from none that is far too small for a measurement over a network.
        assertThat(found).matches(difference -> difference.t() < 10 || difference.nanos() < 1);
    }

    /** The control: a search for the separator that ends at the first zero. */
    @Test
    void theComparisonFindsAnUnpaddingThatStops() throws Exception {
        int[] right = new int[1];
        RawKey stopping = new RawKey(Defect.EARLY_SEPARATOR) {
            @Override
            Progress<byte[]> resume() {
                for (int i = 0; i < 16; i++) { // few samples need a grave case
                    byte[] unpadded = RsaBlocks.unpadded(block);
                    right[0] += unpadded != null && unpadded.length == 48 ? 1 : 0;
                }
                return super.resume();
            }
        };
        double t = TimingComparison.control("control, unpadding that stops", SAMPLES, stopping);
        assertThat(t).isGreaterThan(10);
        assertThat(right[0]).isPositive();
    }
}
