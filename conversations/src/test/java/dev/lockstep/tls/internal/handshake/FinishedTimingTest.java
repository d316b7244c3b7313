package dev.lockstep.tls.internal.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.crypto.ConstantTime;
import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.util.EarlyExit;
import dev.lockstep.testkit.util.TimingComparison;
import dev.lockstep.testkit.util.TimingComparison.Subject;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.internal.handshake.flight.Finishing;
import dev.lockstep.tls.internal.handshake.phase.Handshake;
import dev.lockstep.tls.internal.handshake.phase.HandshakeOutput;
import dev.lockstep.tls.internal.handshake.phase.History;
import dev.lockstep.tls.internal.message.Finished;
import dev.lockstep.tls.internal.secrets.MasterSecret;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.internal.wire.WireReader;
import java.lang.reflect.Proxy;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A Finished that is wrong in its last byte is refused as fast as one that is wrong in its first. */
class FinishedTimingTest {

    private static final int SAMPLES = 10_000;

    private static final HandshakeOutput OUTPUT = (HandshakeOutput) Proxy.newProxyInstance(
            HandshakeOutput.class.getClassLoader(), new Class<?>[] {HandshakeOutput.class}, (proxy, method, args) -> {
                throw new AssertionError(method);
            });

    /** The whole refusal, alert included. */
    private static final class Refusal implements Subject {

        private final Random random = new Random(5246);
        private final TlsServerConfig config =
                TestServers.builder(TestServers.local(TestIdentity.P256)).build();
        private final byte[] body = new byte[Finished.VERIFY_DATA_LENGTH];
        private @Nullable Handshake handshake;
        private int refused;

        @Override
        public void prepare(boolean second) {
            byte[] secret = new byte[48];
            random.nextBytes(secret);
            byte[] messages = new byte[64];
            random.nextBytes(messages);
            Handshake next = new Handshake(config, OUTPUT, new History(config));
            next.transcript.choose(HashAlgorithm.SHA256);
            next.transcript.update(messages, 0, messages.length);
            MasterSecret master = MasterSecret.restore(HashAlgorithm.SHA256, secret);
            byte[] right = master.verifyData("client finished", next.transcript.snapshot());
            System.arraycopy(right, 0, body, 0, body.length);
            body[second ? body.length - 1 : 0] ^= 1;
            next.keys.master.set(master);
            handshake = next;
        }

        @Override
        public void run() {
            try {
                Finishing.onFinished(Objects.requireNonNull(handshake), WireReader.of(body));
            } catch (FatalAlert e) {
                refused++;
            }
        }
    }

    @Test
    void thePlaceOfTheDefectDoesNotShow() throws Exception {
        Refusal refusal = new Refusal();
        assertThat(TimingComparison.compare("Finished, refusal", SAMPLES, refusal))
                .isLessThan(10);
        assertThat(refusal.refused).isGreaterThanOrEqualTo(SAMPLES);
    }

    @Test
    void thePlaceOfTheDefectDoesNotShowInTheComparisonAlone() throws Exception {
        EarlyExit comparison = new EarlyExit(Finished.VERIFY_DATA_LENGTH) {
            @Override
            protected boolean compare(byte[] one, byte[] other) {
                return ConstantTime.equal(one, other);
            }
        };
        assertThat(TimingComparison.compare("Finished, comparison", SAMPLES, comparison))
                .isLessThan(10);
        assertThat(comparison.equal()).isZero();
    }

    /** The control. */
    @Test
    void aComparisonThatEndsAtTheFirstDifferenceIsFound() throws Exception {
        EarlyExit control = new EarlyExit(Finished.VERIFY_DATA_LENGTH);
        assertThat(TimingComparison.control("control, comparison of 12 bytes with an early exit", SAMPLES, control))
                .isGreaterThan(10);
        assertThat(control.equal()).isZero();
    }
}
