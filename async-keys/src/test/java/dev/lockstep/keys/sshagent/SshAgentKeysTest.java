package dev.lockstep.keys.sshagent;

import static dev.lockstep.keys.Failures.reason;
import static dev.lockstep.keys.Operations.done;
import static dev.lockstep.keys.Operations.failure;
import static dev.lockstep.keys.Operations.inProgress;
import static dev.lockstep.keys.Requests.sign;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.crypto.signature.SignatureAlgorithm;
import dev.lockstep.crypto.signature.SignatureVerifier;
import dev.lockstep.keys.Requests;
import dev.lockstep.keys.Signal;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An agent that leaves, hangs, refuses or talks nonsense, and the way back from each. */
@Timeout(60)
class SshAgentKeysTest {

    private static final byte[] FAILURE = FakeAgent.frame(new byte[] {5});
    private static final SshPublicKey EC = SshPublicKey.of(TestIdentity.P256.certificate());

    @TempDir
    Path directory;

    private FakeAgent agent;
    private SshAgentKeys keys;
    private final Signal signal = new Signal();

    @BeforeEach
    void start() throws IOException {
        agent = new FakeAgent(socket(), this::honest);
        keys = SshAgentKeys.at(socket(), Duration.ofSeconds(20), 4);
    }

    @AfterEach
    void stop() {
        keys.close();
        agent.close();
    }

    private Path socket() {
        return directory.resolve("agent");
    }

    private ExternalPrivateKey key() throws Exception {
        return keys.key(TestIdentity.P256.certificate());
    }

    /** Lists one key and signs as an agent does. */
    private byte[] honest(byte[] request) {
        return request[0] == 11 ? identities(EC.blob()) : signature(request);
    }

    private static byte[] identities(byte[]... blobs) {
        SshWriter answer = new SshWriter().uint8(12).uint32(blobs.length);
        for (byte[] blob : blobs) {
            answer.string(blob).name("a comment");
        }
        return FakeAgent.frame(answer.bytes());
    }

    private static byte[] signature(byte[] request) {
        try {
            SshReader in = new SshReader(request);
            assertThat(in.uint8()).isEqualTo(13);
            assertThat(in.string()).isEqualTo(EC.blob());
            byte[] message = in.string();
            assertThat(in.uint32()).isZero();
            in.end();
            byte[] der = Requests.local(TestIdentity.P256)
                    .sign(new SignRequest(
                            SignatureScheme.ECDSA_SECP256R1_SHA256,
                            message,
                            TestIdentity.P256.chain(),
                            null,
                            OptionalLong.empty()));
            int r = der[3];
            int s = der[5 + r];
            return signed(
                    "ecdsa-sha2-nistp256",
                    new SshWriter()
                            .string(Arrays.copyOfRange(der, 4, 4 + r))
                            .string(Arrays.copyOfRange(der, 6 + r, 6 + r + s))
                            .bytes());
        } catch (Exception e) { // boundary: the script of an agent throws nothing checked
            throw new AssertionError(e);
        }
    }

    private static byte[] signed(String algorithm, byte[] value) {
        byte[] signature = new SshWriter().name(algorithm).string(value).bytes();
        return FakeAgent.frame(new SshWriter().uint8(14).string(signature).bytes());
    }

    private Progress<byte[]> signOnce(ExternalPrivateKey key) throws Exception {
        PendingOperation<byte[]> operation = inProgress(key.startSign(sign(), signal));
        signal.await();
        return operation.resume();
    }

    private void signsAgain(ExternalPrivateKey key) throws Exception {
        byte[] signature = done(signOnce(key));
        assertThat(SignatureVerifier.of(TestIdentity.P256.certificate().getPublicKey())
                        .verify(SignatureAlgorithm.ECDSA_SHA256, new byte[100], signature))
                .isTrue();
    }

    @Test
    void everySignatureIsTheDerFormOfTheAgentsNumbers() throws Exception {
        ExternalPrivateKey key = key();
        for (int i = 0; i < 200; i++) {
            signsAgain(key); // r and s with and without a sign byte, now and then shorter
        }
        assertThat(agent.connections()).isEqualTo(1);
    }

    @Test
    void aKeyThatTheAgentDoesNotHoldShowsAtOnce() {
        agent.script(request -> identities());
        assertThatThrownBy(this::key)
                .isInstanceOf(OperationException.class)
                .hasMessageContaining("ssh-add")
                .hasMessageContaining(socket().toString());
    }

    @Test
    void anAgentThatIsNotThereIsUnavailable() {
        agent.close();
        assertThatThrownBy(this::key).satisfies(e -> assertThat(reason(e)).isEqualTo(Reason.KEY_UNAVAILABLE));
    }

    @Test
    void anAgentThatLeavesFailsTheOperationAndTheNextConnectsAgain() throws Exception {
        ExternalPrivateKey key = key();
        agent.script(request -> null);
        assertThat(reason(failure(signOnce(key)))).isEqualTo(Reason.KEY_UNAVAILABLE);
        agent.script(this::honest);
        signsAgain(key);

        assertThat(agent.connections()).isEqualTo(2);
    }

    @Test
    void anAgentThatWasRestartedBetweenTwoOperationsCostsNone() throws Exception {
        ExternalPrivateKey key = key();
        agent.close();
        assertThat(reason(failure(signOnce(key)))).isEqualTo(Reason.KEY_UNAVAILABLE);
        agent = new FakeAgent(socket(), this::honest);
        signsAgain(key);
        agent.hangUp();
        signsAgain(key);
    }

    @Test
    void aRefusalIsToldFromAKeyThatWasRemoved() throws Exception {
        ExternalPrivateKey key = key();
        agent.script(request -> request[0] == 11 ? identities(EC.blob()) : FAILURE);
        assertThat(reason(failure(signOnce(key)))).isEqualTo(Reason.REJECTED);
        agent.script(request -> request[0] == 11 ? identities() : FAILURE);
        assertThat(reason(failure(signOnce(key)))).isEqualTo(Reason.KEY_UNAVAILABLE);
        agent.script(this::honest);
        signsAgain(key);

        assertThat(agent.connections())
                .as("a failure is an answer, not a broken connection")
                .isEqualTo(1);
    }

    @Test
    void anAgentThatHangsTimesOutAndDoesNotBlockWhoAsked() throws Exception {
        ExternalPrivateKey key = key();
        CountDownLatch release = new CountDownLatch(1);
        agent.script(request -> {
            await(release);
            return null;
        });
        try (SshAgentKeys impatient = SshAgentKeys.at(socket(), Duration.ofMillis(200), 4)) {
            PendingOperation<byte[]> operation = inProgress(key.startSign(sign(), signal));
            assertThat(operation.resume()).isInstanceOf(Progress.InProgress.class);
            assertThatThrownBy(() -> impatient.key(TestIdentity.P256.certificate()))
                    .satisfies(e -> assertThat(reason(e)).isEqualTo(Reason.TIMED_OUT));
            operation.cancel();
            signal.await(); // a wake after the cancellation is allowed
        }
        agent.script(this::honest);
        release.countDown();
        signsAgain(key);
    }

    @Test
    void closingFailsWhatRunsAndWhatWaits() throws Exception {
        ExternalPrivateKey key = key();
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        agent.script(request -> {
            asked.countDown();
            await(release);
            return null;
        });
        PendingOperation<byte[]> running = inProgress(key.startSign(sign(), signal));
        asked.await();
        PendingOperation<byte[]> waiting = inProgress(key.startSign(sign(), signal));
        keys.close();
        signal.await();
        signal.await();
        release.countDown();

        assertThat(running.resume()).isInstanceOf(Progress.Failed.class);
        assertThat(waiting.resume()).isInstanceOf(Progress.Failed.class);
        assertThat(reason(failure(key.startSign(sign(), signal)))).isEqualTo(Reason.REJECTED);
    }

    @Test
    void impossibleLengthsEndTheConnectionWithoutMemoryForThem() throws Exception {
        ExternalPrivateKey key = key();
        for (byte[] length : new byte[][] {{0, 0, 0, 0}, {127, -1, -1, -1}, {-1, -1, -1, -1}, {0, 4, 0, 1}}) {
            agent.script(request -> length);
            assertThat(reason(failure(signOnce(key)))).isEqualTo(Reason.KEY_UNAVAILABLE);
        }
        agent.script(this::honest);
        signsAgain(key);
    }

    @Test
    void bytesThatWereNotAskedForAreNotTheNextAnswer() throws Exception {
        ExternalPrivateKey key = key();
        agent.script(request -> {
            byte[] answer = signature(request);
            return Arrays.copyOf(answer, answer.length + 5);
        });
        signOnce(key);
        agent.script(this::honest);
        signsAgain(key);
    }

    @Test
    void nonsenseInsideAFrameIsInvalidOutputAndNothingElse() throws Exception {
        byte[] big = new byte[33];
        big[0] = 1;
        Arrays.fill(big, 1, 33, (byte) 9);
        byte[] tooBig = new byte[34];
        Arrays.fill(tooBig, (byte) 9);
        BigInteger one = BigInteger.ONE;
        String ec = "ecdsa-sha2-nistp256";
        byte[][] answers = {
            FakeAgent.frame(new byte[] {99}),
            FakeAgent.frame(new byte[] {14}),
            FakeAgent.frame(new byte[] {14, -1, -1, -1, -1}),
            FakeAgent.frame(new byte[] {14, 0, 0, 0, 9, 1}),
            signed("ssh-rsa", new byte[64]),
            signed(ec, new byte[0]),
            signed(ec, new SshWriter().mpint(one).bytes()),
            signed(ec, new SshWriter().mpint(one).mpint(one).uint8(0).bytes()),
            signed(ec, new SshWriter().mpint(one).mpint(BigInteger.ZERO).bytes()),
            signed(ec, new SshWriter().mpint(one.negate()).mpint(one).bytes()),
            signed(ec, new SshWriter().mpint(one).string(new byte[0]).bytes()),
            signed(ec, new SshWriter().mpint(one).string(tooBig).bytes()),
        };
        ExternalPrivateKey key = key();
        for (byte[] answer : answers) {
            agent.script(request -> answer);
            assertThat(reason(failure(signOnce(key)))).isEqualTo(Reason.INVALID_OUTPUT);
        }
        agent.script(
                request -> signed(ec, new SshWriter().string(big).mpint(one).bytes()));
        assertThat(signOnce(key))
                .as("33 bytes are for the range check of the verifier")
                .isNotNull();
        agent.script(this::honest);
        signsAgain(key);
    }

    @Test
    void everyTruncationAndRandomChangeOfAnAnswerIsSurvived() throws Exception {
        Random random = new Random(7);
        SshAgent direct = new SshAgent(socket(), Duration.ofSeconds(20).toNanos());
        for (int i = 0; i < 400; i++) {
            int round = i;
            agent.script(request -> {
                byte[] answer = honest(request);
                byte[] body = Arrays.copyOfRange(answer, 4, answer.length);
                if (round % 2 == 0) {
                    return FakeAgent.frame(Arrays.copyOf(body, 1 + random.nextInt(body.length - 1)));
                }
                body[random.nextInt(body.length)] ^= (byte) (1 << random.nextInt(8));
                return FakeAgent.frame(body);
            });
            // No exception is right as well: a changed number still has the form of one, and the connection verifies.
            try {
                if (round % 3 == 0) {
                    direct.holds(EC);
                } else {
                    direct.sign(EC, sign());
                }
            } catch (OperationException e) {
                assertThat(e.reason()).isIn(Reason.INVALID_OUTPUT, Reason.REJECTED, Reason.KEY_UNAVAILABLE);
            }
        }
        direct.close();
        agent.script(this::honest);
        signsAgain(key());
    }

    @Test
    void answersThatRaceWithCancellationsReachTheirOwnOperation() throws Exception {
        ExternalPrivateKey key = key();
        int finished = 0;
        for (int i = 0; i < 500; i++) {
            Signal own = new Signal();
            byte[] message = {(byte) i, (byte) (i >> 8)};
            PendingOperation<byte[]> operation = inProgress(key.startSign(
                    new SignRequest(
                            SignatureScheme.ECDSA_SECP256R1_SHA256,
                            message,
                            TestIdentity.P256.chain(),
                            null,
                            OptionalLong.empty()),
                    own));
            if (i % 2 == 0) {
                for (int spins = i * 40; spins > 0; spins--) {
                    Thread.onSpinWait();
                }
                operation.cancel();
                continue;
            }
            own.await();
            assertThat(SignatureVerifier.of(TestIdentity.P256.certificate().getPublicKey())
                            .verify(SignatureAlgorithm.ECDSA_SHA256, message, done(operation.resume())))
                    .isTrue();
            finished++;
        }
        assertThat(finished).isEqualTo(250);
    }

    @Test
    void whatAnAgentCannotDoIsNotOffered() throws Exception {
        ExternalPrivateKey key = key();
        assertThat(key.signatureSchemes()).containsExactly(SignatureScheme.ECDSA_SECP256R1_SHA256);
        assertThat(key.canDecrypt()).isFalse();
        assertThat(SshPublicKey.of(TestIdentity.RSA_2048.certificate()).schemes())
                .containsExactlyInAnyOrder(SignatureScheme.RSA_PKCS1_SHA256, SignatureScheme.RSA_PKCS1_SHA512);
    }

    @Test
    void anRsaSignatureWithoutItsLeadingZerosGetsThemBack() throws Exception {
        SshPublicKey rsa = SshPublicKey.of(TestIdentity.RSA_2048.certificate());
        byte[] shorter = new byte[254];
        Arrays.fill(shorter, (byte) 7);
        byte[] padded = rsa.forTls(
                SignatureScheme.RSA_PKCS1_SHA256,
                new SshWriter().name("rsa-sha2-256").string(shorter).bytes());

        assertThat(padded).hasSize(256).startsWith(0, 0, 7);
        assertThatThrownBy(() -> rsa.forTls(
                        SignatureScheme.RSA_PKCS1_SHA256,
                        new SshWriter()
                                .name("rsa-sha2-256")
                                .string(new byte[257])
                                .bytes()))
                .isInstanceOf(OperationException.class);
        assertThatThrownBy(() -> rsa.forTls(
                        SignatureScheme.RSA_PKCS1_SHA256,
                        new SshWriter().name("ssh-rsa").string(shorter).bytes()))
                .as("an agent that ignores the flags signs with SHA-1")
                .hasMessageContaining("SHA-1");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
