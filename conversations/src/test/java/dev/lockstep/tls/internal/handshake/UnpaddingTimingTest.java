package dev.lockstep.tls.internal.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.util.TimingComparison;
import dev.lockstep.testkit.util.TimingComparison.Subject;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.internal.handshake.flight.Premaster;
import dev.lockstep.tls.internal.handshake.phase.Agreement;
import dev.lockstep.tls.internal.handshake.phase.Handshake;
import dev.lockstep.tls.internal.handshake.phase.HandshakeOutput;
import dev.lockstep.tls.internal.handshake.phase.History;
import dev.lockstep.tls.internal.handshake.phase.Offer;
import dev.lockstep.tls.internal.message.ClientHello;
import dev.lockstep.tls.internal.message.HelloRandom;
import dev.lockstep.tls.internal.secrets.MasterSecret;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import java.lang.reflect.Proxy;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * What the library does with the answer of a key that removes the padding itself takes as long for a failure as for a
 * premaster secret: from the key's answer to the master secret, as nothing that a client sees comes before. {@code -Dlockstep.timing=200000}
 * sets the number of samples; the few that are taken otherwise find what is grave, and no more than chance permits.
 */
class UnpaddingTimingTest {

    private static final int SAMPLES = Integer.getInteger("lockstep.timing", 4_000);
    private static final OperationException BAD_PADDING = new OperationException(Reason.REJECTED, "bad padding");

    private static final byte[] RANDOM = new byte[32];

    private final Random random = new Random(5246);
    private final Handshake handshake = handshake();

    private static Handshake handshake() {
        Credential credential = TestServers.local(TestIdentity.RSA_2048);
        TlsServerConfig config = TestServers.builder(credential).build();
        HandshakeOutput output = (HandshakeOutput) Proxy.newProxyInstance(
                HandshakeOutput.class.getClassLoader(),
                new Class<?>[] {HandshakeOutput.class},
                (proxy, method, args) -> {
                    throw new AssertionError(method);
                });
        Handshake handshake = new Handshake(config, output, new History(config));
        byte[] hello = new byte[2 + 32 + 1 + 4 + 2];
        hello[0] = 3;
        hello[1] = 3;
        hello[36] = 2; // one suite
        hello[38] = (byte) CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256.code();
        hello[39] = 1; // one compression method
        handshake.offer.set(new Offer(config, ClientHello.parse(WireReader.of(hello)), hello.length));
        handshake.clientVersion.set(0x0303);
        HelloRandom zeros = new HelloRandom(new byte[32]);
        Agreement.Builder chosen = new Agreement.Builder(CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256, zeros, zeros);
        chosen.credential = credential;
        handshake.agreement.set(chosen.build());
        handshake.keys.ciphertext.set(new byte[credential.rsaModulusLength()]);
        return handshake;
    }

    /** A key whose answers cost the same: the first class is a premaster secret, the second a failure. */
    private class IdealKey implements Subject {

        Progress<byte[]> answer = Progress.inProgress();
        private byte[] standIn = {};
        private final Question<byte[]> question = new Question<>(
                Waits.DECRYPTION.kind(),
                (asked, waker, deadline) -> Start.ready(this::resume),
                Waits.DECRYPTION.limit(),
                Waits.DECRYPTION.onFailure(),
                Waits.DECRYPTION.fallThrough(),
                Waits.DECRYPTION.instead(),
                Waits.DECRYPTION.late());

        @Override
        public void prepare(boolean second) {
            byte[] premaster = new byte[48];
            random.nextBytes(premaster);
            premaster[0] = 3;
            premaster[1] = 3;
            Progress<byte[]> good = Progress.done(premaster);
            Progress<byte[]> bad = Progress.failed(BAD_PADDING);
            answer = second ? bad : good;
            standIn = new byte[48];
            random.nextBytes(standIn);
            handshake.keys.standIn(standIn);
        }

        Progress<byte[]> resume() {
            return answer;
        }

        @Override
        public void run() {
            Wait<byte[]> wait = new Wait<>(question, handshake, () -> {});
            wait.start();
            wait.poll();
            Premaster.onDecrypted(handshake, wait.settle());
            Agreement agreement = handshake.agreement.get();
            MasterSecret.derive(HashAlgorithm.SHA256, handshake.keys.takePremaster(agreement), RANDOM, RANDOM)
                    .wipe();
        }
    }

    @Test
    void aFailureTakesAsLongAsAPremasterSecret() throws Exception {
        double t = TimingComparison.welch(SAMPLES, 1, new IdealKey());
        System.out.printf("self-unpadding key: t = %.2f of %d samples%n", t, SAMPLES);
        assertThat(Math.abs(t)).isLessThan(10);
    }

    /** The control: a key that throws an exception with a stack trace and makes a block where the padding is wrong. */
    @Test
    void theComparisonFindsAKeyThatThrows() throws Exception {
        double t = TimingComparison.welch(SAMPLES, 2, new IdealKey() {
            @Override
            Progress<byte[]> resume() {
                return answer instanceof Progress.Failed<byte[]>
                        ? Progress.failed(new OperationException(Reason.REJECTED, "bad padding"))
                        : answer;
            }
        });
        System.out.printf("key with a new exception: t = %.2f of %d samples%n", t, SAMPLES);
        assertThat(Math.abs(t)).isGreaterThan(10);
    }
}
