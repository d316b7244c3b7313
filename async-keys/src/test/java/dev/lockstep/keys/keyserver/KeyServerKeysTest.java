package dev.lockstep.keys.keyserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.keys.Operations;
import dev.lockstep.keys.Requests;
import dev.lockstep.keys.keyserver.protocol.Frame;
import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.keys.keyserver.protocol.KeyOffer;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.keys.keyserver.protocol.Message.Failure;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureFamily;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the client of a key server asks for, and what it makes of the answers. */
@Timeout(60)
class KeyServerKeysTest extends KeyServerKeysTestCase {

    @Test
    void aSignatureIsAskedForWithKeySchemeAndDeadlineAndItsAnswerWakes() throws Exception {
        try (FakeKeyServer fake = fake().greet(10)) {
            SignRequest request = new SignRequest(
                    SignatureScheme.ECDSA_SECP256R1_SHA256,
                    new byte[] {1, 2},
                    TestIdentity.P256.chain(),
                    null,
                    OptionalLong.of(System.nanoTime() + TimeUnit.SECONDS.toNanos(7)));
            PendingOperation<byte[]> operation =
                    Operations.inProgress(ec(fake).startSign(request, wakes::incrementAndGet));
            assertThat(isPending(operation)).isTrue();
            Frame frame = fake.next();
            Message.Sign sign = (Message.Sign) frame.message();
            assertThat(sign.key())
                    .isEqualTo(KeyId.of(TestIdentity.P256.certificate().getPublicKey()));
            assertThat(sign.scheme()).isEqualTo(0x0403);
            assertThat(sign.input().bytes()).containsExactly(1, 2);
            assertThat(sign.millis()).isBetween(1, 7_000);
            assertThat(wakes).hasValue(0);

            fake.send(frame.id(), new Message.Result(new byte[] {9}));
            fake.await("wake", () -> wakes.get() == 1);
            assertThat(Operations.done(operation.resume())).containsExactly(9);
            assertThat(fake.client.openRequests()).isZero();
        }
    }

    /** Version 3 is version 2 with one promise, which an older key server has not given. */
    @ParameterizedTest
    @CsvSource({"2, false", "3, true"})
    void aSignatureCountsAsVerifiedIfTheVersionOfTheConnectionPromisesIt(int version, boolean verified)
            throws Exception {
        try (FakeKeyServer fake = fake()) {
            fake.accept();
            assertThat(fake.next().message()).isEqualTo(new Message.Hello(2, 3));
            fake.send(0, new Message.Welcome(version, 10, List.of()));
            fake.await("connected client", fake.client::isConnected);
            PendingOperation<byte[]> operation = Operations.inProgress(sign(fake));
            fake.send(fake.next().id(), new Message.Result(new byte[] {9}));
            fake.await("wake", () -> wakes.get() == 1);
            assertThat(operation.resume())
                    .isInstanceOfSatisfying(Progress.Done.class, done -> assertThat(done.verified())
                            .isEqualTo(verified));
        }
    }

    @ParameterizedTest
    @CsvSource({"1", "4"})
    void aVersionThatWasNotOfferedEndsTheConnection(int version) throws Exception {
        try (FakeKeyServer fake = fake()) {
            PendingOperation<byte[]> waiting = Operations.inProgress(sign(fake));
            fake.accept();
            fake.next();
            fake.send(0, new Message.Welcome(version, 10, List.of()));
            fake.await("failure", () -> wakes.get() == 1);
            assertThat(Operations.failure(waiting.resume())).hasMessageContaining("its welcome is missing");
        }
    }

    @Test
    void answersInAnotherOrderReachTheirOwnOperations() throws Exception {
        try (FakeKeyServer fake = fake().greet(100)) {
            List<PendingOperation<byte[]>> operations = new ArrayList<>();
            List<Frame> asked = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                operations.add(Operations.inProgress(sign(fake)));
            }
            for (int i = 0; i < 20; i++) {
                asked.add(fake.next());
            }
            for (int i = 19; i >= 0; i--) {
                fake.send(asked.get(i).id(), new Message.Result(new byte[] {(byte) i}));
            }
            fake.await("wakes", () -> wakes.get() == 20);
            for (int i = 0; i < 20; i++) {
                assertThat(Operations.done(operations.get(i).resume())).containsExactly(i);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "UNSUPPORTED, UNSUPPORTED",
        "KEY_UNAVAILABLE, KEY_UNAVAILABLE",
        "REJECTED, REJECTED",
        "TIMED_OUT, TIMED_OUT",
        "CANCELLED, KEY_UNAVAILABLE",
        "FAILED, KEY_UNAVAILABLE"
    })
    void aRefusalBecomesAFailureOfItsKind(Failure refusal, Reason reason) throws Exception {
        try (FakeKeyServer fake = fake().greet(10)) {
            PendingOperation<byte[]> operation = Operations.inProgress(sign(fake));
            fake.send(fake.next().id(), new Message.Failed(refusal));
            fake.await("wake", () -> wakes.get() == 1);
            assertThat(reason(Operations.failure(operation.resume()))).isEqualTo(reason);
        }
    }

    @Test
    void aDecryptionIsAskedForWhereThatWasChosenAndHas48Bytes() throws Exception {
        try (FakeKeyServer fake = fake(options -> options.decryption(KeyServerKeys.Decryption.OR_RANDOM))
                .greet(10)) {
            // No key was offered by the welcome: a key made after it cannot decrypt, one made before it might have.
            assertThat(rsa(fake).canDecrypt()).isFalse();
        }
        try (FakeKeyServer fake = fake(options -> options.decryption(KeyServerKeys.Decryption.OR_RANDOM))) {
            ExternalPrivateKey key = rsa(fake);
            fake.greet(10);
            for (int answered : new int[] {48, 47, 256}) {
                PendingOperation<byte[]> operation =
                        Operations.inProgress(key.startDecrypt(Requests.decrypt(), wakes::incrementAndGet));
                Frame frame = fake.next();
                assertThat(frame.message()).isInstanceOf(Message.Decrypt.class);
                wakes.set(0);
                fake.send(frame.id(), new Message.Result(new byte[answered]));
                fake.await("wake", () -> wakes.get() == 1);
                if (answered == 48) {
                    assertThat(Operations.done(operation.resume())).hasSize(48);
                } else {
                    assertThat(reason(Operations.failure(operation.resume()))).isEqualTo(Reason.INVALID_OUTPUT);
                }
            }
        }
    }

    @Test
    void capabilitiesComeFromTheCertificateBeforeThereIsAConnection() throws Exception {
        try (FakeKeyServer fake = new FakeKeyServer(directory, false, options -> options)) {
            assertThat(ec(fake).canDecrypt()).isFalse();
            assertThat(ec(fake).signatureSchemes()).allMatch(scheme -> scheme.family() == SignatureFamily.ECDSA);
            assertThat(rsa(fake).canDecrypt()).isFalse(); // nothing decrypts unless that is asked for
            assertThat(rsa(fake).signatureSchemes())
                    .contains(SignatureScheme.RSA_PKCS1_SHA256, SignatureScheme.RSA_PSS_RSAE_SHA256)
                    .noneMatch(scheme -> scheme.family() == SignatureFamily.ECDSA)
                    .as("key servers do not sign over SHA-1 and SHA-224")
                    .noneMatch(scheme -> scheme.hash().isShort());
        }
        KeyServerKeys asked = KeyServerKeys.unix(directory.resolve("x"))
                .decryption(KeyServerKeys.Decryption.OR_RANDOM)
                .build();
        assertThat(asked.key(TestIdentity.RSA_2048.certificate()).canDecrypt()).isTrue();
    }

    @Test
    void theWelcomeSaysWhichKeysDecrypt() throws Exception {
        KeyId id = KeyId.of(TestIdentity.RSA_2048.certificate().getPublicKey());
        for (boolean decrypts : new boolean[] {true, false}) {
            try (FakeKeyServer fake = fake(options -> options.decryption(KeyServerKeys.Decryption.OR_RANDOM))) {
                fake.offers = List.of(new KeyOffer(id, true, decrypts));
                fake.greet(10);
                assertThat(rsa(fake).canDecrypt()).isEqualTo(decrypts);
            }
        }
    }

    @Test
    void aKeyServerOfAnotherVersionIsNamedAsSuch() throws Exception {
        try (FakeKeyServer fake = fake()) {
            fake.accept();
            assertThat(fake.next().message()).isEqualTo(new Message.Hello(2, 3));
            PendingOperation<byte[]> waiting = Operations.inProgress(sign(fake));
            fake.send(0, new Message.Failed(Failure.UNSUPPORTED)); // what one of version 1 says
            fake.await("wake", () -> wakes.get() == 1);
            assertThat(Operations.failure(waiting.resume())).hasMessageContaining("does not speak versions 2 to 3");
        }
    }
}
